"""`hallkeeper doctor pad --learn LINK`: an unknown keypad teaches its keys, pressed in the order asked."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Final

from devices.kit.errors import DeviceError
from devices.kit.keys import Debounce, KeyDecoder
from devices.kit.learn import ASKED, Lesson, keymap_toml
from devices.kit.link import Link
from devices.kit.links import open_link
from hallfile.catalogue import Catalogue
from hallfile.links import BadLink, parse_link

PATIENCE_S: Final = 60.0
"""How long a key is waited for, real seconds."""
TEXTS: Final = Path(__file__).parent / "texts"
Tell = Callable[[str], None]


class NotLearned(Exception):
    """The pad could not be learned; the message says why."""


def learn_pad(link: str, kind: str, model: str, language: str, tell: Tell) -> str:
    """Ask for the keys of the pad at `link` and return its model file; raises `NotLearned`."""
    if kind not in ASKED:
        raise NotLearned(f"there is no kind of pad {kind!r}; known are: {', '.join(ASKED)}")
    return asyncio.run(_learn(link, kind, model, Catalogue.load(TEXTS, language), tell))


async def _learn(link: str, kind: str, model: str, text: Catalogue, tell: Tell) -> str:
    try:
        pad = await open_link(parse_link(link))
    except (BadLink, DeviceError) as error:
        raise NotLearned(str(error)) from None
    lesson: Lesson[int | str] = Lesson(ASKED[kind])
    presses = _presses(pad)
    try:
        while (wanted := lesson.wanted) is not None:
            tell(text("learn.press", meaning=text(f"learn.{wanted}")))
            async with asyncio.timeout(PATIENCE_S):
                code = await anext(presses)
            if lesson.press(code) == "taken_before":
                tell(text("learn.again", meaning=text(f"learn.{lesson.keymap[code]}")))
    except TimeoutError:
        raise NotLearned(text("learn.too_long", seconds=round(PATIENCE_S))) from None
    except DeviceError as error:
        raise NotLearned(error.cause) from None
    finally:
        await presses.aclose()
        await pad.close()
    tell(text("learn.done", path=f"keymaps/{kind}/{model}.toml", model=model))
    return keymap_toml(lesson.keymap, text("learn.remark", link=link))


async def _presses(pad: Link) -> AsyncGenerator[int, None]:
    """The codes of the keys that go down, one after the other; raises `LinkLost`."""
    decoder, debounce = KeyDecoder(), Debounce()
    while True:
        for key in decoder.feed(await pad.read()):
            if key.pressed and debounce.admits(key):
                yield key.code
