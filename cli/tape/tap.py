"""`hallkeeper capture`: standing between a driver and its device, and writing down what goes by."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cli.tape.mask import PreambleWatch, ReaderMask
from cli.tape.records import TapeWriter
from devices.kit.errors import DeviceError
from devices.kit.link import Link, Tunable
from devices.kit.links import open_link
from hallfile.links import LinkUrl
from simulators.kit.wire import Wire, wire_to

log = logging.getLogger(__name__)

REOPEN_S: Final = 1.0
"""How long until a device that went away is looked for again."""
WAITING: Final = 64
"""Pieces from the host that wait for a device which takes none; further ones are lost."""


class Tap:
    """Both ends of a cut link, joined again here."""

    def __init__(
        self,
        device: LinkUrl,
        host: LinkUrl,
        tape: TapeWriter,
        *,
        raw: bool,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.on_reader: Callable[[], None] = lambda: None
        """Called once when an ID-card reader is heard."""
        self.ready = asyncio.Event()
        """Both ends are open."""
        self._device = device
        self._wire: Wire = wire_to(host)
        self._tape = tape
        self._raw = raw
        self._now_ns = now_ns
        self._began = now_ns()
        self._to_device: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._hung_up = asyncio.Event()
        self._watches = PreambleWatch(), PreambleWatch()
        self._mask = ReaderMask()
        self._is_reader = False
        self._baud: int | None = None

    async def run(self) -> None:
        """Carry bytes until cancelled. The host's end is there whether or not the device is."""
        self._wire.on_bytes = self._from_host
        self._wire.on_left = self._hung_up.set
        self._wire.plug()
        try:
            while True:
                await self._once()
        finally:
            self._wire.unplug()

    async def _once(self) -> None:
        """One connection to the device, from its opening to its end."""
        try:
            link = await open_link(self._device)
        except DeviceError as error:
            log.warning("%s; trying again", error.cause)
            await asyncio.sleep(REOPEN_S)
            return
        self._hung_up.clear()
        self._tape.happened(self._t(), "open")
        self.ready.set()
        tasks = [
            asyncio.create_task(self._listen(link)),
            asyncio.create_task(self._speak(link)),
            asyncio.create_task(self._hung_up.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            self._tape.happened(self._t(), "closed")
            await link.close()
        for result in results:
            if isinstance(result, DeviceError):
                log.warning("%s; trying again", result.cause)
                await asyncio.sleep(REOPEN_S)

    async def _listen(self, link: Link) -> None:
        while True:
            data = await link.read()
            self._wire.write(data)
            self._watch(1, data)
            kept = self._mask.feed(data) if self._is_reader and not self._raw else data
            self._tape.carried(self._t(), "to_host", kept)

    async def _speak(self, link: Link) -> None:
        while True:
            data = await self._to_device.get()
            await self._tune(link)
            await link.write(data)
            self._tape.carried(self._t(), "to_device", data)

    def _from_host(self, data: bytes) -> None:
        self._watch(0, data)
        with contextlib.suppress(asyncio.QueueFull):
            self._to_device.put_nowait(data)

    async def _tune(self, link: Link) -> None:
        """Give the device's port the speed the host has set at ours."""
        baud = self._wire.speed
        if baud is not None and baud != self._baud and isinstance(link, Tunable):
            await link.set_speed(baud)
            self._baud = baud
            self._tape.tuned(self._t(), baud)

    def _watch(self, way: int, data: bytes) -> None:
        self._watches[way].feed(data)
        if not self._is_reader and self._watches[way].seen:
            self._is_reader = True
            self.on_reader()

    def _t(self) -> int:
        return self._now_ns() - self._began


def host_end(device: LinkUrl, listen: LinkUrl | None, folder: Path, free_port: Callable[[], int]) -> LinkUrl:
    """Where the driver finds the tap: as asked, or of the device's own kind at a place that is free."""
    if listen is not None:
        return listen
    if device.scheme == "tcp":
        return LinkUrl("tcp", host="127.0.0.1", port=free_port())
    return LinkUrl("serial", path=str(folder / "tap"), options=device.options)
