"""Everything the screen knows at one moment. What is drawn is a function of this and of nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from broker.messages.devices import CardMedia, PriorityClass
from broker.messages.envelope import Forecast
from kiosk.presenters.floor import Floor
from kiosk.presenters.modes import PLAIN, Modes

HEARTBEAT_LOST_S: Final = 90.0
"""docs/bus.md: who has not been heard for so long, real seconds, is away."""


@dataclass(frozen=True)
class Line:
    """One service's queue, as last told."""

    waiting: int
    forecast: Forecast | None
    open: bool = True
    closed_reason: str | None = None
    closed_text: str | None = None


@dataclass(frozen=True)
class Facts:
    """What the bus says. None of it is about the visitor."""

    connected: bool = False
    controller_online: bool = True
    """False once its availability, or its room's, says offline."""
    controller_heard_at: float | None = None
    """Monotonic seconds of its last heartbeat; None before the first."""
    lines: Mapping[str, Line] = field(default_factory=dict)
    printers: Mapping[str, bool] = field(default_factory=dict)
    """Whether a printer is known to be unable to print now (True), or not (False)."""
    reader_ready: bool = True
    card: CardMedia = "unknown"
    """Whether a card can be seen on the reader: one that was read already can't, until it is lifted."""

    card_is_read: bool = False
    """Whether what became of that card was told already."""

    @property
    def card_being_read(self) -> bool:
        """A card was laid down just now."""
        return self.card == "present" and not self.card_is_read

    @property
    def card_left_behind(self) -> bool:
        """A card lies there that there is nothing more to do with."""
        return self.card == "present" and self.card_is_read

    def printer_is_down(self, printer: str) -> bool:
        """Known to be unable to print; a printer nothing is known about is given the chance."""
        return self.printers.get(printer, False)


PROVEN_BY_CARD: Final[tuple[PriorityClass, ...]] = ("elderly",)
"""What the card itself says of its owner: 60 or older by the date of birth (domain.md section 3)."""


@dataclass(frozen=True)
class Booking:
    """An appointment of today, as its owner's card finds it."""

    id: str
    service: str
    begins: str
    ends: str
    """HH:MM of the hall."""


@dataclass(frozen=True)
class Visitor:
    """Who laid a card down: nothing here leads back to the person without the hall's key."""

    person: str
    name_masked: str
    priority: tuple[PriorityClass, ...] = ()
    wants_priority: bool | None = None
    """None: said nothing about it."""
    bookings: tuple[Booking, ...] = ()
    """Open appointments of today."""
    tickets: "tuple[Ticket, ...]" = ()
    """Numbers they have already."""

    @property
    def claimed(self) -> tuple[PriorityClass, ...]:
        """What goes along with the ticket: what the card proves unless declined, the rest if wanted."""
        if self.wants_priority is None:
            return tuple(one for one in self.priority if one in PROVEN_BY_CARD)
        return self.priority if self.wants_priority else ()


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


Paper = Literal["printing", "printed", "failed", "unknown", "none"]
"""What is known of the ticket's paper; none: it was not asked for yet."""


@dataclass(frozen=True)
class PaperTold:
    """What became of a ticket's paper, and at which printer."""

    ticket: str
    printer: str
    paper: Literal["printed", "failed", "unknown"]


@dataclass(frozen=True)
class Ticket:
    """A number and what became of its paper."""

    id: str
    number: str
    service: str
    ahead: int | None
    forecast: Forecast | None
    paper: Paper
    printer: str
    """Where it was last sent to be printed."""
    late: bool = False
    """Its owner came after the grace of an appointment, and waits with the others."""


@dataclass(frozen=True)
class Home:
    """The doors, and the services most used."""

    name = "home"


@dataclass(frozen=True)
class Services:
    """All services by zone."""

    sheet: int = 0
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
    sheet: int = 0
    name = "guide"


@dataclass(frozen=True)
class DepartmentPage:
    """Everything that a department does."""

    department: str
    sheet: int = 0
    name = "department"


@dataclass(frozen=True)
class ItemPage:
    """One matter of the guide: what to bring, and how it goes."""

    item: str
    back: "Page"
    sheet: int = 0
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
    | Reported
    | TicketPage
    | Asking
    | Unanswered
    | Refused
    | ClosedService
    | CardTrouble
    | Voided
)

NEEDS_THE_HALL: Final = (Home, Services, Confirm, CheckInPage, StuckForm)
"""Pages on which nothing can be done while the controller is away; the guide can be read all the same."""


@dataclass(frozen=True)
class Model:
    """The whole state of one screen."""

    floor: Floor
    facts: Facts
    page: Page
    language: str
    touched_at: float
    """Monotonic seconds of the visitor's last sign of life."""
    page_at: float
    """Monotonic seconds since when this page is on show."""
    modes: Modes = PLAIN
    visitor: Visitor | None = None
    lookups: tuple[Request, ...] = ()
    """What is being looked up about the visitor meanwhile."""
    early_paper: PaperTold | None = None
    """An outcome that came while the question it belongs to was still open."""
    countdown: int | None = None
    """Seconds left before the screen returns home, once they are shown."""
    in_service: bool = False
    """Whether the controller can be asked."""
    time_of_day: str = ""
    """HH:MM of the hall."""
    date: tuple[int, int, int] = (1, 1, 0)
    """Month, day and weekday (Monday is 0) of the hall."""

    @property
    def screen(self) -> str:
        """The page on show: nothing new can be begun while the controller is away."""
        away = not self.in_service and isinstance(self.page, NEEDS_THE_HALL)
        return "out-of-service" if away else self.page.name


def first_model(floor: Floor, now: float) -> Model:
    """The screen as it starts."""
    return Model(floor, Facts(), Home(), floor.languages[0], touched_at=now, page_at=now)
