"""What the controller is asked and what it tells (docs/bus.md)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from broker.messages.devices import DeviceWord, PriorityClass
from broker.messages.envelope import Command, Event, Forecast, InOthers, Message, Moment

CounterStatus = Literal["closed", "open", "paused", "serving"]
AlarmKind = Literal["noise", "absence", "device", "rating", "deadline", "overload"]


Person = Annotated[str, Meta(pattern="^(?![0-9]{18}$)[0-9a-f]{16,64}$")]
"""A keyed hash, in hexadecimal. An ID number, which may look like one, is refused: it must never come in."""
MaskedName = Annotated[str, Meta(pattern="^[^*]?[*]{1,16}$")]
"""One character of a name at most."""


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as the kiosk read it."""

    code: str


class TakeTicket(Command, frozen=True, kw_only=True, tag="take_ticket"):
    """Give a number for `service`; answered with ticket, number, service, ahead, forecast_minutes.

    A second open ticket of the same person for the same service is not given: the reply is not ok,
    reason `already_waiting`, and carries the ticket and number that are already theirs, with `ahead` and
    `forecast_minutes` as they are now.
    """

    service: str
    person: Person | UnsetType = UNSET
    name_masked: MaskedName | UnsetType = UNSET
    kiosk: str | UnsetType = UNSET
    appointment: str | UnsetType = UNSET
    priority: list[PriorityClass] | UnsetType = UNSET
    override: bool | UnsetType = UNSET
    """Staff's (`by` counter/… or console/…): give it in spite of `quota`, `stretch_full`, `between_stretches`
    and `too_late`."""
    why: str | UnsetType = UNSET
    """Why staff do, without a name; it is recorded."""


class CallNext(Command, frozen=True, kw_only=True, tag="call_next"):
    """Call the next person to `counter`; a ticket still called or served there is finished first."""

    counter: str


class _AtCounter(Command, frozen=True, kw_only=True):
    """About `ticket`, or about the one that `counter` has in hand."""

    counter: str | UnsetType = UNSET
    ticket: str | UnsetType = UNSET


class Recall(_AtCounter, frozen=True, kw_only=True, tag="recall"):
    pass


class NoShow(_AtCounter, frozen=True, kw_only=True, tag="no_show"):
    pass


class Hold(_AtCounter, frozen=True, kw_only=True, tag="hold"):
    pass


class Resume(_AtCounter, frozen=True, kw_only=True, tag="resume"):
    """Bring a held or missed `ticket` back into its queue."""


class Transfer(_AtCounter, frozen=True, kw_only=True, tag="transfer"):
    """Send the visitor on to the service `to`, keeping their place in time."""

    to: str


class Start(_AtCounter, frozen=True, kw_only=True, tag="start"):
    """The visitor has arrived at the counter."""


class Finish(_AtCounter, frozen=True, kw_only=True, tag="finish"):
    pass


class Rate(_AtCounter, frozen=True, kw_only=True, tag="rate"):
    grade: Literal[1, 2, 3, 4, 5]


class Cancel(_AtCounter, frozen=True, kw_only=True, tag="cancel"):
    """The visitor gives the number up, or it never reached them; it is voided with `why`."""

    why: str | UnsetType = UNSET


class Reprint(_AtCounter, frozen=True, kw_only=True, tag="reprint"):
    """Print the ticket again, marked 重打 unless the first print is known to have failed."""

    kiosk: str | UnsetType = UNSET
    printer: str | UnsetType = UNSET


class Acknowledge(Command, frozen=True, kw_only=True, tag="acknowledge"):
    """`party` has seen `alarm` and is going there."""

    alarm: str
    party: str


class Login(Command, frozen=True, kw_only=True, tag="login"):
    """`clerk` opens `counter`."""

    counter: str
    clerk: str


class Logout(Command, frozen=True, kw_only=True, tag="logout"):
    counter: str


class Pause(Command, frozen=True, kw_only=True, tag="pause"):
    """暂停服务: the counter calls nobody until `reopen`. Asked again, it tells a reason or an end anew."""

    counter: str
    why: str | UnsetType = UNSET
    minutes: Annotated[float, Meta(gt=0, le=480)] | UnsetType = UNSET
    """How long the clerk means to be away, hall minutes."""


class Reopen(Command, frozen=True, kw_only=True, tag="reopen"):
    counter: str


class ControllerState(Message, frozen=True, kw_only=True, tag="state"):
    epoch: int
    day: str
    """The hall's day, YYYY-MM-DD."""
    tickets_today: int
    version: str
    open: bool = False
    """Whether numbers are being given now."""
    ended_at_closing: int = 0
    """Numbers that still waited when the day was over, and were ended with that reason."""
    note: str | None = None
    """What staff should know of the day, such as that its year's holidays are not known yet."""
    note_in: InOthers = msgspec.field(default_factory=dict)
    refused: int = 0


