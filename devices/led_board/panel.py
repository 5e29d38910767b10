"""What every kind of board can be asked, whatever it speaks; the driver knows boards by nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from broker.messages.devices import DeviceWord
from devices.led_board.areas import Effect

Outcome = Literal["acknowledged", "sent", "refused"]


@dataclass(frozen=True)
class Wanted:
    """A text that is to stand in an area."""

    text: str
    colour: str | None = None
    """None: the area's own."""
    effect: Effect | None = None
    """None: it stands where it fits and runs to the left where it does not."""
    seconds: float | None = None
    """Real ones, until it is taken down; None: it stays."""


@dataclass(frozen=True)
class Shown:
    """What a board was given for one area."""

    wanted: Wanted
    text: str
    """What will be read on the board."""
    until: float | None
    """When it is taken down, on the clock's monotonic scale; None: never."""
    remarks: Mapping[str, Any] = field(default_factory=dict)
    """What of the text is not shown as it was asked."""

    def lasts_at(self, now: float) -> bool:
        """Whether it has not been taken down yet."""
        return self.until is None or self.until > now


class NotDone(Exception):
    """A board did not do as it was asked; `reason` is a code of the catalogue, `outcome` what is known."""

    def __init__(self, reason: str, outcome: Outcome = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome


@dataclass
class Told:
    """What a board has said of itself, for its state on the bus."""

    lit: bool | None = None
    brightness: int | None = None
    unverified: bool = False
    """It has no way to answer, so nobody knows whether it shows anything."""


class Report(Protocol):
    """Says how the board is: what people read of it, and the words of the technician's log."""

    def __call__(self, word: DeviceWord, cause: str | None = None, words: str | None = None) -> None: ...


@dataclass(frozen=True)
class Ears:
    """Whom a panel tells how it is."""

    report: Report
    changed: Callable[[], None]
    """Something in `Told` is new."""
    fault: Callable[[], None]
    """A damaged or unanswered request, to be counted."""
    shown: Callable[[], dict[str, Shown]]
    """The areas' texts that are still to be seen, to be put back after a power cut."""
    lost: Callable[[str], None]
    """An area's text could not be put back."""
    ready: Callable[["Panel"], None]
    """The board takes texts from now on."""


class Panel(ABC):
    """A board on an open link. All but `serve` raise `NotDone`."""

    outcome: ClassVar[Outcome]
    """What can be said of a text that the panel has taken."""

    def __init__(self) -> None:
        self.told = Told()

    @abstractmethod
    async def serve(self) -> None:
        """Keep the board in service until the link is lost; raises a `DeviceError`."""

    @abstractmethod
    async def show(self, area: str, wanted: Wanted) -> Shown:
        """Put a text into an area."""

    @abstractmethod
    async def clear(self) -> None:
        """Take all texts down."""

    @abstractmethod
    async def dim(self, level: int) -> None:
        """Shine at `level`, 0–15."""

    @abstractmethod
    async def light(self, on: bool) -> None:
        """Switch the lamps."""
