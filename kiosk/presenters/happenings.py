"""What can happen to a screen. Everything comes in as one of these, with the moment it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from broker.messages.devices import CardMedia, PriorityClass
from broker.messages.envelope import Forecast
from kiosk.presenters.actions import Action
from kiosk.presenters.model import Line
from kiosk.presenters.visitor import Booking, PaperTold, Ticket


@dataclass(frozen=True)
class Touched:
    """A finger: on a control, or beside all of them."""

    action: Action | None


@dataclass(frozen=True)
class Ticked:
    """Time passes."""

    hall_time: datetime


@dataclass(frozen=True)
class ConnectionTold:
    connected: bool


@dataclass(frozen=True)
class ControllerOnline:
    """The availability of the controller, or of its room."""

    online: bool


@dataclass(frozen=True)
class ControllerHeard:
    """A heartbeat of the controller, `age_s` real seconds old."""

    age_s: float


@dataclass(frozen=True)
class QueueTold:
    """A queue's state; None: it is no more."""

    service: str
    line: Line | None


@dataclass(frozen=True)
class PrinterTold:
    """Whether a printer is known to be unable to print."""

    printer: str
    down: bool


@dataclass(frozen=True)
class ReaderTold:
    ready: bool
    card: CardMedia


@dataclass(frozen=True)
class CardLaid:
    """A card was read on this kiosk's reader."""

    person: str
    name_masked: str
    priority: tuple[PriorityClass, ...]
    valid: bool


@dataclass(frozen=True)
class CardFailed:
    """A card was there and could not be used."""

    reason: Literal["read_failed", "rejected", "bad_number"]


@dataclass(frozen=True)
class Answered:
    """The controller's reply to the request `re`."""

    re: str
    ok: bool
    reason: str = ""
    text: str = ""
    text_in: Mapping[str, str] = field(default_factory=dict)
    """The same in other languages than the hall's."""
    ticket: str | None = None
    number: str | None = None
    service: str | None = None
    ahead: int | None = None
    forecast: Forecast | None = None
    late: bool = False
    """Of somebody who came for an appointment: after its grace."""
    paper: Literal["printed", "failed", "unknown"] | None = None
    """Of a checklist."""
    bookings: tuple[Booking, ...] = ()
    tickets: tuple[Ticket, ...] = ()


@dataclass(frozen=True)
class NotAnswered:
    """Nobody answered the request `re` in time."""

    re: str


@dataclass(frozen=True)
class PhonesKept:
    """Whether this machine has the hall's private notes."""

    kept: bool


@dataclass(frozen=True)
class NamesSpelled:
    """How the Chinese names of this floor are typed."""

    spellings: Mapping[str, tuple[str, ...]]


Happening = (
    Touched
    | Ticked
    | ConnectionTold
    | ControllerOnline
    | ControllerHeard
    | QueueTold
    | PrinterTold
    | ReaderTold
    | CardLaid
    | CardFailed
    | Answered
    | NotAnswered
    | NamesSpelled
    | PhonesKept
    | PaperTold
)
