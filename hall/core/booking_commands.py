"""What the core can be asked about appointments. Ids, codes and hashes come with the command."""

from datetime import date, datetime

from hall.core.commands import Command


class Book(Command, frozen=True, kw_only=True):
    """Keep a place of `service` at the slot that begins at `slot`."""

    booking: str
    """The id it will have."""
    code: str
    client: str
    """The number their file will have, where they have none yet."""
    service: str
    slot: datetime
    person: str | None = None
    """The hash of their card today."""
    person_then: str | None = None
    """The hash of their card on the day of the slot, where whoever asks can say it."""
    pseudonym: str | None = None


class OfBooking(Command, frozen=True, kw_only=True):
    """About the booking with this `code` or this id; without either about those of `person` today."""

    code: str | None = None
    booking: str | None = None
    person: str | None = None


class CancelBooking(OfBooking, frozen=True, kw_only=True):
    why: str | None = None


class CheckIn(OfBooking, frozen=True, kw_only=True):
    ticket: str
    """The id their ticket will have."""
    kiosk: str | None = None
    service: str | None = None
    """Refused for a booking of another one."""
    name_masked: str | None = None
    priority: tuple[str, ...] = ()


class FindBookings(OfBooking, frozen=True, kw_only=True):
    """Changes nothing: the reply tells."""


class FreeSlots(Command, frozen=True, kw_only=True):
    """Changes nothing: the reply tells."""

    service: str
    day: date | None = None


class ListBans(Command, frozen=True, kw_only=True):
    """Changes nothing: the reply tells."""


class OfClient(Command, frozen=True, kw_only=True):
    """About a file, or the one that the booking with this `code` belongs to."""

    client: str | None = None
    code: str | None = None
    why: str


class Appeal(OfClient, frozen=True, kw_only=True):
    pass


class ReleaseBan(OfClient, frozen=True, kw_only=True):
    pass
