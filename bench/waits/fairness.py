"""`hallkeeper bench fairness`: the same days under three rules of who is next.

strict: priority always wins, appointments before everybody (as ZMS and JackQChen/QueueSystem do); fifo: by
the time of taking, whoever one is; ours: credits in minutes, appointments first but never too many in a row.
All three are settings of the same core. Appointments are booked when the day begins; their owners come during
their slot, so that their time is when they come. Under fifo they take a number like everybody.
"""

import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

from bench.figures import machine, write
from bench.spread import spread
from bench.waits.scored import ENDS, OPENS, working_days
from bench.world.appointed import AppointedDay
from bench.world.halls import busier, dday
from bench.world.truth import absences, people
from hall.core import Engine, Outcome, Rules, calendar
from hall.core import commands as c
from hall.core.events import TicketCalled, TicketTaken
from hall.core.outlook import Outlooks
from hall.texts import texts
from hallfile.schema import Calling, HallFile, Priority
from simulators.crowd.plan import Visitor, plan_day

POLICIES: Final = ("strict", "fifo", "ours")
ALWAYS_MIN: Final = 24 * 60.0
"""A credit of a whole day always wins."""
EVERY_ONE: Final = 10**6
ON_TIME_MIN: Final = 5.0
CLASSES: Final = ("walk_in", "priority", "booked")


@dataclass
class Waits:
    """What became of the people of some days; minutes."""

    by_class: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    at_work: list[float] = field(default_factory=list)
    """The same with the hours left out in which no counter was to work: who comes just before noon waits for
    the afternoon under any rule."""
    max_overtaken: int = 0
    """People who came later for the same service and were called before somebody, at most."""

    def add(self, other: "Waits") -> None:
        for name, waits in other.by_class.items():
            self.by_class[name] += waits
        self.at_work += other.at_work
        self.max_overtaken = max(self.max_overtaken, other.max_overtaken)


class FairDay(AppointedDay):
    """Counts who is called after whom."""

    is_fifo = False

    def begin(self, *, fifo: bool) -> "FairDay":
        self.is_fifo = fifo
        self.waits = Waits()
        self._taken: dict[str, TicketTaken] = {}
        self._overtaken: dict[str, int] = {}
        return self

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        if self.is_fifo:
            return self.do(c.TakeTicket, ticket=ticket, service=visitor.service)
        return super().take(visitor, ticket)

    def ask(self, command: c.Command) -> Outcome:
        outcome = super().ask(command)
        for event in outcome.events:
            if isinstance(event, TicketTaken):
                self._taken[event.ticket] = event
            elif isinstance(event, TicketCalled) and event.ticket in self._taken:
                self._first_call(event)
        return outcome

    def _first_call(self, event: TicketCalled) -> None:
        mine = self._taken.pop(event.ticket)
        for other in self._taken.values():
            if other.service == mine.service and other.at < mine.at:
                self._overtaken[other.ticket] = self._overtaken.get(other.ticket, 0) + 1
        visitor = self.visitor_of[event.ticket]
        name = "booked" if visitor in self.booking_of else "priority" if visitor.priority else "walk_in"
        self.waits.by_class[name].append((event.at - mine.at).total_seconds() / 60)
        self.waits.at_work.append(at_work(self.engine.rules, mine.service, mine.at, event.at))
        self.waits.max_overtaken = max(self.waits.max_overtaken, self._overtaken.pop(event.ticket, 0))


def at_work(rules: Rules, service: str, since: datetime, until: datetime) -> float:
    """Minutes between two moments of a day in which a counter was to do the service."""
    total, counted = timedelta(), since
    counters = rules.counters_of[service]
    for opens, closes in sorted(shift for one in counters for shift in calendar.shifts(rules, one, since)):
        begins, ends = max(opens, counted), min(closes, until)
        if begins < ends:
            total, counted = total + (ends - begins), ends
    return total.total_seconds() / 60


