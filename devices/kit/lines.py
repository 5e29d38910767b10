"""One port that several devices are wired to: RS485 with an address each. It is opened once for all of them.

Each device has a tap of its own, which is a link like any other: it hears everything that is said on the
line, and picks out what is meant for it. Who asks holds the line's `turn` until it is answered, since two
who speak at once are not understood.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from devices.kit.errors import DeviceError, LinkLost
from devices.kit.link import Link, Tunable

log = logging.getLogger(__name__)

MOST_UNREAD: Final = 65_536
"""Bytes kept for a tap that does not read; then what it has not read is thrown away."""

Open = Callable[[], Awaitable[Link]]


class Tap(Link):
    """One device's hold on a shared line."""

    def __init__(self, line: "Line", link: Link) -> None:
        super().__init__()
        self.turn = line.turn
        """Held by whoever speaks, from the question to the answer."""
        self.revival = line.revival
        """Held by whoever calls a device that is silent: the dead must not take the line from the rest."""
        self.settled = False
        """Whether its device has answered at the line's speed."""
        self._line = line
        self._link = link
        self._unread = bytearray()
        self._lost: DeviceError | None = None
        self._news = asyncio.Event()

    async def read(self, most: int = 4096) -> bytes:
        while not self._unread:
            if self._lost is not None:
                raise LinkLost(self._lost.cause)
            self._news.clear()
            await self._news.wait()
        data = bytes(self._unread[:most])
        del self._unread[:most]
        self.received += len(data)
        return data

    async def write(self, data: bytes) -> None:
        if self._lost is not None:
            raise LinkLost(self._lost.cause)
        await self._link.write(data)
        self.sent += len(data)

    async def close(self) -> None:
        await self._line.release(self)

    @property
    def has_neighbours(self) -> bool:
        """Whether another device on the line answers."""
        return self._line.settled_but_for(self)

    async def set_speed(self, baud: int) -> None:
        """Change the line's speed; not while another of its devices is well served at the one it has."""
        if not self.has_neighbours and isinstance(self._link, Tunable):
            await self._link.set_speed(baud)

    def hear(self, data: bytes) -> None:
        """Bytes came over the line."""
        if len(self._unread) + len(data) > MOST_UNREAD:
            self._unread.clear()
        self._unread += data
        self._news.set()

    def lose(self, error: DeviceError) -> None:
        """The line is gone, or this tap was closed."""
        self._lost = error
        self._news.set()


class Line:
    """A port and the taps on it."""

    def __init__(self, open_it: Open) -> None:
        self.turn = asyncio.Lock()
        self.revival = asyncio.Lock()
        self._open = open_it
        self._opening = asyncio.Lock()
        self._taps: set[Tap] = set()
        self._link: Link | None = None
        self._listening: asyncio.Task[None] | None = None

    async def tap(self) -> Tap:
        """A hold on the line, which is opened for the first; raises what opening it raises."""
        async with self._opening:
            if self._link is None:
                self._link = await self._open()
                self._listening = asyncio.create_task(self._listen(self._link), name="a shared line")
            tap = Tap(self, self._link)
            self._taps.add(tap)
            return tap

    async def release(self, tap: Tap) -> None:
        """Give a hold back; the last one closes the port."""
        self._taps.discard(tap)
        tap.lose(LinkLost("it was closed"))
        async with self._opening:
            if not self._taps:
                await self._close()

    def settled_but_for(self, tap: Tap) -> bool:
        """Whether a device at another tap answers at the line's speed."""
        return any(other.settled for other in self._taps if other is not tap)

    async def _listen(self, link: Link) -> None:
        try:
            while True:
                data = await link.read()
                for tap in self._taps:
                    tap.hear(data)
        except DeviceError as error:
            await self._lose(link, error)
        except Exception:
            log.exception("a shared line failed; its devices open it again")
            await self._lose(link, LinkLost("the line failed"))

    async def _lose(self, link: Link, error: DeviceError) -> None:
        """Let go of the port, so that the next tap can open it anew, and let all taps know."""
        async with self._opening:
            if self._link is link:
                self._link = self._listening = None
            await link.close()
        for tap in self._taps:
            tap.lose(error)
        self._taps.clear()

    async def _close(self) -> None:
        link, listening = self._link, self._listening
        self._link = self._listening = None
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        if link is not None:
            await link.close()


class Lines:
    """The shared lines of one room, by what they are plugged into."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def opener(self, place: str, open_it: Open) -> Callable[[], Awaitable[Link]]:
        """What opens a tap on the line at `place`, which `open_it` opens where it is not open yet."""
        line = self._lines.setdefault(place, Line(open_it))

        async def tap() -> Link:
            return await line.tap()

        return tap
