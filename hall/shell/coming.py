"""Retained states of things that come and go: alarms, notices. What is no more is taken off the bus."""

from collections.abc import Callable, Collection
from functools import partial

from broker.client import Bus
from broker.messages.envelope import Message
from broker.topics import HallKind


class ComingAndGoing:
    """All things of one kind, each under its own id."""

    def __init__(self, bus: Bus, kind: HallKind, make: Callable[[str], Message]) -> None:
        self._bus = bus
        self._kind = kind
        self._make = make
        self._shown: set[str] = set()

    def show(self, there: Collection[str], changed: Collection[str] | None = None) -> None:
        """Show exactly those that are `there`; told `changed`, leave the others as they were."""
        bus = self._bus
        for gone in self._shown.difference(there):
            bus.disown(bus.topic(self._kind, gone, "state"))
        for one in there:
            topic = bus.topic(self._kind, one, "state")
            if one not in self._shown:
                bus.own(topic, partial(self._make, one))
            elif changed is None or one in changed:
                bus.refresh(topic)
        self._shown = set(there)
