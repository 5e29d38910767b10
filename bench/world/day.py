"""One simulated day: visitors come, clerks call and serve, and everything is asked of a core `Engine`."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from bench.world.truth import Absence, Truth
from hall.core import Engine, Outcome
from hall.core import commands as c
from hall.core import events as e
from simulators.crowd.plan import Visitor

LOOKS_UP_S: Final = (3.0, 12.0)
"""How long an idle clerk takes to see that somebody waits."""
TURN_S: Final = (1.0, 5.0)
"""Between one person and the next."""
SETTLES_S: Final = (5.0, 60.0)
"""From a counter's opening to its first call."""
PATIENCE_S: Final = 20.0
"""A called number is called again after so long, and given up after twice as long."""
SENT_ON_S: Final = 60.0


class Day:
    """A day under way. Subclasses may look at each command, or spoil it, in `ask`."""

    def __init__(
        self,
        engine: Engine,
        visitors: Sequence[Visitor],
        absences: Sequence[Absence],
        truth: Truth,
        chance: random.Random,
        name: str = "t",
    ) -> None:
        self.engine = engine
        self.truth = truth
        self.chance = chance
        self.now: datetime | None = None
        self.visitor_of: dict[str, Visitor] = {}
        self._agenda: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = count()
        self._name = name
        self._idle: set[str] = set()
        self._away: set[str] = set()
        self._alarm: datetime | None = None
        for visitor in visitors:
            self.at(visitor.arrives, self._arrive, visitor)
        for absence in absences:
            self.at(absence.start, self._leave, absence)

    def at(self, moment: datetime, do: Callable[..., None], *said: Any) -> None:
        """Put something on the agenda."""
        heappush(self._agenda, (moment, next(self._order), do, said))

    def soon(self, seconds: float, do: Callable[..., None], *said: Any) -> None:
        """Put something on the agenda, so long from now."""
        assert self.now is not None
        self.at(self.now + timedelta(seconds=seconds), do, *said)

    def live(self, begins: datetime, ends: datetime) -> None:
        """Live from `begins` until `ends`."""
        self.at(begins, self._pass_time)
        while self._agenda and self._agenda[0][0] <= ends:
            moment, _, do, said = heappop(self._agenda)
            self.now = moment
            do(*said)

    def ask(self, command: c.Command) -> Outcome:
        """Ask the core."""
        return self.engine.handle(command)

    def do(self, kind: type[c.Command], **said: Any) -> Outcome:
        """Ask for something now, and let the clerks see what came of it."""
        assert self.now is not None
        outcome = self.ask(kind(at=self.now, **said))
        for event in outcome.events:
            self._see(event)
        self._set_alarm()
        return outcome

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        """A number for a visitor."""
        return self.do(
            c.TakeTicket,
            ticket=ticket,
            service=visitor.service,
            appointment=f"B-{ticket}" if visitor.booked else None,
            priority=classes(visitor),
        )

    def between(self, bounds: tuple[float, float]) -> float:
        return self.chance.uniform(*bounds)

    def _set_alarm(self) -> None:
        due = self.engine.due()
        if due is not None and (self._alarm is None or due < self._alarm or self._alarm <= self._moment()):
            # with the hall's clock put back, what is due may seem past: it is asked for again
            self._alarm = due if due > self._moment() else self._moment() + timedelta(minutes=1)
            self.at(self._alarm, self._pass_time)

    def _moment(self) -> datetime:
        assert self.now is not None
        return self.now

    def _pass_time(self) -> None:
        self.do(c.PassTime)

    def _see(self, event: e.Event) -> None:
        match event:
            case e.CounterOpened():
                if self.engine.state.desk(event.counter).ticket is None:
                    self.soon(self.between(SETTLES_S), self._call, event.counter)
            case e.TicketTaken() | e.TicketResumed():
                self._wake(self.engine.state.tickets[event.ticket].service)
            case e.TicketTransferred():
                self._wake(event.to)
            case e.ServiceFinished(next=str(service)):
                self._wake(service)
            case e.TicketCalled(nth=1):
                self._attend(event)

    def _wake(self, service: str) -> None:
        for counter in self.engine.rules.counters_of[service]:
            if counter in self._idle:
                self._idle.discard(counter)
                self.soon(self.between(LOOKS_UP_S), self._call, counter)

    def _arrive(self, visitor: Visitor) -> None:
        ticket = f"{self._name}{next(self._order)}"
        self.visitor_of[ticket] = visitor
        self.take(visitor, ticket)

    def _call(self, counter: str) -> None:
        desk = self.engine.state.desk(counter)
        if counter in self._away or desk.ticket is not None:
            return
        if desk.paused or not desk.is_open or self.do(c.CallNext, counter=counter).refusal is not None:
            self._idle.add(counter)

    def _attend(self, event: e.TicketCalled) -> None:
        self._idle.discard(event.counter)
        visitor = self.visitor_of[event.ticket]
        before = self.engine.state.tickets[event.ticket].missed
        if visitor.misses_call and not (before and visitor.returns):
            self.soon(PATIENCE_S, self._recall, event.ticket, event.counter)
            self.soon(2 * PATIENCE_S, self._give_up, event.ticket, event.counter)
        else:
            length_s = 60 * self._minutes(visitor, event)
            self.soon(min(visitor.way_s, length_s / 3), self._start, event.ticket, event.counter)
            self.soon(length_s, self._finish, event.ticket, event.counter)

    def _minutes(self, visitor: Visitor, event: e.TicketCalled) -> float:
        """domain.md's lengths are what a service keeps the counter: the way to it is part of them."""
        if self._is_to_be_sent_on(event.ticket):
            return SENT_ON_S / 60
        services = self.engine.rules.hall.services
        other = services[event.service].mean_minutes / services[visitor.service].mean_minutes
        return other * self.truth.minutes(visitor, event.service, event.clerk, self._moment())

    def _is_to_be_sent_on(self, ticket: str) -> bool:
        visitor = self.visitor_of[ticket]
        return (
            visitor.transferred_to is not None
            and self.engine.state.tickets[ticket].service == visitor.service
        )

    def _recall(self, ticket: str, counter: str) -> None:
        if self._holds(counter, ticket):
            self.do(c.Recall, counter=counter)

    def _give_up(self, ticket: str, counter: str) -> None:
        if self._holds(counter, ticket):
            self.do(c.NoShow, counter=counter)
            self.soon(self.between(TURN_S), self._call, counter)

    def _start(self, ticket: str, counter: str) -> None:
        if self._holds(counter, ticket):
            self.do(c.Start, counter=counter)

    def _finish(self, ticket: str, counter: str) -> None:
        if self._holds(counter, ticket):
            visitor = self.visitor_of[ticket]
            to = visitor.transferred_to if self._is_to_be_sent_on(ticket) else None
            if to is None or self.do(c.Transfer, counter=counter, to=to).refusal is not None:
                self.do(c.Finish, counter=counter)
            if visitor.grade is not None:
                self.do(c.Rate, ticket=ticket, grade=visitor.grade)
        self.soon(self.between(TURN_S), self._call, counter)

    def _holds(self, counter: str, ticket: str) -> bool:
        return self.engine.state.desk(counter).ticket == ticket

    def _leave(self, absence: Absence) -> None:
        self._away.add(absence.counter)
        if absence.paused:
            self.do(c.Pause, counter=absence.counter)
        self.soon(absence.minutes * 60, self._return, absence)

    def _return(self, absence: Absence) -> None:
        self._away.discard(absence.counter)
        if absence.paused:
            self.do(c.Reopen, counter=absence.counter)
        self._call(absence.counter)


def classes(visitor: Visitor) -> tuple[str, ...]:
    """The priority classes a visitor shows."""
    return () if visitor.priority is None else (visitor.priority,)