def bench_fairness(
    example: Path, *, days: int, arrivals: float, seed: int, jobs: int | None, json: Path | None
) -> None:
    """Measure, and print figures."""
    began = time.monotonic()
    tasks = [(policy, number, arrivals, seed, example) for number in range(days) for policy in POLICIES]
    found = {policy: Waits() for policy in POLICIES}
    for task, waits in zip(tasks, spread(one_day, tasks, "days", jobs), strict=True):
        found[task[0]].add(waits)
    figures: dict[str, Any] = {policy: figures_of(waits) for policy, waits in found.items()}
    figures |= {
        "machine": machine(),
        "config": {"days": days, "arrivals": arrivals, "hall": str(example)},
        "seed": seed,
        "took_s": round(time.monotonic() - began, 1),
    }
    _print(figures)
    write(figures, json)


def one_day(task: tuple[str, int, float, int, Path]) -> Waits:
    """A day under one policy; the people and the clerks are the same under each."""
    policy, number, arrivals, seed, example = task
    hall = busier(dday(example), arrivals)
    (day,) = working_days(hall, 1)
    chance = random.Random(f"fair/{seed}/{number}")
    visitors = plan_day(hall, day.date(), chance.randrange(2**40)).visitors
    away = absences(list(hall.counters), day, chance)
    rules = Rules(under(policy, hall), texts("zh-CN"))
    # nobody asks here for what was foreseen: as little as can be is
    engine = Engine(rules, outlooks=Outlooks(rules, share=0.0))
    this = FairDay(engine, visitors, away, people(hall.counters, seed), chance).begin(fifo=policy == "fifo")
    this.live(day + OPENS, day + ENDS)
    return this.waits


def under(policy: str, hall: HallFile) -> HallFile:
    """The hall with the rules of a policy."""
    if policy != "strict":
        return hall
    always = Priority(elderly=ALWAYS_MIN, disabled=ALWAYS_MIN, pregnant=ALWAYS_MIN, veteran=ALWAYS_MIN)
    calling: Calling = msgspec.structs.replace(hall.calling, appointments_in_a_row=EVERY_ONE)
    return msgspec.structs.replace(hall, priority=always, calling=calling)


def figures_of(waits: Waits) -> dict[str, Any]:
    """The figures of one policy."""
    booked = waits.by_class["booked"]
    return {
        "longest_wait_min": round(max(max(one, default=0.0) for one in waits.by_class.values()), 1),
        "longest_at_work_min": round(max(waits.at_work, default=0.0), 1),
        "p95_by_class": {name: round(_p95(waits.by_class[name]), 1) for name in CLASSES},
        "max_overtaken": waits.max_overtaken,
        "booked_within_5min": round(sum(wait <= ON_TIME_MIN for wait in booked) / max(1, len(booked)), 4),
        "n": sum(map(len, waits.by_class.values())),
    }


def _p95(waits: list[float]) -> float:
    return sorted(waits)[int(0.95 * len(waits))] if waits else 0.0


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="who waits how long, minutes", title_justify="left")
    columns = (
        "",
        "people",
        "longest",
        "lunch left out",
        *(f"p95 {name.replace('_', '-')}" for name in CLASSES),
        "most overtaken by",
        "booked ≤ 5 min",
    )
    for column in columns:
        table.add_column(column, justify="right" if column else "left")
    for policy in POLICIES:
        one = figures[policy]
        table.add_row(
            policy,
            str(one["n"]),
            f"{one['longest_wait_min']:.0f}",
            f"{one['longest_at_work_min']:.0f}",
            *(f"{one['p95_by_class'][name]:.1f}" for name in CLASSES),
            str(one["max_overtaken"]),
            f"{one['booked_within_5min']:.1%}",
        )
    console = Console(width=max(128, Console().width))
    console.print(table)
    console.print(f"took {figures['took_s']} s")
