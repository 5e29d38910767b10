"""What a touch means. A screen hangs one of these on each control; a presenter acts on it."""

from dataclasses import dataclass
from typing import Literal

from broker.messages.devices import PriorityClass
from kiosk.presenters.modes import Mode

Door = Literal["services", "check-in", "guide", "stuck"]


@dataclass(frozen=True)
class ChooseService:
    """A number for this service, please; of a closed one: why is it closed."""

    service: str

    def __str__(self) -> str:
        return f"service-{self.service}"


@dataclass(frozen=True)
class OpenDoor:
    """One of the ways in from the first page."""

    door: Door

    def __str__(self) -> str:
        return f"door-{self.door}"


@dataclass(frozen=True)
class TurnTo:
    """Another part of what does not fit at once: of a list from this entry on, else this sheet."""

    start: int

    def __str__(self) -> str:
        return f"from-{self.start}"


@dataclass(frozen=True)
class Speak:
    """Another language."""

    language: str

    def __str__(self) -> str:
        return f"language-{self.language}"


@dataclass(frozen=True)
class SwitchMode:
    """The screen otherwise: larger, lower, clearer, spoken."""

    mode: Mode
    on: bool

    def __str__(self) -> str:
        return f"{self.mode}-{'on' if self.on else 'off'}"


@dataclass(frozen=True)
class UsePriority:
    """Whether the visitor wants the priority that the card entitles to."""

    wanted: bool

    def __str__(self) -> str:
        return "priority-yes" if self.wanted else "priority-no"


@dataclass(frozen=True)
class Claim:
    """Priority for this reason, or not; the proof is shown at the counter."""

    reason: PriorityClass
    wanted: bool

    def __str__(self) -> str:
        return f"claim-{self.reason}" if self.wanted else f"no-claim-{self.reason}"


@dataclass(frozen=True)
class TakeNumber:
    """A number for this service, after reading how long it takes."""

    service: str

    def __str__(self) -> str:
        return f"take-{self.service}"


@dataclass(frozen=True)
class Type:
    """A key of the keyboard on the screen: a letter or a digit."""

    key: str

    def __str__(self) -> str:
        return f"key-{self.key}"


@dataclass(frozen=True)
class SwitchKeys:
    """Letters as well, or only digits, which are larger then."""

    letters: bool

    def __str__(self) -> str:
        return "keys-letters" if self.letters else "keys-digits"


@dataclass(frozen=True)
class Erase:
    """The last key was not meant."""

    def __str__(self) -> str:
        return "erase"


@dataclass(frozen=True)
class OpenDepartment:
    """Everything that a department does."""

    department: str

    def __str__(self) -> str:
        return f"department-{self.department}"


@dataclass(frozen=True)
class OpenItem:
    """What to bring for this matter, and how it goes."""

    item: str

    def __str__(self) -> str:
        return f"item-{self.item}"


@dataclass(frozen=True)
class PrintChecklist:
    """The same, to take along on paper (一次性告知单)."""

    item: str

    def __str__(self) -> str:
        return f"checklist-{self.item}"


@dataclass(frozen=True)
class CheckIn:
    """I am here for my appointment: the one with the code that was typed, or this one of the card's owner."""

    booking: str | None = None

    def __str__(self) -> str:
        return f"check-in-{self.booking}" if self.booking else "check-in"


@dataclass(frozen=True)
class ShowTicket:
    """The number that the card's owner has already."""

    ticket: str

    def __str__(self) -> str:
        return f"ticket-{self.ticket}"


@dataclass(frozen=True)
class Tick:
    """A reason why something could not be done (办不成事), or not this one after all."""

    reason: str
    on: bool

    def __str__(self) -> str:
        return f"tick-{self.reason}" if self.on else f"untick-{self.reason}"


@dataclass(frozen=True)
class SendReport:
    """Those are all the reasons."""

    def __str__(self) -> str:
        return "report"


@dataclass(frozen=True)
class LeavePhone:
    """Somebody shall answer me, by telephone."""

    def __str__(self) -> str:
        return "leave-phone"


@dataclass(frozen=True)
class PrintAt:
    """Print the ticket on show at this printer."""

    printer: str

    def __str__(self) -> str:
        return f"print-{self.printer}"


@dataclass(frozen=True)
class GiveUpTicket:
    """The number on show is not wanted any more; it is asked first whether that is meant."""

    def __str__(self) -> str:
        return "give-up"


@dataclass(frozen=True)
class VoidTicket:
    """That is meant."""

    def __str__(self) -> str:
        return "void"


@dataclass(frozen=True)
class TryAgain:
    """Ask once more what was not answered."""

    def __str__(self) -> str:
        return "again"


@dataclass(frozen=True)
class GoBack:
    """Leave a page that explains something."""

    def __str__(self) -> str:
        return "back"


@dataclass(frozen=True)
class GoHome:
    """Done: forget everything about the visitor."""

    def __str__(self) -> str:
        return "home"


@dataclass(frozen=True)
class MoreTime:
    """The visitor is still there."""

    def __str__(self) -> str:
        return "more-time"


Action = (
    ChooseService
    | OpenDoor
    | TurnTo
    | Speak
    | SwitchMode
    | UsePriority
    | Claim
    | TakeNumber
    | Type
    | SwitchKeys
    | Erase
    | OpenDepartment
    | OpenItem
    | PrintChecklist
    | CheckIn
    | ShowTicket
    | Tick
    | SendReport
    | LeavePhone
    | PrintAt
    | GiveUpTicket
    | VoidTicket
    | TryAgain
    | GoBack
    | GoHome
    | MoreTime
)
