"""What a touch means. A screen hangs one of these on each control; a presenter acts on it."""

from dataclasses import dataclass

from kiosk.presenters.modes import Mode


@dataclass(frozen=True)
class ChooseService:
    """A number for this service, please; of a closed one: why is it closed."""

    service: str

    def __str__(self) -> str:
        return f"service-{self.service}"


@dataclass(frozen=True)
class TurnTo:
    """Another sheet of services, where they do not fit on one."""

    sheet: int

    def __str__(self) -> str:
        return f"sheet-{self.sheet}"


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
    | TurnTo
    | Speak
    | SwitchMode
    | UsePriority
    | PrintAt
    | GiveUpTicket
    | VoidTicket
    | TryAgain
    | GoBack
    | GoHome
    | MoreTime
)
