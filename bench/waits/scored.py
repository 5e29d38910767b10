"""A day whose every forecast is held against what came of it."""

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench.waits.baselines import Baselines
from bench.waits.oracle import Oracle
from bench.world.day import Day, classes
from bench.world.halls import busier, dday, fifty_desks
from bench.world.truth import Truth, absences, drifting, people
from hall.core import Engine, Outcome, Rules, State
from hall.core import commands as c
from hall.core.calendar import is_workday
from hall.core.events import TicketCalled, TicketTaken
from hall.core.forecast import newcomer, prospect
from hall.core.issuing import credit_minutes
from hall.core.outlook import Outlooks
from hall.texts import texts
from hallfile.schema import HallFile
from simulators.crowd.plan import Visitor, plan_day

SCENARIOS: Final = ("normal", "busy", "fifty_desks", "drift")
BUSY: Final = 1.3
OPENS: Final = timedelta(hours=7)
ENDS: Final = timedelta(hours=19)

Said = dict[str, tuple[float, float, float]]
"""Who says it → low, median and high; baselines have no interval."""


@dataclass(frozen=True)
class Score:
    """One ticket: what was said when it was taken, and how long it took to its first call. Minutes."""

    said: Said
    waited: float


@dataclass
class Warm:
    """A hall after some weeks of history."""

    hall: HallFile
    state: State
    baselines: Baselines
    truth: Truth
    day: datetime
    """The next working day."""


class ScoredDay(Day):
    """Asks all forecasters before each ticket is taken."""

    baselines: Baselines
    oracle: bool = False

    def prepare(self, baselines: Baselines, *, oracle: bool) -> "ScoredDay":
        self.baselines, self.oracle = baselines, oracle
        self.said: dict[str, tuple[datetime, Said]] = {}
        self.scores: list[Score] = []
        return self

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        truth = self._ask_oracle(visitor) if self.oracle else {}
        outcome = super().take(visitor, ticket)
        for event in outcome.own:
            if isinstance(event, TicketTaken) and event.forecast is not None:
                ours = event.forecast
                plain = self.baselines.say(self.engine.state, event.service, event.ahead)
                said: Said = {name: (one, one, one) for name, one in plain.items()}
                said["ours"] = (ours.low, ours.median, ours.high)
                self.said[ticket] = (event.at, said | truth)
        return outcome

    def ask(self, command: c.Command) -> Outcome:
        outcome = super().ask(command)
        for event in outcome.events:
            self.baselines.see(self.engine.state, event)
            if isinstance(event, TicketCalled) and event.ticket in self.said:
                taken, said = self.said.pop(event.ticket)
                self.scores.append(Score(said, (event.at - taken).total_seconds() / 60))
        return outcome

    def _ask_oracle(self, visitor: Visitor) -> Said:
        engine, now = self.engine, self._moment()
        self.do(c.PassTime)
        turn = newcomer(engine.state, now, credit_minutes(engine.rules, classes(visitor)))
        beliefs = Oracle(engine.state, engine.rules, self.truth)
        seen = prospect(engine.state, engine.rules, visitor.service, now, turn, visitor.booked, beliefs)
        return {} if seen is None else {"oracle": (seen.wait.low, seen.wait.median, seen.wait.high)}


def hall_of(scenario: str, example: Path) -> HallFile:
    """The hall as its history knows it."""
    hall = dday(example)
    return fifty_desks(hall) if scenario == "fifty_desks" else hall


def warm_up(scenario: str, example: Path, seed: int, days: int) -> Warm:
    """Live through so many working days: the history everybody learns from."""
    hall = hall_of(scenario, example)
    rules = Rules(hall, texts("zh-CN"))
    truth = people(hall.counters, seed)
    # nobody scores the forecasts of history: as few as can be are drawn
    engine, baselines = Engine(rules, outlooks=Outlooks(rules, share=0.0)), Baselines(rules)
    *history, last = working_days(hall, days + 1)
    for index, day in enumerate(history):
        live(engine, day, truth, baselines, f"{seed}/history/{index}", oracle=False)
    baselines.type_in()
    return Warm(hall, engine.state, baselines, truth, last)


def scored(warm: Warm, scenario: str, number: int, seed: int) -> list[Score]:
    """One day of a scenario after the history."""
    hall = busier(warm.hall, BUSY) if scenario == "busy" else warm.hall
    truth = warm.truth
    if scenario == "drift":
        truth = drifting(truth, list(hall.services), warm.day, seed * 100_000 + number)
    engine = Engine(Rules(hall, texts("zh-CN")), copy.deepcopy(warm.state))
    return live(engine, warm.day, truth, copy.deepcopy(warm.baselines), f"{seed}/{number}", oracle=True)


def live(
    engine: Engine, day: datetime, truth: Truth, baselines: Baselines, seed: str, *, oracle: bool
) -> list[Score]:
    """One day from before its opening until after its closing."""
    chance = random.Random(f"day/{seed}")
    hall = engine.rules.hall
    visitors = plan_day(hall, day.date(), chance.randrange(2**40)).visitors
    away = absences(list(hall.counters), day, chance)
    this = ScoredDay(engine, visitors, away, truth, chance, f"{day:%m%d}-").prepare(baselines, oracle=oracle)
    this.live(day + OPENS, day + ENDS)
    return this.scores


def working_days(hall: HallFile, many: int) -> Sequence[datetime]:
    """So many working days in a row, at midnight; the last is the simulation's own day."""
    zone = ZoneInfo(hall.hall.timezone)
    day = date.fromisoformat(hall.simulation.day)
    found: list[datetime] = []
    while len(found) < many:
        if is_workday(day):
            found.append(datetime(day.year, day.month, day.day, tzinfo=zone))
        day -= timedelta(days=1)
    return found[::-1]
