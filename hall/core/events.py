"""What has happened: the only thing the journal holds, and all that the state is made of.

An event says everything its effect needs, so that folding a journal asks no rules: yesterday's hall file
may have been another. Adding a key with a default is free; anything else raises `v` and needs an upcaster.
"""

from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import field

from hall.core.booking_events import BookingEvent
from hall.core.happening import Event, OfDay, OfVisit, Wait
from hall.core.notice_events import NoticePosted, NoticeWithdrawn
from hall.core.remind_events import RemindEvent
from hall.core.task_events import TaskEvent
from hall.core.watched import WatchEvent

__all__ = ["Event", "OfDay", "OfVisit", "Wait"]  # beside all that is defined here

AlarmKind = Literal["noise", "absence", "device", "rating", "deadline", "overload"]
PrintOutcome = Literal["printed", "failed", "unknown"]
Stage = Literal["accepted", "finished"]
"""受理, where the visit goes on to another counter, and 办结, where it is over (domain.md section 2)."""


class ControllerStarted(Event, frozen=True, kw_only=True, tag="controller_started"):
    epoch: int


class DayBegan(Event, frozen=True, kw_only=True, tag="day_began"):
    """Numbers begin again; what was left of the day before has been ended."""

    day: str


class TicketTaken(Event, frozen=True, kw_only=True, tag="ticket_taken"):
    ticket: str
    number: str
    ordinal: int
    """Which number of its prefix today: what the next one is counted from."""
    service: str
    prefix: str
    ahead: int
    """People that were before it, as its owner was told."""
    forecast: Wait | None
    """The wait its owner was told."""
    credit_minutes: float = 0.0
    booked: bool = False
    person: OfVisit = None
    name_masked: OfVisit = None
    kiosk: str | None = None
    appointment: OfDay = None
    late: bool = False
    """Whether it came too late for its appointment."""
    priority: tuple[str, ...] = ()
    override: str | None = None
    """Why it would not have been given, had staff not asked for it or a booking promised it."""
    override_why: str | None = None
    """Why staff asked for it, in their words."""
    steps: tuple[str, ...] = ()
    """The further services of the visit, in order."""


class TicketCalled(Event, frozen=True, kw_only=True, tag="ticket_called"):
    ticket: str
    number: str
    service: str
    counter: str
    clerk: str | None
    nth: int
    """1 for a first call, 2 and on for recalls."""
    why: str
    why_in: dict[str, str] = field(default_factory=dict)
    """In the other languages of the hall."""
    passed: tuple[str, ...] = ()
    """Services whose waiting people a booked one went before."""


class ServiceStarted(Event, frozen=True, kw_only=True, tag="service_started"):
    ticket: str
    counter: str


class ServiceFinished(Event, frozen=True, kw_only=True, tag="service_finished"):
    ticket: str
    number: str
    counter: str
    clerk: str | None
    minutes: float | None
    """How long it kept the counter, from its call; None where that says nothing: a break lies between, or it
    was over before anybody could have come."""
    window_s: float
    """How long the pad takes a grade, real seconds."""
    rating_until: datetime
    """Until when a key counts."""
    service: str = ""
    stage: Stage = "finished"
    next: str | None = None
    """The service whose queue it goes on to, where it was not the visit's last step."""
    since: datetime | None = None
    """From when its waiting counts there."""


class TicketMissed(Event, frozen=True, kw_only=True, tag="ticket_missed"):
    """过号: called and not there."""

    ticket: str
    counter: str
    goes: Literal["void", "tail", "back", "clerk"]
    after: int = 0
    """With back: how many are called before it comes in again."""


class TicketHeld(Event, frozen=True, kw_only=True, tag="ticket_held"):
    ticket: str
    counter: str


class TicketResumed(Event, frozen=True, kw_only=True, tag="ticket_resumed"):
    ticket: str


class TicketTransferred(Event, frozen=True, kw_only=True, tag="ticket_transferred"):
    ticket: str
    to: str
    step: int | None = None
    """Which step of the visit it is; None: as it was."""
    steps: tuple[str, ...] = ()
    """What is left of the visit after it."""


class TicketVoided(Event, frozen=True, kw_only=True, tag="ticket_voided"):
    """Given up, or never handed over; its number is not given again."""

    ticket: str
    why: str


class TicketEnded(Event, frozen=True, kw_only=True, tag="ticket_ended"):
    """Still open when the day was over."""

    ticket: str
    reason: Literal["closing", "day_end"]
    number: str = ""


