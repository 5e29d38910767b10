"""How long somebody will wait: the queue played through with today's mean service times.

Known: who waits and in what order, who is being served and for how long already, which counters are open,
what each can do, and when they break and close. Not forecast: those who will not come when called.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import erfc, exp, inf, log, sqrt
from typing import Final, NamedTuple

from hall.core import calendar
from hall.core.events import Wait
from hall.core.rules import Rules
from hall.core.state import Lessons, State, Turn

TRUST: Final = 8
"""How many observed services weigh as much as the hall file's mean."""

SCATTER: Final = 0.5
"""Coefficient of variation taken before the day has shown one (domain.md section 8: 0.4–0.6)."""

EIGHTY_PERCENT: Final = 1.2816
"""Standard deviations on either side of the mean that hold 80% of a normal distribution."""


class Length(NamedTuple):
    """How long something takes, in minutes."""

    mean: float
    variance: float


class Prospect(NamedTuple):
    """What lies before somebody who waits, or is about to."""

    wait: Wait
    finish: datetime
    """When they would be done, going by the medians."""


def length(state: State, rules: Rules, service: str) -> Length:
    """What the service takes: today's mean and scatter, drawn to the hall file's while little is seen."""
    prior = rules.service(service).mean_minutes
    seen = state.lessons.get(service) or Lessons()
    weight = TRUST + seen.count
    mean = (TRUST * prior + seen.count * seen.mean) / weight
    return Length(mean, (TRUST * (SCATTER * mean) ** 2 + seen.squares) / weight)


def residual(total: Length, elapsed: float) -> Length:
    """What is left of a service after `elapsed` minutes, its length being lognormal."""
    if elapsed <= 0 or total.variance <= 0:
        return Length(max(0.0, total.mean - elapsed), total.variance)
    sigma2 = log(1 + total.variance / total.mean**2)
    sigma, mu = sqrt(sigma2), log(total.mean) - sigma2 / 2
    z = (mu - log(elapsed)) / sigma
    longer = _normal(z)
    if longer < 1e-9:
        # so far out that the quotient below is noise: the lognormal's mean excess there, to first order
        left = elapsed * sigma2 / (log(elapsed) - mu)
        return Length(left, left**2)
    mean = total.mean * _normal(z + sigma) / longer
    square = exp(2 * mu + 2 * sigma2) * _normal(z + 2 * sigma) / longer
    return Length(mean - elapsed, max(0.0, square - mean**2))


def _normal(z: float) -> float:
    """The standard normal distribution function."""
    return erfc(-z / sqrt(2)) / 2


def newcomer(state: State, now: datetime, credit_minutes: float) -> Turn:
    """The place in line of one who takes a number now."""
    return (now.timestamp() - credit_minutes * 60, len(state.tickets), "")


def ahead(state: State, service: str, turn: Turn, booked: bool) -> int:
    """How many of the service's queue come before `turn`."""
    queue = state.queue(service)
    if booked:
        return sum(other < turn for other in queue.booked)
    parked = sum(entry.turn != turn for entry in queue.parked)
    return len(queue.booked) + parked + sum(other < turn for other in queue.walk_in)


def prospect(
    state: State, rules: Rules, service: str, now: datetime, turn: Turn, booked: bool
) -> Prospect | None:
    """The forecast for `turn`, taken or about to be; None where no counter is in sight that could call it."""
    stands = _stands(state, rules, service, now)
    mine = [stand for stand in stands if service in stand.services]
    if not mine:
        return None
    lengths = {name: length(state, rules, name) for stand in stands for name in stand.services}
    variance = sum(stand.variance for stand in stands)
    for wanted in _before(state, sorted(lengths), turn, service if booked else None):
        able = [stand for stand in stands if wanted in stand.services]
        if able:
            min(able, key=_Stand.begins).serve(lengths[wanted].mean)
            variance += lengths[wanted].variance
    begin = min(stand.begins() for stand in mine)
    wait = max(0.0, (begin - now.timestamp()) / 60)
    spread = EIGHTY_PERCENT * sqrt(variance) / len(stands) if wait else 0.0
    return Prospect(
        Wait(low=round(max(0.0, wait - spread), 1), median=round(wait, 1), high=round(wait + spread, 1)),
        now + timedelta(minutes=wait + lengths[service].mean),
    )


class _Stand:
    """A counter played into the future, in seconds since 1970."""

    def __init__(
        self, services: Iterable[str], stretches: list[tuple[float, float]], free: float, variance: float
    ) -> None:
        self.services = frozenset(services)
        self.variance = variance
        self._stretches = stretches
        self._free = free

    def begins(self) -> float:
        """When it can take the next person. The day's last stretch goes on while people wait."""
        for opens, closes in self._stretches:
            if self._free < closes:
                return max(self._free, opens)
        return max(self._free, self._stretches[-1][0])

    def serve(self, minutes: float) -> None:
        self._free = self.begins() + minutes * 60


def _stands(state: State, rules: Rules, service: str, now: datetime) -> list[_Stand]:
    """The counters that will do `service` today, and those they share their other services with."""
    stands: dict[str, _Stand | None] = {}
    reached = [service]
    for name in reached:
        for counter in rules.counters_of[name]:
            if counter not in stands:
                stand = stands[counter] = _stand(state, rules, counter, now)
                if stand is not None:
                    reached += [other for other in rules.counter(counter).services if other not in reached]
    return [stand for stand in stands.values() if stand is not None]


def _stand(state: State, rules: Rules, counter: str, now: datetime) -> _Stand | None:
    stretches = _stretches(state, rules, counter, now)
    if not stretches:
        return None
    free, variance = now.timestamp(), 0.0
    in_hand = state.in_hand(counter)
    if in_hand is not None and in_hand.called_at is not None:
        elapsed = (now - in_hand.called_at).total_seconds() / 60
        left = residual(length(state, rules, in_hand.service), elapsed)
        free, variance = free + left.mean * 60, left.variance
    return _Stand(rules.counter(counter).services, stretches, free, variance)


def _stretches(state: State, rules: Rules, counter: str, now: datetime) -> list[tuple[float, float]]:
    """When the counter will work from now on today: what is left of this shift, and later ones that open.

    Nobody knows how long a pause lasts, so a paused counter is not counted on.
    """
    desk = state.desk(counter)
    if desk.paused:
        return []
    later = [
        (shift.opens.timestamp(), shift.closes.timestamp())
        for shift in calendar.shifts(rules, counter, now)
        if shift.opens > now and rules.counter(counter).clerk is not None
    ]
    if not desk.is_open:
        return later
    moment = now.timestamp()
    until = inf if desk.until is None else desk.until.timestamp()
    if until > moment:
        return [(moment, until), *later]
    return later or [(moment, inf)]


def _before(state: State, services: list[str], mine: Turn, booked_for: str | None) -> list[str]:
    """The services of everybody who is called before `mine`, in the order of calling."""
    booked = [
        (turn, name)
        for name in services
        for turn in state.queue(name).booked
        if name != booked_for or turn < mine
    ]
    others = [
        (turn, name)
        for name in services
        if name != booked_for
        for turn in (
            *(turn for turn in state.queue(name).walk_in if turn < mine),
            *(parked.turn for parked in state.queue(name).parked if parked.turn != mine),
        )
    ]
    return [name for _, name in (*sorted(booked), *sorted(others))]
