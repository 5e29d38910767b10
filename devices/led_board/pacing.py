"""One area of a board takes one text at a time, no faster than the card allows; the latest of them wins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from broker.clock import Clock


class Superseded(Exception):
    """A later text for the same area has come; this one is not shown any more."""


class Pace:
    """The turns of one area, at least `interval_s` real seconds apart."""

    def __init__(self, interval_s: float, clock: Clock) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._due = clock.monotonic()
        self._busy = False
        self._latest: object = None
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the area to be free and hold it for the length of a with-block.

        Raises `Superseded` when somebody asks for a turn while this one is still waited for.
        """
        mine = self._latest = object()
        self._announce()
        while (wait_s := self._wait_s()) != 0:
            await self._news(wait_s)
            if self._latest is not mine:
                raise Superseded
        self._busy = True
        self._due = self._clock.monotonic() + self._interval_s
        try:
            yield
        finally:
            self._busy = False
            self._announce()

    def supersede(self) -> None:
        """Let nobody who is waiting have a turn."""
        self._latest = object()
        self._announce()

    def _wait_s(self) -> float | None:
        """Real seconds until the area is due; None while it is busy and nobody can say."""
        return None if self._busy else max(0.0, self._due - self._clock.monotonic())

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _news(self, at_most_s: float | None) -> None:
        changed = self._changed
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await changed.wait()
