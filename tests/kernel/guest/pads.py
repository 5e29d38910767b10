"""The rating pad's driver on real input devices, grabbed, unplugged and plugged in again."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import evdev
from evdev import ecodes

from broker.messages.devices import OpenWindow, RatingKey
from devices.rating_pad.driver import RatingPad
from hallfile.devices import RatingPad as Entry
from simulators.usb.hub import Hub
from simulators.usb.keypad import Keypad
from tests.contract.stand import Stand, standing
from tests.contract.usb_plugs import built
from tests.kernel.guest.plugs import folder, plugged_in, until

NAME: Final = "Kernel test pad"
FIVE: Final = ecodes.KEY_KP5
"""The key of the highest grade in the key map usb-keypad."""


async def made_by_uinput() -> None:
    """The kernel's own input device, without USB."""
    async with in_service() as (stand, link):
        for _ in range(2):
            with evdev.UInput({ecodes.EV_KEY: [FIVE, ecodes.KEY_KPENTER]}, name=NAME) as pad:
                await seat(stand, link, pad.device.path)

                def press(pad: Any = pad) -> None:
                    for value in (1, 0):
                        pad.write(ecodes.EV_KEY, FIVE, value)
                        pad.syn()

                await rated(stand, press)
            await stand.word("powerOff")


async def usb_keyboard() -> None:
    """A HID keyboard on a USB port, as rating pads are."""
    pad, hub = Keypad(NAME, serial="K1"), Hub.at()
    async with in_service() as (stand, link):
        for _ in range(2):
            hub.plug(pad.device)
            await plugged_in(hub, pad.device)
            await seat(stand, link, await until(node))
            await rated(stand, lambda: pad.stroke(FIVE), until_lit=lambda: pad.lamps)
            hub.unplug(pad.device)
            await stand.word("powerOff")


@asynccontextmanager
async def in_service() -> AsyncIterator[tuple[Stand, Path]]:
    """The driver, and the name under which it looks for its pad, as udev would make it."""
    here = folder()
    link = here / "pad"
    async with standing(built(RatingPad, here), Entry(link=f"evdev:{link}", counter="1"), here) as stand:
        yield stand, link


async def seat(stand: Stand, link: Path, path: str) -> None:
    """Let the driver find the pad, and see that nobody else hears its keys."""
    link.unlink(missing_ok=True)
    link.symlink_to(path)
    await stand.word("online")
    other = evdev.InputDevice(path)
    try:
        other.grab()
    except OSError:
        return
    finally:
        other.close()
    raise AssertionError(f"{path} was not grabbed")


async def rated(stand: Stand, press: Any, until_lit: Callable[[], object] = lambda: True) -> None:
    """A key pressed in an open window, once the pad's lamps say so, is a grade of 5."""
    already = len(stand.events)
    assert (await stand.ask(OpenWindow, ticket="t1", seconds=30)).ok
    await until(until_lit)
    press()
    await stand.until(lambda seen: len(seen.events) > already)
    event = stand.events[-1]
    assert isinstance(event, RatingKey)
    assert event.grade == 5


def node() -> str | None:
    """The event node of the pad, once the kernel has made it."""
    for path in evdev.list_devices():
        device = evdev.InputDevice(path)
        name = device.name
        device.close()
        if name.endswith(NAME):
            return path
    return None
