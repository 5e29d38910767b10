"""The hall as it is now, kept on the bus as retained states: the controller, queues, counters, alarms."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec

from broker.client import Bus, Received
from broker.messages import hall as bus_hall
from broker.messages.notices import NoticeState
from broker.topics import CONTROLLER_ID, topic_filter
from hall.core import Rules, State, calendar, dispatch, forecast, issuing
from hall.core import events as e
from hall.core.alarms import OF_ALARMS
from hall.core.notice_events import NoticePosted, NoticeWithdrawn
from hall.core.scene import Prospect
from hall.core.tongues import said
from hall.shell.coming import ComingAndGoing
from hall.shell.ledger import Ledger
from hall.shell.replies import forecast as told

log = logging.getLogger(__name__)

PACE_S: Final = 0.2
"""States are published so often at most, real seconds: one ticket changes the state of a queue and of every
counter that can call it, and a rush of tickets would change them all many times before anybody has looked."""

ASIDE_AT_ONCE: Final = 20
"""So many counters are shown again at a time for nothing but the number that wait for them: in a large hall
each ticket changes that of dozens."""

SWEPT_S: Final = 10.0
"""What an earlier run left on the bus has come so many real seconds after the connection, if ever."""

SWEPT: Final = ("queue", "counter", "alarm", "notice")
"""Kinds whose states are only the controller's."""

_EVERYTHING = (e.DayBegan, e.ControllerStarted)
"""Events after which nothing is as it was."""


