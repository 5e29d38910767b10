"""What the hall is like now: nothing but the journal folded up (hall.core.evolve).

It is changed in place, because a copy for each event would cost more than the event.
"""

from bisect import bisect_left, insort
from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import field

from hall.core.diary import Diary
from hall.core.duties import Duties
from hall.core.events import AlarmKind, PrintOutcome, Stage, Wait
from hall.core.lessons import Lessons
from hall.core.notice_events import NoticeLevel
from hall.core.remind_events import Wish
from hall.core.watched import Verdict

TicketStatus = Literal["waiting", "called", "serving", "held", "missed", "finished", "void"]
OPEN: Final[frozenset[TicketStatus]] = frozenset(("waiting", "called", "serving", "held", "missed"))
"""A ticket whose owner is still owed something."""
IN_HAND: Final[frozenset[TicketStatus]] = frozenset(("called", "serving"))
"""A ticket that keeps a counter busy."""

Turn = tuple[float, int, str]
"""A place in a queue: the moment it counts from (seconds since 1970, credit taken off), then the order of
taking, then the ticket's id."""


class RatingWindow(msgspec.Struct, kw_only=True, gc=False):
    """One stage of a service that was done, and may be rated for a while."""

    counter: str
    clerk: str | None
    service: str
    stage: Stage
    step: int
    opened: datetime
    until: datetime
    grade: int | None = None

    def takes(self, pressed: datetime) -> bool:
        """Whether a key pressed at that moment is about it."""
        return self.opened <= pressed <= self.until


class Ticket(msgspec.Struct, kw_only=True, gc=False):
    """One visitor's number."""

    id: str
    number: str
    ordinal: int
    """The how-manieth ticket of the day it is, over all services."""
    service: str
    """Whose queue it is in now."""
    taken: datetime
    since: datetime
    """From when its waiting counts; a transfer keeps it."""
    credit_minutes: float
    queued: datetime
    """When it came into the queue it is in, or was last in."""
    booked: bool
    """Whether it is still called as an appointment; a missed call ends that."""
    ahead: int
    forecast: Wait | None
    person: str | None = None
    name_masked: str | None = None
    kiosk: str | None = None
    by_hand: bool = False
    """Whether staff gave the number, and told it to whom they gave it."""
    appointment: str | None = None
    late: bool = False
    """Whether it came too late for its appointment, and is a walk-in now."""
    priority: tuple[str, ...] = ()
    status: TicketStatus = "waiting"
    counter: str | None = None
    """Where it is, was last, or is on hold."""
    clerk: str | None = None
    came_from: str | None = None
    """The service it was in before this one."""
    step: int = 1
    """Which step of the visit it is at."""
    steps: tuple[str, ...] = ()
    """The services still to come after this one."""
    missed: int = 0
    """How often it was called in vain."""
    calls: int = 0
    """Calls and recalls of the present turn."""
    called_at: datetime | None = None
    last_called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    rating_until: datetime | None = None
    grade: int | None = None
    windows: list[RatingWindow] = field(default_factory=list)
    """What of it may be rated, or was: one for each stage."""
    prechecked: bool = False
    """免审: its papers were looked through while its owner waited."""
    end: str | None = None
    """Why it is over, for one that is and was not served."""
    prints: list[PrintOutcome | None] = field(default_factory=list)
    """What became of each paper, None while it is not known yet."""
    printer: str | None = None
    """Where it was printed last, or is being printed."""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def steps_in_all(self) -> int:
        return self.step + len(self.steps)

    @property
    def turn(self) -> Turn:
        """Its place among those who wait for the same service."""
        return (self.since.timestamp() - self.credit_minutes * 60, self.ordinal, self.id)


class Parked(msgspec.Struct, gc=False):
    """A missed ticket on its way back: in again after so many others."""

    left: int
    turn: Turn


class Queue(msgspec.Struct, kw_only=True):
    """Those who wait for one service, in the order they are called in."""

    walk_in: list[Turn] = field(default_factory=list)
    booked: list[Turn] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    waited_since: datetime | None = None
    """Since when it was never empty."""
    run: int = 0
    """Booked tickets called in a row while a walk-in of this queue waited."""
    last_called: str | None = None

    def __len__(self) -> int:
        return len(self.walk_in) + len(self.booked) + len(self.parked)

    def put(self, ticket: Ticket) -> None:
        """Let a ticket wait here."""
        self._begin(ticket)
        insort(self.booked if ticket.booked else self.walk_in, ticket.turn)

    def _begin(self, ticket: Ticket) -> None:
        if not len(self):
            self.waited_since = ticket.queued

    def park(self, ticket: Ticket, after: int) -> None:
        """Let a missed ticket wait until `after` others have been called."""
        self._begin(ticket)
        self.parked.append(Parked(after, ticket.turn))

    def take(self, ticket: Ticket) -> None:
        """Take a ticket out, wherever in the queue it stands."""
        turn = ticket.turn
        for line in (self.walk_in, self.booked):
            at = bisect_left(line, turn)
            if at < len(line) and line[at] == turn:
                del line[at]
                break
        else:
            self.parked = [parked for parked in self.parked if parked.turn != turn]
        if not self.walk_in:
            self.run = 0
        if not len(self):
            self.waited_since = None

    def step(self) -> None:
        """Somebody was called: those who missed their turn come nearer, and in when theirs is reached."""
        for parked in self.parked:
            parked.left -= 1
        for parked in self.parked:
            if parked.left <= 0:
                insort(self.walk_in, parked.turn)
        self.parked = [parked for parked in self.parked if parked.left > 0]


