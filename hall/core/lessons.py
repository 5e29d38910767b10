"""What the hall's days have taught about waiting: how long things take, who fails to come, who comes when.

It is folded from events alone, and kept over the days. Every figure forgets: what is old counts for less
the more has been seen since, so that a habit that changes is followed. Lengths are kept as logarithms of
minutes, because services are spread by factors, not by minutes.
"""

from datetime import datetime, timedelta
from math import log
from typing import Final

import msgspec
from msgspec import field

from hall.core.drift import Drift

SLOTS: Final = 48
"""Half hours of a day."""

LENGTHS_KEPT: Final = 1500.0
"""Services of one kind over which the usual length is averaged: some weeks. The mean of a few days is itself
off by more than two in a hundred, all day long; a season that turns is today's drift until it is learned."""
CLERK_KEPT: Final = 600.0
HOUR_KEPT: Final = 2000.0
HISTORY_FROM: Final = 30.0
"""So many services make a history: from then on it is of earlier days, and today is held against it."""
USUAL_SCATTER: Final = 0.472
"""Standard deviation of a log length before any was seen: a coefficient of variation of 0.5 (domain.md 8)."""
SCATTER_TRUST: Final = 8.0
SHARE_KEPT: Final = 500.0
HABIT_KEPT: Final = 100.0
DAYS_KEPT: Final = 10.0
"""Days over which arrivals are averaged."""

CLERK_DOUBT: Final = 10.0
HOUR_DOUBT: Final = 60.0
"""How many services a clerk or an hour is taken to have had at the usual pace before any was seen: the
scatter of one service (a variance of about 0.22) over what people differ by (0.15 squared)."""

SHORTEST_MIN: Final = 1 / 60
"""Less is counted as a second; a logarithm needs something."""
TURN_MOST_MIN: Final = 2.0
"""A counter that is free this long while people wait for it is not between two of them: its clerk is away."""
AWAY_MOST_MIN: Final = 240.0


class Mean(msgspec.Struct):
    """A running mean; past so many values the older ones fade."""

    weight: float = 0.0
    value: float = 0.0

    def join(self, other: "Mean", kept: float) -> None:
        """Take in what another has seen."""
        if other.weight:
            total = self.weight + other.weight
            self.value += (other.value - self.value) * other.weight / total
            self.weight = min(total, kept)

    def learn(self, value: float, kept: float) -> None:
        self.weight = min(self.weight + 1.0, kept)
        self.value += (value - self.value) / self.weight

    def toward(self, prior: float, trust: float) -> float:
        """The mean as it stands when `prior` had been seen `trust` times before."""
        return (self.weight * self.value + trust * prior) / (self.weight + trust)


class Spread(msgspec.Struct):
    """The logarithm of a length: its mean, and its squared distance from that."""

    mean: Mean = field(default_factory=Mean)
    square: Mean = field(default_factory=Mean)

    def learn(self, minutes: float) -> None:
        seen = log(max(minutes, SHORTEST_MIN))
        if self.mean.weight:
            self.square.learn((seen - self.mean.value) ** 2, HABIT_KEPT)
        self.mean.learn(seen, HABIT_KEPT)


class Flow(msgspec.Struct):
    """Who comes for one service."""

    usual: list[float] = field(default_factory=lambda: [0.0] * SLOTS)
    """Tickets taken in each half hour of a day, over the last days."""
    today: list[float] = field(default_factory=lambda: [0.0] * SLOTS)
    days: float = 0.0
    booked: Mean = field(default_factory=Mean)
    """Share of those with an appointment."""
    priority: Mean = field(default_factory=Mean)
    """Share of those with a credit."""
    credit: Mean = field(default_factory=Mean)
    """Minutes of it, of those who have one."""
    sent: Mean = field(default_factory=Mean)
    """Share of those who were sent on from another service, and so kept their place in time."""

    def new_day(self) -> None:
        if sum(self.today) < 1:
            return
        self.days = min(self.days + 1, DAYS_KEPT)
        for slot, count in enumerate(self.today):
            self.usual[slot] += (count - self.usual[slot]) / self.days
            self.today[slot] = 0.0


