"""One command after another: what time has brought meanwhile is done first, then the command itself."""

from datetime import datetime
from typing import Final

import msgspec

from hall.core import calendar, counters, passing
from hall.core.booking_events import BookingMade
from hall.core.commands import Command, PassTime
from hall.core.decide import decide
from hall.core.events import (
    AlarmCleared,
    AlarmRaised,
    CounterClosed,
    CounterOpened,
    Event,
    PrintAsked,
    PrintDone,
    Rated,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketTaken,
)
from hall.core.evolve import evolve
from hall.core.notice_events import NoticePosted
from hall.core.outlook import Outlooks
from hall.core.refusal import Decision, Refusal
from hall.core.rules import Rules
from hall.core.state import State
from hall.core.task_events import CaseFinished, CaseRegistered, TaskNoted, TaskRaised, TaskStepped
from hall.core.tongues import in_every
from hall.core.watched import TicketKept


class Outcome(msgspec.Struct, frozen=True):
    """What a command led to."""

    events: list[Event]
    """In order; also what only the time brought."""
    own: list[Event]
    """Those of them that are the command's own doing."""
    refusal: Refusal | None = None


class Engine:
    """A state with its rules. What it does depends on nothing but the commands it was given.

    What it foresees depends also on when it was asked for that: `outlooks` are kept while they hold.
    """

    def __init__(self, rules: Rules, state: State | None = None, outlooks: Outlooks | None = None) -> None:
        self.rules = rules
        self.state = State() if state is None else state
        self.outlooks = Outlooks(rules) if outlooks is None else outlooks
        self._passed: datetime | None = None
        """Up to when everything due has been done."""
        self._due: datetime | None = None
        self._hours_due: datetime | None = None
        """When the hours next turn; None when they must be looked at afresh, as after a counter's opening."""
        self._over_time: tuple[str, ...] = ()
        """Counters that work past their hours, and so may close after any command."""
        self._day_is_over = False
        """Whether what still waits is ended: then whatever happens may leave somebody waiting, or nobody."""

    def handle(self, command: Command) -> Outcome:
        """Do what is due by the command's moment, then the command."""
        events = self._pass_time(command.at)
        if isinstance(command, PassTime):
            return Outcome(events, events)
        decision = self._decide(command)
        refusal = decision if isinstance(decision, Refusal) else None
        own = list(decision.events) if isinstance(decision, Refusal) else decision
        self._fold(own)
        if self._over_time:
            events_after = self._leave(command.at)
            return Outcome([*events, *own, *events_after], own, refusal)
        return Outcome([*events, *own] if events else own, own, refusal)

    def _decide(self, command: Command) -> Decision:
        state, outlooks = self.state, self.outlooks
        decision = decide(state, self.rules, command, outlooks)
        return in_every(self.rules, decision, lambda told: decide(state, told, command, outlooks))

    def due(self) -> datetime | None:
        """When something will be due though nobody asks for anything; None before the first command."""
        return self._due

    def _pass_time(self, now: datetime) -> list[Event]:
        """Do everything due at `now`. A clock that was put back is believed: hours are looked at afresh."""
        if self._due is not None and self._passed is not None and self._passed <= now < self._due:
            return []
        put_back = self._passed is None or now < self._passed
        turned = put_back or self._hours_due is None or now >= self._hours_due
        events: list[Event] = []
        while brought := self._brought(now, turned=turned):
            self._fold(brought)
            events += brought
        if turned:
            self._hours_due = calendar.next_change(self.rules, now)
            end = calendar.day_end(self.rules, now)
            self._day_is_over = end is not None and end <= now
        desks = self.state.desks
        late = desks if turned else self._over_time
        self._over_time = tuple(name for name in late if counters.is_over_time(desks[name], now))
        turns = self._hours_due or calendar.next_change(self.rules, now)
        self._passed, self._due = now, passing.next_due(self.state, turns, now)
        return events

    def _brought(self, now: datetime, *, turned: bool) -> list[Event]:
        """The next thing that is due; time refuses nothing."""
        state, late = self.state, self._over_time

        def bring(rules: Rules) -> list[Event]:
            return passing.pass_time(state, rules, now, turned=turned, over_time=late)

        brought = in_every(self.rules, bring(self.rules), bring)
        return [] if isinstance(brought, Refusal) else brought

    def _leave(self, now: datetime) -> list[Event]:
        events = list(counters.leaving(self.state, self.rules, now, self._over_time))
        self._fold(events)
        return events

    def _fold(self, events: list[Event]) -> None:
        for event in events:
            evolve(self.state, event)
            self.outlooks.saw(self.state, event)
            if type(event) not in _BRING_NOTHING:
                self._look_ahead(event)

    def _look_ahead(self, event: Event) -> None:
        """An event may bring something that is due sooner than what was due so far."""
        if self._day_is_over:
            self._hours_due, self._due = None, event.at
            return
        match event:
            case BookingMade():
                moment = event.missed_at
            case ServiceFinished():
                moment = event.rating_until
            case PrintDone(decide_by=datetime() as moment) | TicketKept(until=datetime() as moment):
                pass
            case AlarmRaised(escalates_at=escalates_at) if escalates_at is not None:
                moment = escalates_at
            case NoticePosted(until=until) if until is not None:
                moment = until
            case AlarmCleared():
                moment = event.forget_at
            case TaskRaised() | TaskStepped() | TaskNoted() | CaseRegistered() | CaseFinished():
                if not self.state.duties.agenda:
                    return
                moment = self.state.duties.agenda[0][0]
            case CounterOpened() | CounterClosed():
                self._hours_due = None
                return
            case _:
                return
        self._due = moment if self._due is None else min(self._due, moment)


_BRING_NOTHING: Final = frozenset((TicketTaken, TicketCalled, ServiceStarted, PrintAsked, Rated))
"""The most frequent of the events after which nothing is due."""
