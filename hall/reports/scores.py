"""The evening's score: the waits told with the numbers against those that came, and against dividing.

What a hall without a forecast would have said stands beside it: people ahead × the minutes typed into the
hall file ÷ counters that were open for the service then.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from statistics import fmean
from typing import Final, NamedTuple

import msgspec

from hall.core import events as e
from hallfile.schema import HallFile

PROMISED: Final = 0.8
"""The share of waits that the interval on the ticket is to hold."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How well the waits of some tickets were told; minutes. None where none was told."""

    told: int
    """Tickets with a forecast that were called."""
    error: float | None = None
    """Mean absolute error of the median."""
    inside: int = 0
    """Waits that the interval held; `PROMISED` of them should be."""
    divided: float | None = None
    """Mean absolute error of people ahead × typed-in minutes ÷ open counters, for the same tickets."""

    @property
    def inside_share(self) -> float | None:
        return self.inside / self.told if self.told else None


class _Told(NamedTuple):
    service: str
    taken: datetime
    low: float
    median: float
    high: float
    divided: float


class _Wait(NamedTuple):
    service: str
    error: float
    inside: bool
    divided: float


def scores(hall: HallFile, events: Iterable[e.Event]) -> tuple[Score, dict[str, Score]]:
    """The score of a day from its events, in order: all of it, and by the service a number was taken for."""
    waits = list(_waits(hall, events))
    services = {wait.service for wait in waits}
    return _score(waits), {
        name: _score([wait for wait in waits if wait.service == name])
        for name in hall.services
        if name in services
    }


def _waits(hall: HallFile, events: Iterable[e.Event]) -> Iterator[_Wait]:
    able = {
        service: [name for name, counter in hall.counters.items() if service in counter.services]
        for service in hall.services
    }
    working: set[str] = set()
    told: dict[str, _Told] = {}
    for event in events:
        match event:
            case e.CounterOpened() | e.CounterReopened():
                working.add(event.counter)
            case e.CounterClosed() | e.CounterPaused():
                working.discard(event.counter)
            case e.TicketTaken(forecast=wait) if wait is not None and event.service in hall.services:
                counters = sum(name in working for name in able[event.service])
                divided = event.ahead * hall.services[event.service].mean_minutes / max(1, counters)
                told[event.ticket] = _Told(event.service, event.at, wait.low, wait.median, wait.high, divided)
            case e.TicketCalled() if (said := told.pop(event.ticket, None)) is not None:
                came = max(0.0, (event.at - said.taken) / timedelta(minutes=1))
                yield _Wait(
                    said.service,
                    abs(said.median - came),
                    said.low <= came <= said.high,
                    abs(said.divided - came),
                )


def _score(waits: list[_Wait]) -> Score:
    if not waits:
        return Score(told=0)
    return Score(
        told=len(waits),
        error=fmean(wait.error for wait in waits),
        inside=sum(wait.inside for wait in waits),
        divided=fmean(wait.divided for wait in waits),
    )
