"""A day as it went: what a picture of it is drawn from. Pure: events in, curves and stretches out."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from msgspec import field

from hall.core import events as e

Doing = Literal["serving", "idle", "paused"]
"""What an open counter does; a closed one does nothing."""


class Stretch(NamedTuple):
    """A counter does one thing for a while."""

    doing: Doing
    start: datetime
    end: datetime
    number: str = ""
    """Whom it serves."""


class Wait(NamedTuple):
    """What was told with a number, and what came of it; minutes."""

    number: str
    service: str
    taken: datetime
    low: float
    median: float
    high: float
    came_to: float

    @property
    def inside(self) -> bool:
        return self.low <= self.came_to <= self.high


class Booked(NamedTuple):
    """Somebody came with an appointment, and waited so many minutes; None: was never called."""

    number: str
    came: datetime
    waited: float | None


class Grade(NamedTuple):
    at: datetime
    grade: int
    counter: str


class Alarm(msgspec.Struct):
    """From its raising until it was cleared; None: it still stood when the day ended."""

    kind: str
    where: str
    text: str
    raised: datetime
    cleared: datetime | None = None


class Story(msgspec.Struct):
    """A day of the hall."""

    queues: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    """Service → how many wait, from each moment on."""
    counters: dict[str, list[Stretch]] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    begins: datetime | None = None
    """When the first number was given or the first counter opened."""
    ends: datetime | None = None
    """When the last thing of that kind happened."""


class _Ticket(msgspec.Struct):
    taken: e.TicketTaken
    queue: str | None
    """Whose line it stands in now."""
    service: str
    called: datetime | None = None


class _Counter(msgspec.Struct):
    doing: Doing
    since: datetime
    number: str = ""


def story(events: Iterable[e.Event]) -> Story:
    """Tell a day from its events, in order."""
    return _Teller().tell(events)


class _Teller:
    def __init__(self) -> None:
        self._story = Story()
        self._tickets: dict[str, _Ticket] = {}
        self._open: dict[str, _Counter] = {}
        self._paused: set[str] = set()

    def tell(self, events: Iterable[e.Event]) -> Story:
        for event in events:
            self._take(event)
        story = self._story
        for counter in list(self._open):
            self._turn(counter, None, story.ends or self._open[counter].since)
        story.booked = list(self._appointments())
        return story

    def _take(self, event: e.Event) -> None:
        if isinstance(event, _OF_THE_DAY):
            self._story.begins = self._story.begins or event.at
            self._story.ends = event.at
        match event:
            case e.TicketTaken():
                self._tickets[event.ticket] = _Ticket(event, None, event.service)
                self._stand(event.ticket, event.service, event.at)
            case e.CounterOpened():
                self._turn(event.counter, "idle", event.at)
            case e.CounterClosed():
                self._turn(event.counter, None, event.at)
            case e.CounterPaused():
                self._paused.add(event.counter)
                self._turn(event.counter, "paused", event.at)
            case e.CounterReopened():
                self._paused.discard(event.counter)
                self._turn(event.counter, "idle", event.at)
            case e.AlarmRaised():
                self._story.alarms[event.alarm] = Alarm(event.kind, event.where, event.text, event.at)
            case e.AlarmCleared() if event.alarm in self._story.alarms:
                self._story.alarms[event.alarm].cleared = event.at
            case e.Rated() if event.grade is not None:
                self._story.grades.append(Grade(event.at, event.grade, event.counter))
            case _ if (ticket := self._tickets.get(getattr(event, "ticket", ""))) is not None:
                self._follow(ticket, event)

    def _follow(self, ticket: _Ticket, event: e.Event) -> None:
        name, at = ticket.taken.ticket, event.at
        match event:
            case e.TicketCalled(nth=1):
                self._stand(name, None, at)
                self._first_call(ticket, at)
                self._turn(event.counter, "serving", at, event.number)
            case e.ServiceFinished() | e.TicketHeld():
                self._stand(name, None, at)
                self._put_down(event.counter, ticket.taken.number, at)
            case e.TicketMissed():
                self._put_down(event.counter, ticket.taken.number, at)
                self._stand(name, ticket.service if event.goes in ("tail", "back") else None, at)
            case e.TicketResumed():
                self._stand(name, ticket.service, at)
            case e.TicketTransferred():
                self._put_down(self._who_serves(ticket.taken.number), ticket.taken.number, at)
                ticket.service = event.to
                self._stand(name, event.to, at)
            case e.TicketVoided() | e.TicketEnded():
                self._put_down(self._who_serves(ticket.taken.number), ticket.taken.number, at)
                self._stand(name, None, at)

    def _first_call(self, ticket: _Ticket, at: datetime) -> None:
        if ticket.called is not None:
            return
        ticket.called = at
        told, taken = ticket.taken.forecast, ticket.taken
        if told is not None:
            came_to = max(0.0, (at - taken.at) / timedelta(minutes=1))
            told_here = (told.low, told.median, told.high)
            self._story.waits.append(Wait(taken.number, taken.service, taken.at, *told_here, came_to))

    def _stand(self, ticket_id: str, service: str | None, at: datetime) -> None:
        """A ticket stands in the line of `service` from now on, or in none."""
        ticket = self._tickets[ticket_id]
        for line, step in ((ticket.queue, -1), (service, 1)):
            if line is not None:
                curve = self._story.queues.setdefault(line, [])
                curve.append((at, (curve[-1][1] if curve else 0) + step))
        ticket.queue = service

    def _put_down(self, counter: str | None, number: str, at: datetime) -> None:
        now = self._open.get(counter or "")
        if counter is not None and now is not None and now.number == number:
            self._turn(counter, "paused" if counter in self._paused else "idle", at)

    def _who_serves(self, number: str) -> str | None:
        return next((name for name, now in self._open.items() if now.number == number), None)

    def _turn(self, counter: str, doing: Doing | None, at: datetime, number: str = "") -> None:
        """The counter does something else from now on; None: it is closed."""
        before = self._open.pop(counter, None)
        if before is not None and at > before.since:
            stretch = Stretch(before.doing, before.since, at, before.number)
            self._story.counters.setdefault(counter, []).append(stretch)
        if doing is not None:
            self._open[counter] = _Counter(doing, at, number)
        else:
            self._paused.discard(counter)

    def _appointments(self) -> Iterator[Booked]:
        for ticket in self._tickets.values():
            if ticket.taken.booked:
                came = ticket.taken.at
                waited = None if ticket.called is None else (ticket.called - came) / timedelta(minutes=1)
                yield Booked(ticket.taken.number, came, waited)


_OF_THE_DAY = (
    e.TicketTaken,
    e.TicketCalled,
    e.ServiceFinished,
    e.CounterOpened,
    e.CounterClosed,
    e.TicketEnded,
)
