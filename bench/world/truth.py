"""How a simulated hall really is: what only the simulation and the oracle know, and no forecaster sees."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hallfile.schema import Counter
from simulators.crowd.plan import Visitor

Drift = Callable[[str, datetime], float]
"""The factor by which a service takes longer at a moment than it used to."""


def steady(_: str, __: datetime) -> float:
    """No drift."""
    return 1.0


@dataclass(frozen=True)
class Absence:
    """A clerk who is not at the counter, or has paused it."""

    counter: str
    start: datetime
    minutes: float
    paused: bool
    """Whether the clerk has said so; else the counter stands open and empty."""


@dataclass(frozen=True)
class Truth:
    """The hall as it is."""

    clerks: dict[str, float] = field(default_factory=dict)
    """Factor of each clerk's lengths."""
    hours: dict[int, float] = field(default_factory=dict)
    """Factor of each hour of the day."""
    drift: Drift = steady

    def minutes(self, visitor: Visitor, service: str, clerk: str | None, at: datetime) -> float:
        """How long this visitor's service takes when it begins at `at`."""
        return visitor.minutes * self.factor(service, clerk, at)

    def factor(self, service: str, clerk: str | None, at: datetime) -> float:
        pace = self.clerks.get(clerk, 1.0) if clerk is not None else 1.0
        return pace * self.hours.get(at.hour, 1.0) * self.drift(service, at)


CLERKS_DIFFER = 0.1
"""Ours: standard deviation of a clerk's log pace."""
HOURS = {8: 0.97, 9: 0.97, 10: 1.0, 11: 1.04, 14: 0.97, 15: 1.0, 16: 1.03, 17: 1.0}
"""Ours: towards noon and evening everything takes a little longer."""


def people(counters: dict[str, Counter], seed: int) -> Truth:
    """Clerks of their own pace; those of one kind of counter together keep the services' means."""
    chance = random.Random(f"clerks/{seed}")
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, counter in counters.items():
        alike.setdefault(tuple(counter.services), []).append(counter.clerk or name)
    paces: dict[str, float] = {}
    for clerks in alike.values():
        drawn = [chance.gauss(0, CLERKS_DIFFER) for _ in clerks]
        usual = sum(drawn) / len(drawn)
        paces |= {clerk: math.exp(one - usual) for clerk, one in zip(clerks, drawn, strict=True)}
    return Truth(paces, HOURS)


def drifting(truth: Truth, services: list[str], day: datetime, seed: int) -> Truth:
    """The same hall on a day on which everything comes to take longer, or less, than its history says.

    A common factor (0.75 or 1.35) and one of each service (a standard deviation of 0.1) are reached
    between 9:00 and 11:00.
    """
    chance = random.Random(f"drift/{seed}")
    common = math.log(chance.choice([0.75, 1.35, 1.35]))
    goals = {service: common + chance.gauss(0, 0.1) for service in services}
    begins, lasts = day.replace(hour=9, minute=0), timedelta(hours=2)

    def drift(service: str, at: datetime) -> float:
        share = min(1.0, max(0.0, (at - begins) / lasts))
        return math.exp(goals[service] * share)

    return Truth(truth.clerks, truth.hours, drift)


def absences(counters: list[str], day: datetime, chance: random.Random) -> list[Absence]:
    """Ours, about domain.md's one absence a day: in a hall of 22 one leaves unsaid, and four pause."""
    found = []
    for paused, per_counter, typical in ((False, 1 / 22, 15.0), (True, 4 / 22, 10.0)):
        for counter in counters:
            if chance.random() < per_counter:
                hour = chance.choice([9, 10, 14, 15, 16])
                start = day.replace(hour=hour, minute=chance.randrange(60))
                found.append(Absence(counter, start, typical * math.exp(chance.gauss(0, 0.3)), paused))
    return sorted(found, key=lambda absence: absence.start)
