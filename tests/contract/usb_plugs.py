"""USB in one process: a device on the simulators' hub at one end, a driver's link at the other."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from devices.kit.device import Device, Opener, Surroundings
from devices.kit.links import open_link
from devices.kit.links.usb import UsbLink
from hallfile.links import parse_link
from hallfile.premises import Premises
from simulators.usb.wire import UsbWire
from tests.contract.simulated import DEZHOU


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def built(kind: type[Device], here: Path) -> Callable[[str, Any, Opener, Surroundings], Device]:
    """What makes a driver as the devices' room does."""
    premises = Premises.open(DEZHOU, here / "data", None)

    def make(name: str, entry: Any, opener: Opener, around: Surroundings) -> Device:
        return kind.build(name, entry, premises, opener, around)

    return make


class Far:
    """The device's end: what the host sent, and a mouth."""

    def __init__(self, link: str) -> None:
        self.wire = UsbWire(parse_link(link))
        self.wire.on_bytes = self._heard
        self.heard = b""
        self._news = asyncio.Event()

    async def until(self, wanted: Callable[[bytes], bool]) -> bytes:
        """Wait until what has been heard is `wanted`, and return it all."""
        async with asyncio.timeout(10):
            while not wanted(self.heard):
                self._news.clear()
                await self._news.wait()
        heard, self.heard = self.heard, b""
        return heard

    async def hear(self, size: int) -> bytes:
        """Wait for so many bytes and return them all."""
        return await self.until(lambda heard: len(heard) >= size)

    def _heard(self, data: bytes) -> None:
        self.heard += data
        self._news.set()


@asynccontextmanager
async def connected(link: str) -> AsyncIterator[tuple[Far, UsbLink]]:
    """Both ends of a ``usb:`` link, plugged in and open."""
    far = Far(link)
    far.wire.plug()
    try:
        near = await open_link(parse_link(link))
        assert isinstance(near, UsbLink)
        try:
            yield far, near
        finally:
            await near.close()
    finally:
        far.wire.unplug()