class PeopleForgotten(Event, frozen=True, kw_only=True, tag="people_forgotten"):
    """The day's visits are over: nothing is kept any more that leads to a person."""


class PrintAsked(Event, frozen=True, kw_only=True, tag="print_asked"):
    ticket: str
    job: str
    printer: str
    copy: bool
    """Whether the paper says that it is a copy (重打)."""
    ahead: int
    forecast: Wait | None
    expires: datetime
    kiosk: str | None = None


class PrintDone(Event, frozen=True, kw_only=True, tag="print_done"):
    ticket: str
    number: str
    job: str
    printer: str
    outcome: PrintOutcome
    reason: str | None = None
    text: str | None = None
    kiosk: str | None = None
    decide_by: datetime | None = None
    """Until when somebody must say what becomes of a number that has never been printed."""


class Rated(Event, frozen=True, kw_only=True, tag="rated"):
    ticket: str
    counter: str
    clerk: str | None
    grade: int | None
    """None: the window ended without an answer (未评价)."""
    service: str = ""
    stage: Stage = "finished"


class CounterOpened(Event, frozen=True, kw_only=True, tag="counter_opened"):
    """A clerk is at the counter; also when another takes over, or the next shift begins."""

    counter: str
    clerk: str
    shift: datetime | None
    """The beginning of the shift it was opened in; None outside the counter's hours."""
    until: datetime | None
    """The end of that shift."""


class CounterClosed(Event, frozen=True, kw_only=True, tag="counter_closed"):
    counter: str


class CounterPaused(Event, frozen=True, kw_only=True, tag="counter_paused"):
    counter: str
    why: str | None = None
    until: datetime | None = None
    """When the clerk means to be back."""


class CounterReopened(Event, frozen=True, kw_only=True, tag="counter_reopened"):
    counter: str


class AlarmRaised(Event, frozen=True, kw_only=True, tag="alarm_raised"):
    alarm: str
    kind: AlarmKind
    where: str
    parties: tuple[str, ...]
    text: str
    text_in: dict[str, str] = field(default_factory=dict)
    """In the other languages of the hall."""
    level: float | None = None
    escalates_at: datetime | None = None
    clerk: str | None = None
    """Who should have been there."""


class AlarmAcknowledged(Event, frozen=True, kw_only=True, tag="alarm_acknowledged"):
    alarm: str
    party: str


class AlarmEscalated(Event, frozen=True, kw_only=True, tag="alarm_escalated"):
    alarm: str


class AlarmCleared(Event, frozen=True, kw_only=True, tag="alarm_cleared"):
    alarm: str
    forget_at: datetime


class AlarmForgotten(Event, frozen=True, kw_only=True, tag="alarm_forgotten"):
    """Cleared long enough ago; nobody is shown it any more."""

    alarm: str


AnyEvent = (
    ControllerStarted
    | DayBegan
    | TicketTaken
    | TicketCalled
    | ServiceStarted
    | ServiceFinished
    | TicketMissed
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | TicketVoided
    | TicketEnded
    | PeopleForgotten
    | PrintAsked
    | PrintDone
    | Rated
    | CounterOpened
    | CounterClosed
    | CounterPaused
    | CounterReopened
    | AlarmRaised
    | AlarmAcknowledged
    | AlarmEscalated
    | AlarmCleared
    | AlarmForgotten
    | TaskEvent
    | BookingEvent
    | NoticePosted
    | NoticeWithdrawn
    | WatchEvent
    | RemindEvent
)

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final[msgspec.json.Decoder[AnyEvent]] = msgspec.json.Decoder(AnyEvent)


def type_of(event: Event) -> str:
    """The event's name in the journal."""
    return str(event.__struct_config__.tag)


def encode(event: Event) -> bytes:
    """The event as JSON."""
    return _ENCODER.encode(event)


def decode(body: bytes) -> AnyEvent:
    """Read what `encode` wrote; raises `msgspec.MsgspecError` for anything else."""
    return _DECODER.decode(body)


def ends_visit(event: Event) -> bool:
    """Whether a ticket is over with it, so that nothing need lead to its owner (hall.core.evolve)."""
    match event:
        case ServiceFinished():
            return event.next is None
        case TicketVoided() | TicketEnded():
            return True
        case TicketMissed():
            return event.goes == "void"
        case _:
            return False
