"""Who stands before the screen, as far as it knows: a card's owner, their number, their appointments."""

from dataclasses import dataclass
from typing import Final, Literal

from broker.messages.devices import PriorityClass
from broker.messages.envelope import Forecast

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
    tickets: tuple[Ticket, ...] = ()
    """Numbers they have already."""

    @property
    def claimed(self) -> tuple[PriorityClass, ...]:
        """What goes along with the ticket: what the card proves unless declined, the rest if wanted."""
        if self.wants_priority is None:
            return tuple(one for one in self.priority if one in PROVEN_BY_CARD)
        return self.priority if self.wants_priority else ()