class Lessons(msgspec.Struct, kw_only=True):
    """Everything the forecast knows besides who stands where."""

    lengths: dict[str, Mean] = field(default_factory=dict)
    """By service: log minutes from the call to the end, at the usual pace."""
    scatter: dict[str, Mean] = field(default_factory=dict)
    """By service: squared distance of a log length from what was expected of it."""
    clerks: dict[str, Mean] = field(default_factory=dict)
    """By clerk: how far their log lengths are from the service's."""
    hours: dict[int, Mean] = field(default_factory=dict)
    """By the hour in which a service began: the same."""
    drift: Drift = field(default_factory=Drift)
    """The same for the whole hall today, and by service what it does besides."""
    new: dict[str, Mean] = field(default_factory=dict)
    """By service: today's log lengths at the usual pace, history tomorrow."""
    way: Mean = field(default_factory=Mean)
    """Minutes from a call until the person stands there, where clerks say when that is."""
    started: Mean = field(default_factory=Mean)
    """Share of services of which it was said."""
    missed: Mean = field(default_factory=Mean)
    """Share of first calls that were in vain."""
    missed_again: Mean = field(default_factory=Mean)
    """And of calls of one who had missed one."""
    miss_minutes: Mean = field(default_factory=Mean)
    """How long a call in vain keeps the counter."""
    moved: Mean = field(default_factory=Mean)
    """Share of calls that end with the ticket sent on, held or given up."""
    moved_minutes: Mean = field(default_factory=Mean)
    turn: Spread = field(default_factory=Spread)
    """Between one person and the next when somebody waits."""
    look: Spread = field(default_factory=Spread)
    """Until an idle clerk calls one who has just come."""
    away: Spread = field(default_factory=Spread)
    """For how long a counter stood open and empty while people waited."""
    paused: Spread = field(default_factory=Spread)
    flows: dict[str, Flow] = field(default_factory=dict)

    def new_day(self) -> None:
        """What was only today's is history now."""
        self.drift = Drift()
        for service, mean in self.new.items():
            self.lengths.setdefault(service, Mean()).join(mean, LENGTHS_KEPT)
        self.new.clear()
        for flow in self.flows.values():
            flow.new_day()

    def took(self, service: str, at: datetime, booked: bool, credit_minutes: float) -> None:
        """Somebody took a number."""
        flow = self._flow(service)
        flow.today[at.hour * 2 + at.minute // 30] += 1
        flow.booked.learn(float(booked), SHARE_KEPT)
        flow.priority.learn(float(credit_minutes > 0), SHARE_KEPT)
        flow.sent.learn(0.0, SHARE_KEPT)
        if credit_minutes > 0:
            flow.credit.learn(credit_minutes, HABIT_KEPT)

    def sent_on(self, service: str) -> None:
        """Somebody with a place in time already came to `service`."""
        self._flow(service).sent.learn(1.0, SHARE_KEPT)

    def waited_for_clerk(self, minutes: float, idle: bool) -> None:
        """A free counter called somebody so long after it could have; `idle`: nobody waited before."""
        if 0 <= minutes <= TURN_MOST_MIN:
            (self.look if idle else self.turn).learn(minutes)
        elif TURN_MOST_MIN < minutes <= AWAY_MOST_MIN:
            self.away.learn(minutes)

    def stood_there(self, minutes: float) -> None:
        """A called person came to the counter after so long."""
        if minutes >= 0:
            self.way.learn(minutes, HABIT_KEPT)

    def was_paused(self, minutes: float) -> None:
        """A pause is over."""
        if 0 < minutes <= AWAY_MOST_MIN:
            self.paused.learn(minutes)

    def did_not_come(self, again: bool, minutes: float) -> None:
        """A call in vain."""
        self._called(again, missed=True)
        if minutes >= 0:
            self.miss_minutes.learn(minutes, HABIT_KEPT)

    def moved_on(self, again: bool, minutes: float) -> None:
        """One in hand was sent on, held, or gave up."""
        self._called(again, missed=False)
        self.moved.learn(1.0, SHARE_KEPT)
        if minutes >= 0:
            self.moved_minutes.learn(minutes, HABIT_KEPT)

    def was_served(self, again: bool, started: bool) -> None:
        """A call that led to a service."""
        self._called(again, missed=False)
        self.moved.learn(0.0, SHARE_KEPT)
        self.started.learn(float(started), SHARE_KEPT)

    def took_so_long(self, service: str, clerk: str | None, at: datetime, minutes: float) -> None:
        """A service of known length is over: everything it may have been due to learns its part.

        It belongs to the hour in which it began: those that end in the day's first hour are its short ones,
        those that end after its last are long ones, and by their ends both would seem other than they are.
        """
        seen = log(max(minutes, SHORTEST_MIN))
        usual = self.lengths.setdefault(service, Mean())
        hour = (at - timedelta(minutes=minutes)).hour
        pace = self.clerk(clerk) + self.hour(hour)
        if usual.weight < HISTORY_FROM:
            usual.learn(seen - pace, LENGTHS_KEPT)
            return
        unlike = seen - pace - usual.value
        self.new.setdefault(service, Mean()).learn(seen - pace, LENGTHS_KEPT)
        surprise = unlike - self.drift.mean - self.drift.differs(service)
        self.drift.learn(service, unlike, self.variance(service), at)
        self.scatter.setdefault(service, Mean()).learn(surprise * surprise, LENGTHS_KEPT)
        if clerk is not None:
            self.clerks.setdefault(clerk, Mean()).learn(surprise + self.clerk(clerk), CLERK_KEPT)
        self.hours.setdefault(hour, Mean()).learn(surprise + self.hour(hour), HOUR_KEPT)

    def variance(self, service: str) -> float:
        """Of a log length of the service."""
        seen = self.scatter.get(service)
        return USUAL_SCATTER**2 if seen is None else seen.toward(USUAL_SCATTER**2, SCATTER_TRUST)

    def clerk(self, clerk: str | None) -> float:
        """How much longer than usual this clerk takes, as a logarithm."""
        mine = self.clerks.get(clerk) if clerk is not None else None
        return 0.0 if mine is None else mine.toward(0.0, CLERK_DOUBT)

    def hour(self, hour: int) -> float:
        """How much longer than usual things take in this hour of the day, as a logarithm."""
        mine = self.hours.get(hour)
        return 0.0 if mine is None else mine.toward(0.0, HOUR_DOUBT)

    def _called(self, again: bool, *, missed: bool) -> None:
        (self.missed_again if again else self.missed).learn(float(missed), SHARE_KEPT)

    def _flow(self, service: str) -> Flow:
        flow = self.flows.get(service)
        if flow is None:
            flow = self.flows[service] = Flow()
        return flow
