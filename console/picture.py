"""What the console knows of the hall: what stands on the bus, and nothing it has guessed.

Pure: packets in, a picture out. Nothing here waits, asks the machine for the time, or draws.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import UNSET

from broker.messages.bookings import AppointmentsState
from broker.messages.devices import DeviceState, Finished, InstrumentLevel, Level, Started
from broker.messages.envelope import Message
from broker.messages.hall import (
    AlarmState,
    Called,
    ControllerState,
    CounterState,
    Ended,
    KioskState,
    Line,
    QueueState,
    Rated,
    TicketPrint,
    Voided,
)
from broker.messages.notices import NoticeState
from broker.messages.simulators import SimulatorState
from broker.messages.tasks import TaskState
from broker.messages.wire import Refused, decode
from broker.topics import DEVICE_KINDS, Topic
from console.following import Following

CALLS_KEPT: Final = 200
ANNOUNCEMENTS_KEPT: Final = 20
PRINTS_KEPT: Final = 50
TICKETS_KEPT: Final = 5000
"""A busy day of a large hall; older ones are the journal's."""

Place = tuple[str, str]
"""Whose: (kind, id)."""


@dataclass(frozen=True)
class Call:
    """A number called to a counter."""

    number: str
    counter: str
    at: datetime
    nth: int = 1
    why: str | None = None
    """Why this person; None when the call was made before this console listened."""
    why_in: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The same in other languages than the hall's."""
    step_of: str | None = None
    """The service whose step it is called for, where its visit has several."""


@dataclass(frozen=True)
class Announcement:
    """Something the loudspeaker says, or said."""

    re: str
    text: str | None
    at: datetime
    outcome: str | None = None
    """None while it is being spoken."""


Standing = Literal["waiting", "called", "left", "over", "ended", "void"]
"""Where a ticket stands; `left` a counter, and whether that was the end is not known yet; `ended` at closing
without having been served."""
DONE: Final = ("over", "ended", "void")
"""What a ticket does not come back from."""


@dataclass(frozen=True)
class TicketSeen:
    """What is known of one ticket; never whose it is."""

    number: str
    standing: Standing = "waiting"
    counter: str | None = None