class Desk(msgspec.Struct, kw_only=True):
    """One counter."""

    clerk: str | None = None
    """Who is logged in; None means closed."""
    paused: bool = False
    ticket: str | None = None
    """The one in hand."""
    held: list[str] = field(default_factory=list)
    shift: datetime | None = None
    """The beginning of the shift for which it was opened last: it is opened once for each."""
    until: datetime | None = None
    """When that shift ends."""
    put_aside_at: datetime | None = None
    """When it last put a ticket on hold, paused or ended a pause, and called nobody since."""
    free_since: datetime | None = None
    """When it was opened, or put down the last one it had in hand."""
    paused_at: datetime | None = None
    pause_why: str | None = None
    back_at: datetime | None = None
    """When the clerk of a paused counter means to be back; kept while the hours close it meanwhile."""
    break_of: str | None = None
    """The clerk who said so."""
    active_at: datetime | None = None
    """When the counter last did anything."""
    missed: list[str] = field(default_factory=list)
    """Tickets called here in vain that only a clerk brings back."""

    @property
    def is_open(self) -> bool:
        return self.clerk is not None


class Alarm(msgspec.Struct, kw_only=True):
    """Something somebody must go to."""

    kind: AlarmKind
    where: str
    parties: tuple[str, ...]
    text: str
    level: float | None
    raised: datetime
    escalates_at: datetime | None
    text_in: dict[str, str] = field(default_factory=dict)
    """In the other languages of the hall."""
    acknowledged: dict[str, datetime] = field(default_factory=dict)
    escalated: datetime | None = None
    renewed: datetime | None = None
    """When its text was last said anew; None: not since it was raised."""
    cleared: datetime | None = None
    forget_at: datetime | None = None
    clerk: str | None = None
    verdict: Verdict | None = None
    why: str = ""
    """What was said with the verdict."""
    picture: str | None = None
    picture_fault: str | None = None

    @property
    def is_answered(self) -> bool:
        """Whether every party has acknowledged."""
        return all(party in self.acknowledged for party in self.parties)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something everybody in the hall is told."""

    level: NoticeLevel
    text: str
    text_en: str
    zone: str | None
    begins: datetime
    until: datetime | None
    by: str


class PrintJob(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Paper whose outcome is not known yet."""

    job: str
    ticket: str
    index: int
    """Its place in the ticket's `prints`."""
    printer: str
    kiosk: str | None
    copy: bool
    ahead: int
    forecast: Wait | None
    asked: datetime
    expires: datetime


class State(msgspec.Struct, kw_only=True):
    """The whole hall."""

    epoch: int = 0
    at: datetime | None = None
    """When something last happened."""
    day: str = ""
    """YYYY-MM-DD of the numbers now given; it never goes back, whatever the clock does."""
    numbers: dict[str, int] = field(default_factory=dict)
    """The last number given for each prefix today."""
    issued: dict[str, int] = field(default_factory=dict)
    """Numbers given for each service today."""
    given: dict[str, list[float]] = field(default_factory=dict)
    """The moments at which they were given, seconds since 1970, in order."""
    ended: dict[str, int] = field(default_factory=dict)
    """Tickets ended today that nobody came to → by reason."""
    undecided: dict[str, datetime] = field(default_factory=dict)
    """Tickets never printed whose owner has not said what becomes of them → until when they may."""
    tickets: dict[str, Ticket] = field(default_factory=dict)
    """Every ticket of the day."""
    of_person: dict[str, list[str]] = field(default_factory=dict)
    """Person → their open tickets, in the order of taking."""
    appointments: dict[str, str] = field(default_factory=dict)
    """Bookings used today → their ticket."""
    queues: dict[str, Queue] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    lessons: Lessons = field(default_factory=Lessons)
    """What all days so far have taught."""
    printing: dict[str, PrintJob] = field(default_factory=dict)
    rating: dict[str, datetime] = field(default_factory=dict)
    """Tickets whose rating window is open → until when, soonest first."""
    alarms: dict[str, Alarm] = field(default_factory=dict)
    duties: Duties = field(default_factory=Duties)
    """What somebody must answer, for longer than a day."""
    diary: Diary = field(default_factory=Diary)
    """Appointments, and who may not make any."""
    notices: dict[str, Notice] = field(default_factory=dict)
    """What boards and screens tell, also tomorrow."""
    reminding: dict[str, Wish] = field(default_factory=dict)
    """Today's tickets whose owners want to be told when their turn is near."""

    def wait_for_word(self, ticket: str, until: datetime) -> None:
        """Let somebody decide what becomes of a ticket; those whose time is over first come first."""
        self.undecided[ticket] = until
        self.undecided = dict(sorted(self.undecided.items(), key=lambda entry: entry[1]))

    def queue(self, service: str) -> Queue:
        """The queue of a service, to be read."""
        queue = self.queues.get(service)
        return Queue() if queue is None else queue

    def desk(self, counter: str) -> Desk:
        """A counter, to be read."""
        desk = self.desks.get(counter)
        return Desk() if desk is None else desk

    def in_hand(self, counter: str) -> Ticket | None:
        """The ticket that `counter` is busy with."""
        desk = self.desks.get(counter)
        return None if desk is None or desk.ticket is None else self.tickets[desk.ticket]
