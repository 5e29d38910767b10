"""Two ends of a link in memory. Loss, delay and fragments are properties of the wire, not mocks."""

import asyncio
import random
from dataclasses import dataclass, field

from devices.kit.errors import LinkLost
from devices.kit.link import Link


@dataclass
class Wire:
    """How bytes travel: `chunk` at a time (0: as they were written), each lost with probability `loss`."""

    chunk: int = 0
    delay_s: float = 0.0
    loss: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def pieces(self, data: bytes) -> list[bytes]:
        size = self.chunk or len(data)
        pieces = [data[start : start + size] for start in range(0, len(data), size)] if data else []
        return [piece for piece in pieces if self.chance.random() >= self.loss]


class MemoryLink(Link):
    """One end; `hang_up` at either end loses both."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.wire = wire
        self.other: MemoryLink = self
        self.closed = False
        self.speed: int | None = None
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._rest = b""

    async def read(self, most: int = 4096) -> bytes:
        if not self._rest:
            if self.closed and self._pieces.empty():
                raise LinkLost("the other end hung up")
            self._rest = await self._pieces.get()
            if not self._rest:
                raise LinkLost("the other end hung up")
        data, self._rest = self._rest[:most], self._rest[most:]
        self.received += len(data)
        return data

    async def write(self, data: bytes) -> None:
        if self.closed:
            raise LinkLost("the other end hung up")
        self.sent += len(data)
        for piece in self.wire.pieces(data):
            if self.wire.delay_s:
                await asyncio.sleep(self.wire.delay_s)
            self.other._pieces.put_nowait(piece)

    async def set_speed(self, baud: int) -> None:
        """As a serial link has it; the far end can look at `speed`."""
        self.speed = baud

    def hang_up(self) -> None:
        """Unplug: both ends are lost once what was on its way has been read."""
        for end in (self, self.other):
            if not end.closed:
                end.closed = True
                end._pieces.put_nowait(b"")

    async def close(self) -> None:
        self.hang_up()


def pair(wire: Wire | None = None) -> tuple[MemoryLink, MemoryLink]:
    """Two ends of one wire: the driver's and the device's."""
    near, far = MemoryLink(wire or Wire()), MemoryLink(wire or Wire())
    near.other, far.other = far, near
    return near, far