class Picture:
    """Publishes what has changed, and answers each heartbeat with what is true then."""

    def __init__(self, bus: Bus, ledger: Ledger, version: str, refused: Callable[[], int]) -> None:
        self._bus = bus
        self._ledger = ledger
        self._version = version
        self._refused = refused
        self._rules = ledger.engine.rules
        self._alarms = ComingAndGoing(bus, "alarm", self._alarm)
        self._notices = ComingAndGoing(bus, "notice", self._notice)
        self._hours_turn: datetime | None = None
        """When the hours next open or close something."""
        self._changing: list[e.Event] = []
        """What happened since states were last published."""
        self._aside: dict[str, None] = {}
        """Counters that only have more or fewer waiting for them than was last shown, in turn."""
        self._pause: asyncio.TimerHandle | None = None
        self._swept_by: float | None = None
        """Until when what an earlier run left may come; None when it has."""

    @property
    def state(self) -> State:
        return self._ledger.state

    def hang_up(self) -> None:
        """Begin to keep every state on the bus."""
        bus = self._bus
        bus.own_availability(bus.topic("controller", CONTROLLER_ID, "availability"))
        bus.own(bus.topic("controller", CONTROLLER_ID, "state"), self._controller)
        for service in self._rules.hall.services:
            bus.own(bus.topic("queue", service, "state"), partial(self._queue, service))
        for counter in self._rules.hall.counters:
            bus.own(bus.topic("counter", counter, "state"), partial(self._counter, counter))
        self._alarms.show(self.state.alarms)
        self._notices.show(self.state.notices)
        for kind in SWEPT:
            bus.subscribe(topic_filter(bus.hall, kind, leaf="state"), self._sweep)
        self._swept_by = bus.clock.monotonic() + SWEPT_S

    def look(self) -> None:
        """Show every queue afresh when the hours have turned: that opens and closes them without an event."""
        self._stop_sweeping()
        now = self._bus.clock.now()
        if self._hours_turn is not None and now < self._hours_turn:
            return
        if self._hours_turn is not None:
            for service in self._rules.hall.services:
                self._bus.refresh(self._bus.topic("queue", service, "state"))
        self._hours_turn = calendar.next_change(self._rules, now)

    def changed_by(self, events: list[e.Event]) -> None:
        """Publish what `events` have changed: at once, or together with what changes in the next moment."""
        self._changing += events
        if (self._changing or self._aside) and self._pause is None:
            self._pause = asyncio.get_running_loop().call_later(PACE_S, self._go_on)
            changing, self._changing = self._changing, []
            self._publish(changing)

    def _go_on(self) -> None:
        self._pause = None
        try:
            self.changed_by([])
        except Exception:
            log.exception("a state could not be shown; the hall goes on")

    def _publish(self, events: list[e.Event]) -> None:
        queues, counters, aside = self._touched(events)
        for service in queues:
            self._bus.refresh(self._bus.topic("queue", service, "state"))
        for counter in counters:
            self._aside.pop(counter, None)
            self._bus.refresh(self._bus.topic("counter", counter, "state"))
        self._aside |= dict.fromkeys(aside)
        for counter in list(self._aside)[:ASIDE_AT_ONCE]:
            del self._aside[counter]
            self._bus.refresh(self._bus.topic("counter", counter, "state"))
        if any(isinstance(event, _OF_CONTROLLER) for event in events):
            self._bus.refresh(self._bus.topic("controller", CONTROLLER_ID, "state"))
        alarms = {event.alarm for event in events if isinstance(event, OF_ALARMS)}
        if alarms:
            self._alarms.show(self.state.alarms, alarms)
        if any(isinstance(event, _OF_NOTICES) for event in events):
            self._notices.show(self.state.notices)

    def _touched(self, events: list[e.Event]) -> tuple[list[str], list[str], list[str]]:
        """The queues and counters that look different after `events`, in the hall file's order.

        The last are counters at which nothing has happened, only before them.
        """
        hall = self._rules.hall
        if any(isinstance(event, _EVERYTHING) for event in events):
            return list(hall.services), list(hall.counters), []
        queues, counters = set[str](), set[str]()
        for event in events:
            counters.add(getattr(event, "counter", ""))
            queues |= {getattr(event, "service", ""), getattr(event, "to", "")}
            ticket = self.state.tickets.get(getattr(event, "ticket", ""))
            if ticket is not None:
                queues |= {ticket.service, ticket.came_from or ""}
                counters.add(ticket.counter or "")
            if isinstance(event, _OF_COUNTERS) and event.counter in hall.counters:
                queues |= set(hall.counters[event.counter].services)
        aside = {
            counter for service in queues & set(hall.services) for counter in self._rules.counters_of[service]
        }
        return (
            [service for service in hall.services if service in queues],
            [counter for counter in hall.counters if counter in counters],
            [counter for counter in hall.counters if counter in aside - counters],
        )

    def _stop_sweeping(self) -> None:
        """Hear no more of what are by now only our own words."""
        bus = self._bus
        if not bus.connected.is_set():
            self._swept_by = self._swept_by and bus.clock.monotonic() + SWEPT_S
        elif self._swept_by is not None and bus.clock.monotonic() >= self._swept_by:
            self._swept_by = None
            for kind in SWEPT:
                bus.unsubscribe(topic_filter(bus.hall, kind, leaf="state"), self._sweep)

    def _sweep(self, received: Received) -> None:
        """Take off the bus what an earlier run left there and this hall has no more."""
        if not received.packet.payload:
            return
        hall, topic = self._rules.hall, received.topic
        known = {"queue": set(hall.services), "counter": set(hall.counters), "alarm": set(self.state.alarms)}
        known["notice"] = set(self.state.notices)
        if topic.id not in known[topic.kind]:
            self._bus.disown(topic)

    def _head(self) -> dict[str, Any]:
        return {"id": self._bus.new_id(), "at": self._bus.clock.now()}

    def _controller(self) -> bus_hall.ControllerState:
        note, note_in = said(self._rules, lambda rules: self._note(rules) or "")
        return bus_hall.ControllerState(
            **self._head(),
            epoch=self.state.epoch,
            day=self.state.day,
            tickets_today=len(self.state.tickets),
            version=self._version,
            open=any(desk.is_open for desk in self.state.desks.values()),
            ended_at_closing=self.state.ended.get("closing", 0),
            note=note or None,
            note_in=note_in,
            refused=self._refused(),
        )

    def _note(self, rules: Rules) -> str | None:
        """That nobody can know yet which days of this year are worked."""
        today = self._bus.clock.now().date()
        if calendar.year_is_known(rules, today):
            return None
        return rules.texts("note.year_unknown", year=today.year)

    def _queue(self, service: str) -> bus_hall.QueueState:
        state, rules, now = self.state, self._rules, self._bus.clock.now()
        queue = state.queue(service)
        newcomer = forecast.newcomer(state, now, 0.0)
        prospect = self._ledger.engine.outlooks.prospect(state, service, newcomer, False, now)
        shut = issuing.gate(state, rules, service, now, prospect)
        desks = [state.desk(counter) for counter in rules.counters_of[service]]
        in_hand = [state.tickets[desk.ticket] for desk in desks if desk.ticket is not None]
        return bus_hall.QueueState(
            **self._head(),
            prefix=rules.service(service).prefix,
            waiting=len(queue),
            serving=sum(ticket.service == service for ticket in in_hand),
            last_called=queue.last_called,
            open_counters=sum(desk.is_open and not desk.paused for desk in desks),
            forecast_minutes=None if prospect is None else told(prospect.wait),
            open=shut is None,
            closed_reason=None if shut is None else shut.reason,
            closed_text=None if shut is None else shut.text,
            closed_text_in={} if shut is None else self._shut_in_others(service, prospect),
        )

    def _shut_in_others(self, service: str, prospect: Prospect | None) -> dict[str, str]:
        """Why no number is given, in the other languages."""

        def say(rules: Rules) -> str:
            shut = issuing.gate(self.state, rules, service, self._bus.clock.now(), prospect)
            return "" if shut is None else shut.text

        return said(self._rules, say)[1]

    def _counter(self, counter: str) -> bus_hall.CounterState:
        desk, ticket, hall = self.state.desk(counter), self.state.in_hand(counter), self._rules.hall
        return bus_hall.CounterState(
            **self._head(),
            clerk=desk.clerk,
            status=_status(desk.is_open, desk.paused, ticket is not None),
            ticket=None if ticket is None else ticket.id,
            number=None if ticket is None else ticket.number,
            called_at=None if ticket is None else ticket.called_at,
            serving_since=None if ticket is None else ticket.started_at,
            waiting=dispatch.waiting_for(self.state, self._rules, counter),
            held=list(desk.held),
            prechecked=ticket is not None and ticket.prechecked,
            missed=self._missed(counter),
            service=None if ticket is None else ticket.service,
            step=1 if ticket is None else ticket.step,
            steps=1 if ticket is None else ticket.steps_in_all,
            further=[] if ticket is None else [step for step in ticket.steps if step in hall.services],
            pause_reason=desk.pause_why if desk.paused else None,
            back_at=desk.back_at if desk.paused else None,
        )

    def _missed(self, counter: str) -> list[bus_hall.Resumable]:
        """Whom a clerk here can bring back: who waits for just that, and who is not in again yet."""
        state = self.state
        parked = [
            state.tickets[entry.turn[2]]
            for service in self._rules.counter(counter).services
            for entry in state.queue(service).parked
        ]
        missed = [state.tickets[name] for name in state.desk(counter).missed]
        missed += [ticket for ticket in parked if ticket.counter == counter]
        return [bus_hall.Resumable(ticket=ticket.id, number=ticket.number) for ticket in missed]

    def _notice(self, notice_id: str) -> NoticeState:
        notice = self.state.notices[notice_id]
        return NoticeState(**self._head(), **msgspec.structs.asdict(notice))

    def _alarm(self, alarm_id: str) -> bus_hall.AlarmState:
        alarm = self.state.alarms[alarm_id]
        return bus_hall.AlarmState(
            **self._head(),
            kind=alarm.kind,
            where=alarm.where,
            level=alarm.level,
            raised=alarm.raised,
            acknowledged=dict(alarm.acknowledged),
            escalated=alarm.escalated,
            cleared=alarm.cleared,
            text=alarm.text,
            text_in=alarm.text_in,
            parties=list(alarm.parties),
            verdict=alarm.verdict,
            why=alarm.why or None,
            picture=alarm.picture,
            picture_fault=alarm.picture_fault,
        )


_OF_CONTROLLER = (e.TicketTaken, e.TicketEnded, e.CounterOpened, e.CounterClosed)
_OF_COUNTERS = (e.CounterOpened, e.CounterClosed, e.CounterPaused, e.CounterReopened)
_OF_NOTICES = (NoticePosted, NoticeWithdrawn)


def _status(is_open: bool, paused: bool, busy: bool) -> bus_hall.CounterStatus:
    if busy:
        return "serving"
    if not is_open:
        return "closed"
    return "paused" if paused else "open"
