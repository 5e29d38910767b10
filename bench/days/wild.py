"""A day on which everything may go wrong, watched event by event."""

import random
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import msgspec

from bench.days.halls import hall as drawn_hall
from bench.days.halls import is_dday, visitors
from bench.days.invariants import Watch, hold, places_agree
from bench.world.day import Day
from bench.world.truth import CLERKS_DIFFER, Truth, absences
from hall.core import Engine, Outcome, Rules, State, evolve
from hall.core import commands as c
from hall.core import events as e
from hall.texts import texts
from simulators.crowd.plan import Visitor

DAY: Final = "2026-11-20"
"""A working Friday: the days that follow are a weekend and a Monday."""
LOOK_EVERY: Final = 40
"""On a D-day, all its tickets are looked at once in so many events; on a small day after each."""

DOUBLED: Final = 0.03
"""Share of commands that come twice."""
WILD: Final = 0.02
"""Share of commands after which somebody asks for something out of place."""
GIVES_UP: Final = 0.04
HOLDS: Final = 0.04
CRASHES: Final = 2
CLOCK_FAULTS: Final = 2


class WildDay(Day):
    """A day with faults. Its engine is watched through a second state, folded event by event."""

    def __init__(self, engine: Engine, *, every: int, **rest: Any) -> None:
        super().__init__(engine, **rest)
        rules = engine.rules
        self.shadow = State()
        self.watch = Watch(rules.hall.calling.appointments_in_a_row, every=every)
        self.journal: list[bytes] = []
        self.refused = 0
        self._skew = timedelta()
        self._codes = count(1)

    def ask(self, command: c.Command) -> Outcome:
        command = msgspec.structs.replace(command, at=command.at + self._skew)
        outcome = self._watched(command)
        if self.chance.random() < DOUBLED:
            self._watched(command)
        if self.chance.random() < WILD:
            self._watched(self._out_of_place(command.at))
        return outcome

    def crash(self) -> None:
        """The controller dies; another folds up the journal, as it reads back, and goes on."""
        state = State()
        for body in self.journal:
            evolve(state, e.decode(body))
        hold(same(state, self.engine.state), "replay equals live", "after a crash")
        self.engine = Engine(self.engine.rules, state)
        self.do(c.StartUp)

    def turn_clock(self, seconds: float) -> None:
        """The clock jumps; later it is set right."""
        self._skew = timedelta(seconds=seconds)

    def end(self) -> None:
        """What must be true when all is over."""
        places_agree(self.shadow)
        hold(not self.watch.owed, "nobody lost", "on the day after")
        hold(same(self.engine.state, self.shadow), "replay equals live", "at the end")

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        kiosks = list(self.engine.rules.hall.kiosks)
        outcome = self.do(
            c.TakeTicket,
            ticket=ticket,
            service=visitor.service,
            person=f"p{self.chance.randrange(500)}" if self.chance.random() < 0.7 else None,
            kiosk=self.chance.choice([*kiosks, None]),
            appointment=f"B{next(self._codes)}" if visitor.booked else None,
            priority=() if visitor.priority is None else (visitor.priority,),
        )
        if outcome.refusal is None and self.chance.random() < GIVES_UP:
            self.soon(self.chance.uniform(10, 3600), self._cancel, ticket)
        return outcome

    def _watched(self, command: c.Command) -> Outcome:
        outcome = self.engine.handle(command)
        if outcome.refusal is not None:
            self.refused += 1
            said = outcome.refusal.text
            told = (
                bool(outcome.refusal.reason and said) and not said.startswith("refusal.") and "{" not in said
            )
            hold(told, "every refusal has a reason", f"{outcome.refusal.reason}: {said}")
        for event in outcome.events:
            counter = self.engine.rules.hall.counters.get(getattr(event, "counter", ""))
            self.watch.before(self.shadow, event, () if counter is None else tuple(counter.services))
            evolve(self.shadow, event)
            self.watch.after(self.shadow, event)
            self.journal.append(e.encode(event))
        return outcome

    def _see(self, event: e.Event) -> None:
        super()._see(event)
        match event:
            case e.PrintAsked():
                self.soon(self.chance.uniform(1, 20), self._print, event.job)
            case e.PrintDone(outcome="failed"):
                self.soon(2, self._reprint, event.ticket)
            case e.ServiceStarted() if self.chance.random() < HOLDS:
                self.soon(20, self._hold, event.ticket, event.counter)
            case e.TicketMissed(goes="clerk"):
                self.soon(self.chance.uniform(60, 900), self._resume, event.ticket)
            case _:
                pass

    def _print(self, job: str) -> None:
        outcome = self.chance.choice(["printed", "printed", "printed", "failed", "unknown", None])
        if outcome is not None:
            self.do(c.PrintEnded, job=job, outcome=outcome)

    def _reprint(self, ticket: str) -> None:
        if self.chance.random() < 0.7:
            self.do(c.Reprint, ticket=ticket, printer=self.chance.choice(["p1", "p2", None]))
        else:
            self.do(c.Cancel, ticket=ticket, why="never printed")

    def _cancel(self, ticket: str) -> None:
        self.do(c.Cancel, ticket=ticket)

    def _hold(self, ticket: str, counter: str) -> None:
        if self._holds(counter, ticket):
            self.do(c.Hold, counter=counter)
            self.soon(self.chance.uniform(60, 1200), self._resume, ticket)
            self.soon(5, self._call, counter)

    def _resume(self, ticket: str) -> None:
        self.do(c.Resume, ticket=ticket)

    def _out_of_place(self, at: datetime) -> c.Command:
        """Something nobody sensible would ask for just now, or that does not exist."""
        rules, chance = self.engine.rules, self.chance
        counter = chance.choice([*rules.hall.counters, "no-such"])
        ticket = chance.choice([*list(self.engine.state.tickets)[-5:], "no-such"])
        service = chance.choice([*rules.hall.services, "no-such"])
        commands: tuple[c.Command, ...] = (
            c.TakeTicket(at=at, ticket=next(iter(self.engine.state.tickets), "x"), service="no-such"),
            c.Start(at=at, ticket=ticket),
            c.Finish(at=at, ticket=ticket, counter=counter),
            c.NoShow(at=at, counter=counter),
            c.Resume(at=at, ticket=ticket),
            c.Recall(at=at),
            c.Transfer(at=at, ticket=ticket, to=service),
            c.Rate(at=at, ticket=ticket, grade=chance.randint(1, 5)),
            c.Logout(at=at, counter=counter),
            c.Login(at=at, counter=counter, clerk=chance.choice(["clerk-1", "another"])),
            c.Pause(at=at, counter=counter),
            c.Reopen(at=at, counter=counter),
            c.Press(at=at, counter=chance.choice(list(rules.hall.counters)), action="hold"),
            c.PrintEnded(at=at, job="no-such", outcome="printed"),
        )
        return chance.choice(commands)


