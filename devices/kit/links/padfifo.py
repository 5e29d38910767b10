"""A FIFO in a keypad's place: raw input events come out of it, as they would out of the pad's node.

What a FIFO can't do has a FIFO of its own beside it, where its writer made one: lamps are written into
``<path>.leds`` as the kernel takes them, and ``<path>.node1`` … are the pad's other nodes, held open as a
real one's are grabbed.
"""

import asyncio
import logging
import os
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from devices.kit.errors import LinkMissing
from devices.kit.keys import EV_SYN, EVENT, SYN_REPORT
from devices.kit.links.descriptor import DescriptorLink
from devices.kit.padend import PadEnd

log = logging.getLogger(__name__)

WRITER_PATIENCE_S: Final = 0.5
"""How long a FIFO is held open for its writer: one that opens it without blocking needs to meet a reader."""
WRITER_LOOKS: Final = 10
EV_LED: Final = 0x11


class FifoLink(DescriptorLink, PadEnd):
    """The reading end of a FIFO somebody writes to; when the writer leaves, the pad is unplugged."""

    def __init__(self, fd: int, path: str, early: bytes, held: ExitStack) -> None:
        super().__init__(fd, path, held.close)
        self._early = early

    async def read(self, most: int = 4096) -> bytes:
        if not self._early:
            return await super().read(most)
        data, self._early = self._early[:most], self._early[most:]
        self.received += len(data)
        return data

    def signal(self, waiting: bool, lights: Collection[int]) -> None:
        """Tell whoever stands in for the pad which of its lamps are lit, if it wants to know."""
        try:
            lamps = os.open(f"{self.name}.leds", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return
        try:
            os.write(lamps, b"".join(_lamp_events(waiting, lights)))
        except OSError as error:
            log.debug("the lamps of %s can't be switched: %s", self.name, error.strerror)
        finally:
            os.close(lamps)


async def open_fifo(path: str) -> FifoLink:
    """Open the FIFO; raises `LinkMissing` while nobody writes to it, `OSError`."""
    with ExitStack() as held:
        fd = _reading(path, held)
        for _ in range(WRITER_LOOKS):
            if (early := _first_bytes(fd)) is not None:
                for other in sorted(Path(path).parent.glob(f"{Path(path).name}.node*")):
                    _reading(str(other), held)
                return FifoLink(fd, path, early, held.pop_all())
            await asyncio.sleep(WRITER_PATIENCE_S / WRITER_LOOKS)
    raise LinkMissing(f"nobody writes to the FIFO {path}; start what stands in for the pad")


def _reading(path: str, held: ExitStack) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    held.callback(os.close, fd)
    return fd


def _first_bytes(fd: int) -> bytes | None:
    """What a FIFO's writer has written so far; None while there is no writer."""
    try:
        return os.read(fd, 4096) or None
    except BlockingIOError:
        return b""


def _lamp_events(lit: bool, lamps: Collection[int]) -> Iterator[bytes]:
    seconds, micros = divmod(time.time_ns() // 1000, 1_000_000)
    for lamp in sorted(lamps):
        yield EVENT.pack(seconds, micros, EV_LED, lamp, int(lit))
    yield EVENT.pack(seconds, micros, EV_SYN, SYN_REPORT, 0)
