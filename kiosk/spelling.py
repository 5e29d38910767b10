"""How Chinese names are typed: their pinyin, syllable by syllable.

The dictionary takes 57 MB of memory and a third of a second; a process of its own has it, and is gone when
the names are spelled.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Iterable
from typing import Final

from kiosk.presenters.floor import Floor

log = logging.getLogger(__name__)

SPELLED_WITHIN_S: Final = 30.0
"""On a slow machine that starts everything at once, real seconds."""

Spellings = dict[str, tuple[str, ...]]


def names_of(floor: Floor) -> list[str]:
    """Everything that can be searched for."""
    return [
        *(service.name.zh for service in floor.offered),
        *(item.name for item in floor.guide.items.values()),
    ]


def spelled(names: Iterable[str]) -> Spellings:
    """Each name's syllables without tones, ü as v, as they are typed: 女 is nv; loads the dictionary."""
    from pypinyin import lazy_pinyin

    return {name: tuple(filter(None, map(_typable, lazy_pinyin(name)))) for name in names}


async def spelled_apart(names: list[str]) -> Spellings:
    """As `spelled`, in a process of its own; empty, with a warning, where that fails: numbers still work."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(SPELLED_WITHIN_S):
                told, _ = await process.communicate(json.dumps(names).encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        return {name: tuple(parts) for name, parts in json.loads(told).items()}
    except (OSError, ValueError, TimeoutError) as error:
        log.warning("names can't be searched by pinyin (%s); is pypinyin installed?", error)
        return {}


def _typable(part: str) -> str:
    return "".join(letter for letter in part.lower() if letter.isascii() and letter.isalnum())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(spelled(json.load(sys.stdin))))
