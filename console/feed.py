"""From the bus to the open pages: changes are gathered and told at a pace that eyes can follow."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from broker.client import Bus, Received
from broker.topics import topic_filter
from console.picture import Picture

log = logging.getLogger(__name__)

PACE_S: Final = 0.2
"""Pages are told at most five times a second; real seconds."""
TICK_S: Final = 1.0
"""What grows old by itself (elapsed times, heartbeats) is looked at this often; real seconds."""

TICK: Final = "tick"
"""The kind that stands for time having passed."""

Watcher = Callable[[frozenset[str]], None]
"""Told which kinds of the bus have changed since it was last told."""


class Feed:
    """Keeps the picture and tells whoever watches it."""

    def __init__(self, bus: Bus, picture: Picture) -> None:
        self.picture = picture
        self._bus = bus
        self._watchers: dict[int, Watcher] = {}
        self._next = 0
        self._changed: set[str] = set()
        self._stirred = asyncio.Event()
        for leaf in ("availability", "state", "event", "telemetry"):
            bus.subscribe(topic_filter(bus.hall, leaf=leaf), self._arrived)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Tell `watcher` from now on; returns what ends that."""
        self._next += 1
        number = self._next
        self._watchers[number] = watcher

        def end() -> None:
            self._watchers.pop(number, None)

        return end

    async def run(self) -> None:
        """Tell the watchers until cancelled."""
        time_of = asyncio.get_running_loop().time
        ticked = time_of()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(ticked + TICK_S):
                    await self._stirred.wait()
            if time_of() >= ticked + TICK_S:
                ticked = time_of()
                self._changed.add(TICK)
            self._tell()
            await asyncio.sleep(PACE_S)

    def _arrived(self, received: Received) -> None:
        if self.picture.take(received.topic, received.packet.payload):
            self._changed.add(received.topic.kind)
            self._stirred.set()

    def _tell(self) -> None:
        changed = frozenset(self._changed)
        self._changed.clear()
        self._stirred.clear()
        for watcher in list(self._watchers.values()):
            try:
                watcher(changed)
            except Exception:
                log.exception("a page could not be brought up to date; the others go on")
