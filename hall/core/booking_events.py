"""What has happened to appointments.

A `client` is the number of a file on somebody: drawn at random, so that what stands in the chain for good
leads to nobody. What does lead to a person stands beside it, and is erased with `BookingsForgotten` and
`ClientForgotten`.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from hall.core.happening import Event

OfBooking = Annotated[str | None, msgspec.Meta(extra={"kept": "booking"})]
"""Leads to a person: kept beside the chain until the booking is over, and its day."""

OfClient = Annotated[str | None, msgspec.Meta(extra={"kept": "client"})]
"""Leads to a person: kept beside the chain as long as their caps and misses count."""

KnownBy = Literal["code", "day", "pseudonym"]
"""How a client can be found again: by the code only, by their card on the day itself, or for good."""


class BookingMade(Event, frozen=True, kw_only=True, tag="booking_made"):
    booking: str
    client: str
    service: str
    slot: datetime
    ends: datetime
    missed_at: datetime
    """When it is missed, unless its owner has checked in by then."""
    known_by: KnownBy = "code"
    code: OfBooking = None
    """What the QR code says: whoever has it may use the booking."""
    person: OfBooking = None
    """The hash that a card reader will make of their card on the day of the booking."""
    pseudonym: OfClient = None
    """The hall's own lasting hash of who they are."""


class BookingCancelled(Event, frozen=True, kw_only=True, tag="booking_cancelled"):
    booking: str
    why: str


class CheckedIn(Event, frozen=True, kw_only=True, tag="checked_in"):
    """The owner of a booking came, and is given `ticket`."""

    booking: str
    ticket: str
    late: bool = False


class BookingMissed(Event, frozen=True, kw_only=True, tag="booking_missed"):
    """爽约: nobody has come by the end of the slot and its grace."""

    booking: str
    client: str


class ClientBanned(Event, frozen=True, kw_only=True, tag="client_banned"):
    client: str
    kind: Literal["ban", "blacklist"]
    misses: int
    """How many misses led to it."""
    until: datetime | None
    """None: until staff release them."""


class BanAppealed(Event, frozen=True, kw_only=True, tag="ban_appealed"):
    client: str
    why: str


class BanReleased(Event, frozen=True, kw_only=True, tag="ban_released"):
    client: str
    why: str
    forgiven: bool
    """Whether their misses are forgotten too."""


class BookingsForgotten(Event, frozen=True, kw_only=True, tag="bookings_forgotten"):
    """They are over: neither code nor card leads to them any more."""

    bookings: tuple[str, ...]


class ClientForgotten(Event, frozen=True, kw_only=True, tag="client_forgotten"):
    """Nothing about them counts any more: whoever it was begins afresh."""

    client: str


BookingEvent = (
    BookingMade
    | BookingCancelled
    | CheckedIn
    | BookingMissed
    | ClientBanned
    | BanAppealed
    | BanReleased
    | BookingsForgotten
    | ClientForgotten
)
