"""What is believed about a hall, as its forecast asks for it: learned from the journal, or truly known."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import log, sqrt
from typing import Final, NamedTuple, Protocol

from hall.core.futures import Lognormal
from hall.core.lessons import HISTORY_FROM, SHORTEST_MIN, SLOTS, Flow, Lessons, Mean, Spread
from hall.core.rules import Rules
from hall.core.state import State

LENGTH_TRUST: Final = 8.0
"""How many observed services weigh as much as the hall file's mean."""
DOUBT: Final = 0.03
"""How far off all lengths together may be on a day that is well known: a deviation of their logarithm."""
SHARE_TRUST: Final = 50.0
HABIT_TRUST: Final = 5.0
FLOW_TRUST: Final = 20.0
"""How many arrivals today weigh as much as the usual day's."""

MISSED: Final = 0.08
MISSED_AGAIN: Final = 0.5
MISS_MIN: Final = 1.5
MOVED: Final = 0.03
MOVED_MIN: Final = 1.5
TURN: Final = Lognormal(log(0.1), 0.6)
LOOK: Final = Lognormal(log(0.1), 0.6)
AWAY: Final = Lognormal(log(12.0), 0.6)
PAUSE: Final = Lognormal(log(12.0), 0.8)
"""Ours, from domain.md section 8, until a hall has shown its own."""


class Habits(NamedTuple):
    """What is usual in this hall, whatever the service. Shares, and minutes."""

    missed: float
    missed_again: float
    miss: float
    moved: float
    move: float
    turn: Lognormal
    """Between one person and the next."""
    look: Lognormal
    """Until an idle clerk sees one who has just come."""
    away: Lognormal
    """A counter that stands open and empty."""
    pause: Lognormal
    way: float | None
    """From a call until the person is there; None where clerks do not say it."""


class Coming(NamedTuple):
    """Those who will come for a service."""

    rates: Sequence[tuple[datetime, float]]
    """(until, people in a minute), in order."""
    booked: float
    """Share of them with an appointment."""
    priority: float
    """Share of them with a credit."""
    credit: float
    """Minutes of it."""
    sent: float
    """For each of them, how many are sent on from elsewhere with a place in time already."""


class Beliefs(Protocol):
    """What a forecast needs to be told."""

    @property
    def habits(self) -> Habits: ...

    @property
    def doubt(self) -> float:
        """How far off all lengths together may be: a standard deviation of their logarithm."""

    def length(self, service: str, now: datetime) -> Lognormal:
        """A service of a clerk of usual pace."""

    def pace(self, counter: str) -> float:
        """The logarithm of the factor by which the clerk who is there, or will be, takes longer."""

    def coming(self, service: str, now: datetime) -> Coming:
        """Who comes for the service from now on today."""


class Learned:
    """Beliefs out of the state's lessons, drawn to the hall file's figures while little was seen."""

    def __init__(self, state: State, rules: Rules) -> None:
        self._state = state
        self._rules = rules
        self._lessons: Lessons = state.lessons
        self.habits = _habits(self._lessons)
        self._hall, variance = self._lessons.drift.with_those_served(list(self._lasting()))
        self.doubt = sqrt(variance + DOUBT**2)

    def length(self, service: str, now: datetime) -> Lognormal:
        lessons = self._lessons
        variance = lessons.variance(service)
        file = log(self._rules.service(service).mean_minutes) - variance / 2
        usual = lessons.lengths.get(service, _NOTHING).toward(file, LENGTH_TRUST)
        today = self._hall + lessons.drift.differs(service)
        return Lognormal(usual + today + lessons.hour(now.hour), sqrt(variance))

    def _lasting(self) -> Iterator[tuple[float, float]]:
        """Those being served: the logarithm of the time so far less the usual one's, and its scatter."""
        state, lessons = self._state, self._lessons
        for counter, desk in state.desks.items():
            ticket = state.in_hand(counter)
            if ticket is None or ticket.called_at is None or state.at is None:
                continue
            minutes = (state.at - ticket.called_at).total_seconds() / 60
            usual = lessons.lengths.get(ticket.service, _NOTHING)
            if minutes > SHORTEST_MIN and usual.weight >= HISTORY_FROM:
                expected = usual.value + lessons.drift.differs(ticket.service) + lessons.clerk(desk.clerk)
                expected += lessons.hour(ticket.called_at.hour)
                yield log(minutes) - expected, sqrt(lessons.variance(ticket.service))

    def pace(self, counter: str) -> float:
        clerk = self._state.desk(counter).clerk or self._rules.counter(counter).clerk
        return self._lessons.clerk(clerk)

    def coming(self, service: str, now: datetime) -> Coming:
        flow = self._lessons.flows.get(service)
        if flow is None:
            return Coming((), 0.0, 0.0, 0.0, 0.0)
        return Coming(
            _rates(flow, now),
            flow.booked.toward(0.0, SHARE_TRUST),
            flow.priority.toward(0.0, SHARE_TRUST),
            flow.credit.value,
            flow.sent.toward(0.0, SHARE_TRUST),
        )


_NOTHING: Final = Mean()


def _habits(lessons: Lessons) -> Habits:
    return Habits(
        missed=lessons.missed.toward(MISSED, SHARE_TRUST),
        missed_again=lessons.missed_again.toward(MISSED_AGAIN, HABIT_TRUST),
        miss=lessons.miss_minutes.toward(MISS_MIN, HABIT_TRUST),
        moved=lessons.moved.toward(MOVED, SHARE_TRUST),
        move=lessons.moved_minutes.toward(MOVED_MIN, HABIT_TRUST),
        turn=_spread(lessons.turn, TURN),
        look=_spread(lessons.look, LOOK),
        away=_spread(lessons.away, AWAY),
        pause=_spread(lessons.paused, PAUSE),
        way=lessons.way.value if lessons.started.value > 0.9 and lessons.way.weight else None,
    )


def _spread(seen: Spread, prior: Lognormal) -> Lognormal:
    return Lognormal(
        seen.mean.toward(prior.mu, HABIT_TRUST), sqrt(seen.square.toward(prior.sigma**2, HABIT_TRUST))
    )


def _rates(flow: Flow, now: datetime) -> list[tuple[datetime, float]]:
    """How many come in a minute of each half hour left of today, going by usual days and by today so far."""
    slot = now.hour * 2 + now.minute // 30
    begun = (now.minute % 30 + now.second / 60) / 30
    so_far = sum(flow.today[: slot + 1])
    edge = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    if flow.days == 0:
        first = next((at for at, count in enumerate(flow.today) if count), slot)
        return [(edge + timedelta(days=1), so_far / max(60.0, (slot - first + begun) * 30))]
    usual = sum(flow.usual[:slot]) + flow.usual[slot] * begun
    busier = (so_far + FLOW_TRUST) / (usual + FLOW_TRUST)
    return [
        (edge + timedelta(minutes=30 * ahead), flow.usual[slot + ahead - 1] * busier / 30)
        for ahead in range(1, SLOTS - slot + 1)
    ]
