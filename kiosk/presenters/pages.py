"""The pages of the screen, and what each of them holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from broker.messages.devices import PriorityClass
from kiosk.presenters.requests import Request
from kiosk.presenters.visitor import Paper, Ticket


@dataclass(frozen=True)
class Home:
    """The doors, and the services most used."""

    name = "home"


@dataclass(frozen=True)
class Services:
    """All services by zone."""

    start: int = 0
    name = "services"


@dataclass(frozen=True)
class Confirm:
    """How long it takes for `service`, and whether it is wanted."""

    service: str
    back: "Page"
    claims: tuple[PriorityClass, ...] = ()
    name = "confirm"


@dataclass(frozen=True)
class Finder:
    """What is typed, and what it finds; the departments while nothing is typed."""

    query: str = ""
    start: int = 0
    name = "guide"


@dataclass(frozen=True)
class DepartmentPage:
    """Everything that a department does."""

    department: str
    start: int = 0
    name = "department"


@dataclass(frozen=True)
class ItemPage:
    """One matter of the guide: what to bring, and how it goes."""

    item: str
    back: "Page"
    start: int = 0
    paper: "Paper" = "none"
    """Of its checklist."""
    asked: str = ""
    """The request that its checklist was asked for by."""
    name = "item"


@dataclass(frozen=True)
class CheckInPage:
    """A card, or the code of an appointment."""

    code: str = ""
    letters: bool = True
    """Whether the keys are letters too, or digits only, and larger."""
    name = "check-in"


@dataclass(frozen=True)
class StuckForm:
    """办不成事: why not."""

    reasons: tuple[str, ...] = ()
    name = "stuck"


@dataclass(frozen=True)
class PhoneForm:
    """Where the answer to what was not done shall go; nobody has to say."""

    reasons: tuple[str, ...]
    phone: str = field(default="", repr=False)
    """Digits; it goes into the hall's private notes, and nowhere else."""
    name = "stuck-phone"


@dataclass(frozen=True)
class Reported:
    """It was written down, and no number goes with it."""

    name = "reported"


@dataclass(frozen=True)
class TicketPage:
    """The number, large; or the question whether it is really not wanted."""

    ticket: Ticket
    giving_up: bool = False
    name = "ticket"


@dataclass(frozen=True)
class Asking:
    """A question is on its way; `back` is where a refusal leads."""

    request: Request
    back: "Page"
    name = "asking"


@dataclass(frozen=True)
class Unanswered:
    """The hall's computer did not answer in time."""

    request: Request
    back: "Page"
    name = "unanswered"


@dataclass(frozen=True)
class Refused:
    """The controller said no, and why."""

    reason: str
    text: str
    back: "Page"
    text_in: Mapping[str, str] = field(default_factory=dict)
    """The same in other languages than the hall's."""
    name = "refused"


@dataclass(frozen=True)
class ClosedService:
    """Why a service gives no numbers now, and what to do instead."""

    service: str
    back: "Page" = field(default_factory=Home)
    name = "closed"


@dataclass(frozen=True)
class CardTrouble:
    """A card was laid down and can't be used."""

    reason: Literal["read_failed", "rejected", "bad_number", "expired"]
    name = "card-trouble"


@dataclass(frozen=True)
class Voided:
    """The number is given up."""

    number: str
    name = "voided"


Page = (
    Home
    | Services
    | Confirm
    | Finder
    | DepartmentPage
    | ItemPage
    | CheckInPage
    | StuckForm
    | PhoneForm
    | Reported
    | TicketPage
    | Asking
    | Unanswered
    | Refused
    | ClosedService
    | CardTrouble
    | Voided
)

NEEDS_THE_HALL: Final = (Home, Services, Confirm, CheckInPage, StuckForm, PhoneForm)
"""Pages on which nothing can be done while the controller is away; the guide can be read all the same."""