class Picture:
    """The hall as the bus tells it: `take` is given every packet, the rest is read."""

    def __init__(self) -> None:
        self.words: dict[Place, bool] = {}
        """Availabilities, True for online; who is missing was never heard."""
        self.devices: dict[str, dict[str, DeviceState]] = {kind: {} for kind in DEVICE_KINDS}
        self.controllers: dict[str, ControllerState] = {}
        self.kiosks: dict[str, KioskState] = {}
        self.queues: dict[str, QueueState] = {}
        self.counters: dict[str, CounterState] = {}
        self.alarms: dict[str, AlarmState] = {}
        self.tasks: dict[str, TaskState] = {}
        self.notices: dict[str, NoticeState] = {}
        self.appointments: dict[str, AppointmentsState] = {}
        """Today's slots of each service that can be booked."""
        self.simulators: dict[str, SimulatorState] = {}
        self.levels: dict[str, Level | InstrumentLevel] = {}
        """The newest second of sound of each pickup."""
        self.calls: dict[tuple[str, str], Call] = {}
        """The last call of each number to each counter."""
        self.announcements: deque[Announcement] = deque(maxlen=ANNOUNCEMENTS_KEPT)
        """Oldest first."""
        self.prints: deque[TicketPrint] = deque(maxlen=PRINTS_KEPT)
        """What became of the last papers, oldest first."""
        self.tickets: dict[str, TicketSeen] = {}
        self.following = Following()
        """Where the numbers stand that are not over."""
        self.refused = 0
        """Packets that were no message of their topic."""
        self._shelves: dict[str, dict[str, Any]] = {
            **self.devices,
            "controller": self.controllers,
            "kiosk": self.kiosks,
            "queue": self.queues,
            "counter": self.counters,
            "alarm": self.alarms,
            "task": self.tasks,
            "notice": self.notices,
            "appointments": self.appointments,
            "simulator": self.simulators,
        }

    @property
    def controller(self) -> ControllerState | None:
        """The one controller, once it was heard."""
        return next(iter(self.controllers.values()), None)

    def take(self, topic: Topic, payload: bytes) -> bool:
        """Put one packet into the picture; says whether anything changed."""
        if topic.leaf == "availability":
            return self._take_word(topic, payload)
        if topic.leaf == "state" and not payload:
            shelf: dict[str, Any] = self._shelves.get(topic.kind, {})
            return shelf.pop(topic.id, None) is not None
        try:
            message = decode(topic, payload)
        except Refused:
            self.refused += 1
            return False
        return self._take_message(topic, message)

    def learn_ticket(self, ticket: str, seen: TicketSeen) -> None:
        """Take over what somebody else knows of a ticket, unless more is known here."""
        if ticket not in self.tickets:
            self._note_ticket(ticket, seen)

    def newest_calls(self, most: int) -> list[Call]:
        """The newest call of each number, newest first."""
        newest: dict[str, Call] = {}
        for call in sorted(self.calls.values(), key=lambda call: call.at, reverse=True):
            newest.setdefault(call.number, call)
        return list(newest.values())[:most]

    def call_in_hand(self, counter: str) -> Call | None:
        """How the number that `counter` has in hand was called."""
        state = self.counters.get(counter)
        if state is None or state.number is None:
            return None
        return self.calls.get((state.number, counter))

    def open_alarms(self) -> list[tuple[str, AlarmState]]:
        """Alarms that are open: escalated ones first, then those that wait for somebody; the newest first."""
        waiting = [entry for entry in self.alarms.items() if is_open(entry[1])]
        waiting.sort(key=lambda entry: entry[1].raised, reverse=True)
        return sorted(waiting, key=lambda entry: (not is_loud(entry[1]), not waits(entry[1])))

    def _take_word(self, topic: Topic, payload: bytes) -> bool:
        place = (topic.kind, topic.id)
        if not payload:
            return self.words.pop(place, None) is not None
        if payload not in (b"online", b"offline"):
            self.refused += 1
            return False
        before = self.words.get(place)
        self.words[place] = payload == b"online"
        return before is not self.words[place]

    def _take_message(self, topic: Topic, message: Message) -> bool:
        match message:
            case Level() | InstrumentLevel():
                self.levels[topic.id] = message
            case Line():
                self.following.take(topic.id, message)
            case Called():
                self.following.called(message.ticket, message.counter, message.at)
                self._note_call(
                    Call(
                        message.number,
                        message.counter,
                        message.at,
                        message.nth,
                        message.why,
                        message.why_in,
                        message.service if message.steps > 1 else None,
                    ),
                    message.ticket,
                )
            case TicketPrint():
                self.learn_ticket(message.ticket, TicketSeen(message.number))
                self.prints.append(message)
            case Rated():
                self._move_ticket(message.ticket, "over")
            case Ended():
                self._note_ticket(message.ticket, TicketSeen(message.number, "ended"))
            case Voided():
                self._note_ticket(message.ticket, TicketSeen(message.number, "void"))
            case Started():
                text = message.text if message.text is not UNSET else None
                self.announcements.append(Announcement(message.re, text, message.at))
            case Finished():
                self._note_finished(message)
            case _ if topic.leaf == "state":
                self._take_state(topic, message)
            case _:
                return False
        return True

    def _take_state(self, topic: Topic, message: Message) -> None:
        if isinstance(message, CounterState):
            self._note_counter(topic.id, message)
        self._shelves[topic.kind][topic.id] = message

    def _note_counter(self, counter: str, now: CounterState) -> None:
        before = self.counters.get(counter)
        if before is not None and before.ticket is not None and before.ticket != now.ticket:
            self._move_ticket(before.ticket, "left")
        if now.number is None:
            return
        if now.ticket is not None:
            self._note_ticket(now.ticket, TicketSeen(now.number, "called", counter))
        if now.called_at is not None and (now.number, counter) not in self.calls:
            step_of = now.service if now.steps > 1 else None
            self._note_call(Call(now.number, counter, now.called_at, step_of=step_of), now.ticket)

    def _note_call(self, call: Call, ticket: str | None) -> None:
        before = self.calls.pop((call.number, call.counter), None)
        if before is not None and before.why and call.nth > 1:
            # a second call has no reason of its own: why it is this person was said with the first
            call = replace(call, why=before.why, why_in=before.why_in)
        self.calls[call.number, call.counter] = call
        if len(self.calls) > CALLS_KEPT:
            del self.calls[next(iter(self.calls))]
        if ticket is not None:
            self._note_ticket(ticket, TicketSeen(call.number, "called", call.counter))

    def _move_ticket(self, ticket: str, standing: Standing) -> None:
        seen = self.tickets.get(ticket)
        if seen is not None and seen.standing not in DONE:
            self.tickets[ticket] = replace(seen, standing=standing)

    def _note_ticket(self, ticket: str, seen: TicketSeen) -> None:
        self.tickets.pop(ticket, None)
        self.tickets[ticket] = seen
        if len(self.tickets) > TICKETS_KEPT:
            del self.tickets[next(iter(self.tickets))]

    def _note_finished(self, finished: Finished) -> None:
        for index, announcement in enumerate(self.announcements):
            if announcement.re == finished.re:
                self.announcements[index] = replace(announcement, outcome=finished.outcome)


def is_open(alarm: AlarmState) -> bool:
    """Whether an alarm goes on, or somebody who must acknowledge it has not, or say what they found."""
    return alarm.cleared is None or waits(alarm)


def waits(alarm: AlarmState) -> bool:
    """Whether somebody is still to acknowledge an alarm, or to say what they found."""
    if alarm.kind == "absence" and alarm.verdict is None:
        return True
    return any(party not in alarm.acknowledged for party in alarm.parties)


def is_loud(alarm: AlarmState) -> bool:
    """Whether an alarm was escalated and still waits for somebody."""
    return alarm.escalated is not None and any(party not in alarm.acknowledged for party in alarm.parties)
