"""What the screen asks of the controller."""

from dataclasses import dataclass, field
from typing import Literal

from broker.messages.devices import PriorityClass
from kiosk.presenters.visitor import Visitor


@dataclass(frozen=True)
class Take:
    """A number for `service`."""

    service: str
    visitor: Visitor | None
    claims: tuple[PriorityClass, ...] = ()
    """Priority that was asked for beyond what the card says."""


@dataclass(frozen=True)
class Arrive:
    """Somebody is here for their appointment: by `code`, or by `booking` and card."""

    visitor: Visitor | None
    code: str = ""
    booking: str | None = None


@dataclass(frozen=True)
class LookUp:
    """What this visitor has today: appointments, or numbers."""

    person: str
    what: Literal["bookings", "tickets"]


@dataclass(frozen=True)
class Checklist:
    """What to bring for an item of the guide, on paper."""

    item: str
    printer: str


@dataclass(frozen=True)
class Report:
    """Something could not be done (办不成事), for these reasons of the hall file."""

    reasons: tuple[str, ...]
    visitor: Visitor | None
    phone: str = field(default="", repr=False)
    """Where the answer shall go: kept in the hall's private notes, never told on the bus."""


@dataclass(frozen=True)
class PrintAgain:
    """The ticket once more, at `printer`."""

    ticket: str
    printer: str


@dataclass(frozen=True)
class Void:
    """The number is given up; `why` is a key of the catalogue."""

    ticket: str
    why: Literal["given_up", "not_collected"]


@dataclass(frozen=True)
class Keep:
    """The number that did not print stays: its owner has read or photographed it, or is still deciding."""

    ticket: str
    seconds: float | None = None
    """How long the controller waits for a word yet; None: the number is kept for good."""


@dataclass(frozen=True)
class Request:
    """A question to the controller. A retry carries the same id, so that it is done once."""

    id: str
    what: Take | Arrive | LookUp | Checklist | Report | PrintAgain | Void | Keep
    unattended: bool = False
    """Nobody waits for the answer: it is asked again until there is one."""
