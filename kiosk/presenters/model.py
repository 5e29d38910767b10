"""Everything the screen knows at one moment. What is drawn is a function of this and of nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from broker.messages.devices import CardMedia
from broker.messages.envelope import Forecast
from kiosk.presenters.floor import Floor, PrinterEntry
from kiosk.presenters.modes import PLAIN, Modes
from kiosk.presenters.pages import NEEDS_THE_HALL, Home, Page
from kiosk.presenters.requests import Request
from kiosk.presenters.visitor import PaperTold, Visitor

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
    closed_text_in: Mapping[str, str] = field(default_factory=dict)
    """The same in other languages than the hall's."""


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
    keeps_phones: bool = False
    """Whether a visitor's number can be kept in private: only on the machine where it is erased again."""
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

    def is_shut(self, service: str) -> bool:
        """Known to give no numbers now."""
        line = self.lines.get(service)
        return line is not None and not line.open

    def printer_is_down(self, printer: str) -> bool:
        """Known to be unable to print; a printer nothing is known about is given the chance."""
        return self.printers.get(printer, False)


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
    def reads_cards(self) -> bool:
        """Whether a card laid down would be read."""
        return self.floor.reader is not None and self.facts.reader_ready

    @property
    def usable_printers(self) -> tuple[PrinterEntry, ...]:
        """Those that are not known to be out of order, the kiosk's own first."""
        return tuple(one for one in self.floor.printers if not self.facts.printer_is_down(one.id))

    @property
    def screen(self) -> str:
        """The page on show: nothing new can be begun while the controller is away."""
        away = not self.in_service and isinstance(self.page, NEEDS_THE_HALL)
        return "out-of-service" if away else self.page.name


def first_model(floor: Floor, now: float) -> Model:
    """The screen as it starts."""
    return Model(floor, Facts(), Home(), floor.languages[0], touched_at=now, page_at=now)