def same(one: State, other: State) -> bool:
    """Whether two states are the same, to the last figure."""
    return msgspec.json.encode(one) == msgspec.json.encode(other)


def live(seed: int) -> WildDay:
    """The day of a seed, and the morning after; raises `Broken`, or whatever fails."""
    chance = random.Random(f"days/{seed}")
    hall = drawn_hall(seed, chance)
    rules = Rules(hall, texts(hall.hall.language))
    day = datetime.fromisoformat(f"{DAY}T00:00+08:00")
    clerks = {f"clerk-{n}": chance.lognormvariate(0, CLERKS_DIFFER) for n in range(1, 6)}
    this = WildDay(
        Engine(rules),
        every=LOOK_EVERY if is_dday(seed) else 1,
        visitors=visitors(seed, hall, day, chance),
        absences=absences(list(hall.counters), day, chance),
        truth=Truth(clerks),
        chance=chance,
    )
    for _ in range(chance.randrange(CRASHES + 1)):
        this.at(day + timedelta(hours=chance.uniform(7, 24.2)), this.crash)
    for _ in range(chance.randrange(CLOCK_FAULTS + 1)):
        begins = day + timedelta(hours=chance.uniform(7, 23))
        this.at(begins, this.turn_clock, chance.choice([-7200.0, -600.0, -1.5, 900.0, 7200.0]))
        this.at(begins + timedelta(minutes=chance.uniform(1, 60)), this.turn_clock, 0.0)
    this.live(day + timedelta(hours=chance.choice([0.0, 7.0])), day + timedelta(days=1, hours=3))
    this.end()
    return this
