"""What a touch on a technician's page means."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Room = Literal["devices", "sound", "network", "versions"]
ROOMS: Final[tuple[Room, ...]] = get_args(Room)


@dataclass(frozen=True)
class Digit:
    digit: str

    def __str__(self) -> str:
        return f"digit-{self.digit}"


@dataclass(frozen=True)
class Rub:
    """The last digit again."""

    def __str__(self) -> str:
        return "rub"


@dataclass(frozen=True)
class Enter:
    def __str__(self) -> str:
        return "enter"


@dataclass(frozen=True)
class Open:
    room: Room

    def __str__(self) -> str:
        return f"open-{self.room}"


@dataclass(frozen=True)
class TestPrint:
    printer: str

    __test__ = False

    def __str__(self) -> str:
        return f"test-{self.printer}"


@dataclass(frozen=True)
class Volume:
    """Louder or softer by so many of 100."""

    by: int

    def __str__(self) -> str:
        return "louder" if self.by > 0 else "softer"


@dataclass(frozen=True)
class Leave:
    def __str__(self) -> str:
        return "leave"


Tool = Digit | Rub | Enter | Open | TestPrint | Volume | Leave
