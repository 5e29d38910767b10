"""The stress day: Dezhou's claimed 8,000 tickets in a hall large enough for them, played command by command.

The hall is the example's with every counter there as often as it takes, so that queues are as long as on a
normal day and not a hundred times as long. Chance is seeded; the same seed is the same day.
"""

import heapq
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from itertools import count
from time import perf_counter
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from hall.core import Engine, Outcome
from hall.core import commands as c
from hall.core.events import Event, PrintAsked
from hall.core.outlook import SHARE, Outlooks
from hall.told import rules_of
from hallfile.schema import HallFile

TICKETS_OF_THE_EXAMPLE: Final = 660
"""What the example's counters see on its D-day (domain.md section 8)."""

DAY: Final = date(2026, 11, 20)
PLAYED_AT: Final = 15_000.0
"""Hall seconds in a real one when the day goes by as fast as it can: drawing forecasts has its share of real
seconds, so it is of so many hall seconds."""
PRINTS_FOR: Final = timedelta(seconds=2)
WALK: Final = timedelta(seconds=20)
"""From the call to the counter."""
RATED_SHARE: Final = 0.4
MISSED_SHARE: Final = 0.08


def enlarged(tables: dict[str, Any], tickets: int) -> dict[str, Any]:
    """The hall file's tables with every counter there as often as `tickets` need.

    *Next* is never called a hurry there: commands follow each other as fast as they are done.
    """
    times = max(1, math.ceil(tickets / TICKETS_OF_THE_EXAMPLE))
    counters = dict(tables["counters"])
    for name, counter in tables["counters"].items():
        for copy in range(2, times + 1):
            counters[f"{name}-{copy}"] = {**counter, "clerk": f"{counter['clerk']}-{copy}"}
    calling = {**tables.get("calling", {}), "hurry_s": 0}
    return {**tables, "counters": counters, "calling": calling}


@dataclass
class Played:
    """What came of a day."""

    events: list[list[Event]] = field(default_factory=list)
    """By command."""
    moments: list[float] = field(default_factory=list)
    """What each command took, in seconds."""
    refused: int = 0

    def rate(self, first: float = 0.0) -> float:
        """Commands a second, over those behind the share `first` of the day."""
        chosen = self.moments[int(first * len(self.moments)) :]
        return len(chosen) / sum(chosen) if chosen else 0.0


class StressDay:
    """One day through one engine."""

    def __init__(self, hall: HallFile, tickets: int, seed: int, speed: float = PLAYED_AT) -> None:
        self.rules = rules_of(hall)
        self.engine = Engine(self.rules, outlooks=Outlooks(self.rules, SHARE / speed))
        self.played = Played()
        self._chance = random.Random(seed)
        offset = datetime.combine(DAY, time(12), ZoneInfo(hall.hall.timezone)).utcoffset()
        assert offset is not None
        self._zone = timezone(offset)
        """A plain offset, as the ledger hands moments to the core."""
        self._order = count()
        self._agenda: list[tuple[datetime, int, str, str]] = []
        for moment, service in self._arrivals(tickets):
            self._plan(moment, "arrive", service)
        self._names = count(1)

    def play(self) -> Iterator[None]:
        """Play it; yields now and then, so that somebody can watch."""
        self._do(c.StartUp, self._at(time(7, 0)))
        while self._agenda:
            now, number, what, about = heapq.heappop(self._agenda)
            getattr(self, f"_{what}")(now, about)
            if number % 64 == 0:
                yield

    def _arrive(self, now: datetime, service: str) -> None:
        ticket = f"t{next(self._names)}"
        kiosk = next(iter(self.rules.hall.kiosks))
        outcome = self._do(
            c.TakeTicket, now, ticket=ticket, service=service, kiosk=kiosk, person=f"p-{ticket}"
        )
        for event in outcome.own:
            if isinstance(event, PrintAsked):
                self._plan(now + PRINTS_FOR, "printed", event.job)
        if outcome.refusal is None:
            for counter in self.rules.counters_of[service]:
                desk = self.engine.state.desk(counter)
                if desk.is_open and desk.ticket is None:
                    self._call(now, counter)
                    break

    def _printed(self, now: datetime, job: str) -> None:
        self._do(c.PrintEnded, now, job=job, outcome="printed")

    def _call(self, now: datetime, counter: str) -> None:
        if self._do(c.CallNext, now, counter=counter).refusal is None:
            missed = self._chance.random() < MISSED_SHARE
            self._plan(now + WALK, "miss" if missed else "start", counter)

    def _miss(self, now: datetime, counter: str) -> None:
        self._do(c.NoShow, now, counter=counter)
        self._call(now, counter)

    def _start(self, now: datetime, counter: str) -> None:
        self._do(c.Start, now, counter=counter)
        ticket = self.engine.state.in_hand(counter)
        if ticket is not None:
            self._plan(now + self._takes(ticket.service), "finish", counter)

    def _finish(self, now: datetime, counter: str) -> None:
        ticket = self.engine.state.in_hand(counter)
        self._do(c.Finish, now, counter=counter)
        if ticket is not None and self._chance.random() < RATED_SHARE:
            self._do(c.Rate, now, ticket=ticket.id, grade=5)
        self._call(now, counter)

    def _takes(self, service: str) -> timedelta:
        """A lognormal time with a coefficient of variation of 0.5."""
        sigma2 = math.log(1.25)
        mu = math.log(self.rules.service(service).mean_minutes) - sigma2 / 2
        return timedelta(minutes=self._chance.lognormvariate(mu, math.sqrt(sigma2)))

    def _do(self, kind: type[c.Command], now: datetime, **keys: Any) -> Outcome:
        command = kind(at=now, by="bench", **keys)
        began = perf_counter()
        outcome = self.engine.handle(command)
        self.played.moments.append(perf_counter() - began)
        self.played.events.append(outcome.events)
        self.played.refused += outcome.refusal is not None
        return outcome

    def _plan(self, moment: datetime, what: str, about: str) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), what, about))

    def _arrivals(self, tickets: int) -> Iterator[tuple[datetime, str]]:
        """Moments in the half-hours of the hall file's own profile, for its services in their shares."""
        plan = self.rules.hall.simulation
        shares = {name: crowd.tickets for name, crowd in plan.crowd.items()}
        slots = _slots(plan.arrivals)
        for service in self._chance.choices(list(shares), list(shares.values()), k=tickets):
            early = plan.crowd[service].early
            opens, weight = zip(*(_slots(plan.early_arrivals) if early else slots), strict=True)
            (begins,) = self._chance.choices(opens, weight)
            yield self._at(begins) + timedelta(minutes=self._chance.uniform(0, 30)), service

    def _at(self, moment: time) -> datetime:
        return datetime.combine(DAY, moment, self._zone)


def _slots(profile: dict[str, list[float]]) -> list[tuple[time, float]]:
    """The half-hours of a profile of arrivals, with their weights."""
    found = []
    for begins, weights in profile.items():
        first = datetime.combine(DAY, time.fromisoformat(begins))
        found += [((first + timedelta(minutes=30 * n)).time(), weight) for n, weight in enumerate(weights)]
    return found


def stress_hall(tables: dict[str, Any], tickets: int) -> HallFile:
    """The enlarged hall, read."""
    return msgspec.convert(enlarged(tables, tickets), HallFile)
