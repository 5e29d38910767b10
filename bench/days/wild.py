"""A day on which everything may go wrong, watched event by event."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from bench.days.booking import BookingDay
from bench.days.diary import OF_DIARY, Account
from bench.days.halls import hall as drawn_hall
from bench.days.halls import is_dday
from bench.days.invariants import Watch, places_agree
from bench.days.nonsense import out_of_place
from bench.days.people import pauses, visitors
from bench.days.promise import hold
from bench.days.quotas import Quotas
from bench.world.truth import CLERKS_DIFFER, Truth
from hall.core import Engine, Outcome, Refusal, Rules, State, evolve
from hall.core import commands as c
from hall.core import events as e
from hall.core.outlook import SHARE, Outlooks
from hall.texts import texts
from simulators.crowd.plan import Visitor

DAY: Final = "2026-11-20"
"""A working Friday: the days that follow are a weekend and a Monday."""
LOOK_EVERY: Final = 40
"""On a D-day, the whole hall is looked at once in so many events; on a small day after each."""
DAYS_ON: Final = 0.15
"""Share of the small halls that are lived in on the next day too, with what was booked for it."""
FORESEES: Final = 0.25
"""Share of the days whose waits are all foreseen as in a real hall; on the others as few as can be, since
that is most of the work."""

REPLAY: Final = "replay equals live"
COMPARE_EVERY: Final = 50
"""After so many commands the whole state is compared with its replay; what events name after each."""

DOUBLED: Final = 0.03
"""Share of commands that come twice."""
WILD: Final = 0.02
"""Share of commands after which somebody asks for something out of place."""
GIVES_UP: Final = 0.04
HOLDS: Final = 0.04
PATIENT: Final = 3
"""A number called in vain so often is given up for good."""
CRASHES: Final = 2
CLOCK_FAULTS: Final = 2
KEEPS: Final = 0.01
"""Share of commands after which the state is kept, to start from it after a crash."""


class WildDay(BookingDay):
    """A day with faults. Its engine is watched through a second state, folded from what the journal holds."""

    def __init__(self, engine: Engine, visitors: Sequence[Visitor], *, every: int, **rest: Any) -> None:
        rules = engine.rules
        self.shadow = State()
        self.watch = Watch(rules.hall.calling.appointments_in_a_row, every=every)
        self.account = Account(rules)
        self.quotas = Quotas(rules)
        self.journal: list[bytes] = []
        self.refused = 0
        self._asked = 0
        self._skew = timedelta()
        self._kept = (0, msgspec.json.encode(State()))
        """How much of the journal a kept state has folded, and the state."""
        super().__init__(engine, visitors, **rest)

    def ask(self, command: c.Command) -> Outcome:
        command = msgspec.structs.replace(command, at=command.at + self._skew)
        outcome = self._watched(command)
        if self.chance.random() < DOUBLED:
            self._watched(command)
        if self.chance.random() < WILD:
            self._watched(out_of_place(self.engine, command.at, self.chance))
        if self.chance.random() < KEEPS:
            self._kept = (len(self.journal), msgspec.json.encode(self.engine.state))
        return outcome

    def crash(self) -> None:
        """The controller dies; another folds up the journal, as it reads back, and goes on."""
        folded, kept = self._kept if self.chance.random() < 0.5 else (0, msgspec.json.encode(State()))
        state = msgspec.json.decode(kept, type=State)
        for body in self.journal[folded:]:
            evolve(state, e.decode(body))
        hold(same(state, self.engine.state), REPLAY, f"after a crash, from event {folded}")
        self.engine = Engine(self.engine.rules, state, self.engine.outlooks)
        self.do(c.StartUp)

    def turn_clock(self, seconds: float) -> None:
        """The clock jumps; later it is set right."""
        self._skew = timedelta(seconds=seconds)

    def end(self) -> None:
        """What must be true when all is over."""
        places_agree(self.shadow)
        self.account.agrees(self.shadow)
        hold(not self.watch.owed, "nobody lost", "on the day after")
        hold(same(self.engine.state, self.shadow), REPLAY, "at the end")

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        outcome = super().take(visitor, ticket)
        if outcome.refusal is None and self.chance.random() < GIVES_UP:
            self.soon(self.chance.uniform(10, 3600), self._cancel, ticket)
        return outcome

    def _watched(self, command: c.Command) -> Outcome:
        outcome = self.engine.handle(command)
        for event in outcome.events:
            self._saw(event)
        if outcome.refusal is not None:
            self.refused += 1
            has_reason(outcome.refusal)
        self.account.asked(command, outcome.refusal)
        self._replays(command, outcome.events)
        if any(isinstance(event, OF_DIARY) for event in outcome.events):
            self.account.agrees(self.shadow)
        return outcome

    def _saw(self, event: e.Event) -> None:
        body = e.encode(event)
        self.journal.append(body)
        counter = self.engine.rules.hall.counters.get(getattr(event, "counter", ""))
        self.watch.before(self.shadow, event, () if counter is None else tuple(counter.services))
        evolve(self.shadow, e.decode(body))
        self.watch.after(self.shadow, event)
        self.account.after(self.shadow, event)
        self.quotas.after(event)

    def _replays(self, command: c.Command, events: list[e.Event]) -> None:
        """What the events name is as a replay has it; now and then, all of the state."""
        live, again, why = self.engine.state, self.shadow, type(command).__name__
        for event in events:
            hold(named(live, event) == named(again, event), REPLAY, f"{e.type_of(event)} by {why}")
        self._asked += 1
        if self._asked % COMPARE_EVERY == 0:
            hold(same(live, again), REPLAY, f"{COMPARE_EVERY} commands up to {why}")

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
        elif self.chance.random() < 0.5:
            self.do(c.Cancel, ticket=ticket, why="never printed")

    def _give_up(self, ticket: str, counter: str) -> None:
        # past midnight a ticket of the evening is not there any more
        if self._holds(counter, ticket) and self.engine.state.tickets[ticket].missed >= PATIENT:
            self._cancel(ticket)
            self.soon(1, self._call, counter)
        else:
            super()._give_up(ticket, counter)

    def _cancel(self, ticket: str) -> None:
        self.do(c.Cancel, ticket=ticket)

    def _hold(self, ticket: str, counter: str) -> None:
        if self._holds(counter, ticket):
            self.do(c.Hold, counter=counter)
            self.soon(self.chance.uniform(60, 1200), self._resume, ticket)
            self.soon(5, self._call, counter)

    def _resume(self, ticket: str) -> None:
        self.do(c.Resume, ticket=ticket)


def has_reason(refusal: Refusal) -> None:
    """Every refusal says why, in words and not in the name of a text."""
    said = refusal.text
    told = bool(refusal.reason and said) and not said.startswith("refusal.") and "{" not in said
    hold(told, "every refusal has a reason", f"{refusal.reason}: {said}")


def named(state: State, event: e.Event) -> tuple[object, ...]:
    """What an event names: its ticket, booking and file, its counter, and the lines it stands in."""
    names = msgspec.structs.asdict(event)
    ticket = state.tickets.get(names.get("ticket", ""))
    return (
        ticket,
        None if ticket is None else state.queue(ticket.service),
        state.desk(names.get("counter", "")),
        state.diary.bookings.get(names.get("booking", "")),
        state.diary.clients.get(names.get("client", "")),
        state.day,
    )


def same(one: State, other: State) -> bool:
    """Whether two states are the same, to the last figure."""
    return msgspec.json.encode(one) == msgspec.json.encode(other)


def live(seed: int) -> WildDay:
    """The day of a seed, and the morning after; raises `Broken`, or whatever fails."""
    chance = random.Random(f"days/{seed}")
    hall = drawn_hall(seed, chance)
    rules = Rules(hall, texts(hall.hall.language))
    first = datetime.fromisoformat(f"{DAY}T00:00+08:00")
    days_on = not is_dday(seed) and chance.random() < DAYS_ON
    days = [first + timedelta(days=number) for number in range(1 + days_on)]
    begins = first + timedelta(hours=chance.choice([0.0, 7.0]))
    clerks = {f"clerk-{n}": chance.lognormvariate(0, CLERKS_DIFFER) for n in range(1, 6)}
    this = WildDay(
        Engine(rules, outlooks=Outlooks(rules, SHARE if chance.random() < FORESEES else 0.0)),
        every=LOOK_EVERY if is_dday(seed) else 1,
        visitors=[visitor for day in days for visitor in visitors(seed, hall, day, chance)],
        begins=begins,
        absences=[absence for day in days for absence in pauses(hall, day, chance)],
        truth=Truth(clerks),
        chance=chance,
    )
    for _ in range(chance.randrange(CRASHES + 1)):
        this.at(first + timedelta(hours=chance.uniform(7, 24.2)), this.crash)
    for _ in range(chance.randrange(CLOCK_FAULTS + 1)):
        wrong = first + timedelta(hours=chance.uniform(7, 23))
        this.at(wrong, this.turn_clock, chance.choice([-7200.0, -600.0, -1.5, 900.0, 7200.0]))
        this.at(wrong + timedelta(minutes=chance.uniform(1, 60)), this.turn_clock, 0.0)
    this.live(begins, days[-1] + timedelta(days=1, hours=3))
    this.end()
    return this