class QueueState(Message, frozen=True, kw_only=True, tag="state"):
    """One service's queue; the topic's id is the service's."""

    prefix: str
    waiting: int
    serving: int
    last_called: str | None
    open_counters: int
    forecast_minutes: Forecast | None
    """For somebody who took a number now."""
    open: bool = True
    closed_reason: str | None = None
    """A code: lunch, closed, not_open_yet, holiday, quota, stretch_full, between_stretches, too_late,
    no_counter, not_direct."""
    closed_text: str | None = None
    """Why no number is given, and what to do instead, in the hall's language."""
    closed_text_in: InOthers = msgspec.field(default_factory=dict)


Standing = Literal["waiting", "called", "serving", "held", "missed", "finished"]


class InLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it stands with one number; never whose it is."""

    ticket: str
    number: str
    standing: Standing
    ahead: int | None = None
    """How many of its queue come before it; null where it does not wait."""
    forecast_minutes: Forecast | None = None
    counter: str | None = None
    """Where it is in hand, on hold, or was served."""
    rate_until: Moment | None = None
    """A finished one may be rated until then."""
    remind: bool = False
    """Whether its owner is told when their turn is near."""


class Line(Message, frozen=True, kw_only=True, tag="line"):
    """Everybody who is owed something by a service, for the page each may follow; the topic's id is the
    service's. Those farthest back are left out where they are too many for one message."""

    tickets: list[InLine]


class Resumable(msgspec.Struct, frozen=True, kw_only=True):
    """A number that was called in vain."""

    ticket: str
    number: str


class CounterState(Message, frozen=True, kw_only=True, tag="state"):
    clerk: str | None
    status: CounterStatus
    ticket: str | None
    number: str | None
    called_at: Moment | None = None
    serving_since: Moment | None = None
    waiting: int = 0
    """People waiting whom this counter may call."""
    held: list[str] = msgspec.field(default_factory=list)
    """Ticket ids this counter put on hold."""
    missed: list[Resumable] = msgspec.field(default_factory=list)
    """Numbers called here in vain that `resume` brings back: until then, or before their turn comes again."""
    service: str | None = None
    """What the number in hand is here for."""
    step: int = 1
    steps: int = 1
    """It is the `step`-th of so many steps of its visit."""
    further: list[str] = msgspec.field(default_factory=list)
    """The services that are still to come in its visit, the next one first."""
    pause_reason: str | None = None
    back_at: Moment | None = None
    """When the clerk of a paused counter means to be back."""
    prechecked: bool = False
    """免审: the papers of the one in hand were looked through while they waited."""


class Called(Event, frozen=True, kw_only=True, tag="called"):
    """A number was called to a counter, and why this one."""

    number: str
    counter: str
    ticket: str
    nth: int
    why: str
    why_in: InOthers = msgspec.field(default_factory=dict)
    service: str | None = None
    step: int = 1
    steps: int = 1
    """It is the `step`-th of so many steps of its visit."""


class TicketPrint(Event, frozen=True, kw_only=True, tag="ticket_print"):
    """What became of a ticket's paper."""

    ticket: str
    number: str
    printer: str
    outcome: Literal["printed", "failed", "unknown"]
    reason: str | None = None
    text: str | None = None
    kiosk: str | None = None


class Rated(Event, frozen=True, kw_only=True, tag="rated"):
    """A service was rated, or its window ended without an answer (grade null: 未评价)."""

    ticket: str
    counter: str
    grade: Literal[1, 2, 3, 4, 5] | None


class Ended(Event, frozen=True, kw_only=True, tag="ended"):
    """A number that still waited is over, and its owner was not served."""

    ticket: str
    number: str
    reason: Literal["closing", "day_end"]


class Voided(Event, frozen=True, kw_only=True, tag="voided"):
    """A number is void: its owner missed the call where the hall's rule says so, or it was given up."""

    ticket: str
    number: str
    reason: Literal["missed", "given_up"]
    """given_up: also where it never reached its owner, as without a paper."""


class AlarmState(Message, frozen=True, kw_only=True, tag="state"):
    kind: AlarmKind
    where: str
    """The counter, device or ticket it is about."""
    level: float | None
    raised: Moment
    acknowledged: dict[str, Moment]
    escalated: Moment | None
    cleared: Moment | None
    text: str = ""
    """What happened and what to do, in the hall's language."""
    text_in: InOthers = msgspec.field(default_factory=dict)
    parties: list[str] = msgspec.field(default_factory=list)
    """Who must acknowledge."""
    verdict: Literal["confirmed", "dismissed"] | None = None
    """What a manager found, of one of kind absence."""
    why: str | None = None
    """What was said with the verdict."""
    picture: str | None = None
    """The file of a picture that was taken, in the hall's data folder; never the picture."""
    picture_fault: str | None = None
    """Why there is none though one was to be taken."""


class KioskState(Message, frozen=True, kw_only=True, tag="state"):
    device: DeviceWord
    since: Moment
    cause: str | None
    cause_in: InOthers = msgspec.field(default_factory=dict)
    screen: str
    """The page on show, never whose."""
    language: str = "zh-CN"
    refused: int = 0
