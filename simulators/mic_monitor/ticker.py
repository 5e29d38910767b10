"""One clock for all pickups: it hands each the samples of the time that has passed."""

import asyncio
import logging
from typing import Final, Protocol

from broker.clock import Clock

log = logging.getLogger(__name__)

TICK_S: Final = 0.125
"""How often, real seconds: seldom enough to cost little, often enough for a level published each second."""


class Listener(Protocol):
    """What is ticked."""

    def tick(self, now: float) -> None:
        """Catch up with the real time `now`; must not raise for what a driver may do."""
        ...


class Ticker:
    """Ticks all that were added, in step with the clock."""

    def __init__(self, clock: Clock) -> None:
        self.listeners: list[Listener] = []
        self._clock = clock

    async def run(self) -> None:
        """Tick until cancelled; a tick that came late is not made up for."""
        due = self._clock.monotonic()
        while True:
            due = max(due + TICK_S, self._clock.monotonic())
            await asyncio.sleep(due - self._clock.monotonic())
            now = self._clock.monotonic()
            for listener in self.listeners:
                listener.tick(now)
