"""The appointment book: bookings by slot, and a file on each who books (hall.core.booking_events)."""

from bisect import insort
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import field

from hall.core.booking_events import KnownBy

BookingStatus = Literal["open", "arrived", "late", "missed", "cancelled"]


class Booking(msgspec.Struct, kw_only=True):
    """A place kept for somebody."""

    id: str
    client: str
    service: str
    slot: datetime
    ends: datetime
    missed_at: datetime
    status: BookingStatus = "open"
    ticket: str | None = None


class Appealed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who may not book says against it."""

    at: datetime
    by: str
    why: str


class Ban(msgspec.Struct, kw_only=True):
    """Why somebody may not book."""

    kind: Literal["ban", "blacklist"]
    since: datetime
    until: datetime | None
    misses: int
    appeal: Appealed | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at `now`."""
        return self.until is None or now < self.until


class Client(msgspec.Struct, kw_only=True):
    """A file on somebody: what counts for caps and penalties, and not who they are."""

    known_by: KnownBy = "code"
    open: list[str] = field(default_factory=list)
    """Their open bookings."""
    days: list[str] = field(default_factory=list)
    """The day of every booking that counts for the caps: all but those given back."""
    misses: list[datetime] = field(default_factory=list)
    ban: Ban | None = None

    def is_banned(self, now: datetime) -> bool:
        return self.ban is not None and self.ban.holds(now)


class Tally(msgspec.Struct, kw_only=True):
    """What has come of the places of one slot."""

    booked: int = 0
    arrived: int = 0
    late: int = 0
    missed: int = 0


class Traces(msgspec.Struct, frozen=True):
    """What leads from one booking to its owner."""

    code: str | None
    person: str | None


class Known(msgspec.Struct, kw_only=True):
    """All that leads to people: in memory and beside the chain, in no snapshot."""

    codes: dict[str, str] = field(default_factory=dict)
    """Code → booking."""
    persons: dict[str, list[str]] = field(default_factory=dict)
    """The hash of a card on its day → bookings of that day."""
    pseudonyms: dict[str, str] = field(default_factory=dict)
    """Pseudonym → client."""
    traces: dict[str, Traces] = field(default_factory=dict)
    """Booking → what leads to it."""
    pseudonym_of: dict[str, str] = field(default_factory=dict)
    """Client → pseudonym."""

    def learn_booking(self, booking: str, code: str | None, person: str | None) -> None:
        self.traces[booking] = Traces(code, person)
        if code is not None:
            self.codes[code] = booking
        if person is not None:
            self.persons.setdefault(person, []).append(booking)

    def learn_client(self, client: str, pseudonym: str | None) -> None:
        if pseudonym is not None:
            self.pseudonyms[pseudonym] = client
            self.pseudonym_of[client] = pseudonym

    def forget_booking(self, booking: str) -> None:
        traces = self.traces.pop(booking, None)
        if traces is None:
            return
        if traces.code is not None:
            self.codes.pop(traces.code, None)
        if traces.person is not None:
            theirs = self.persons[traces.person]
            theirs.remove(booking)
            if not theirs:
                del self.persons[traces.person]

    def forget_client(self, client: str) -> None:
        pseudonym = self.pseudonym_of.pop(client, None)
        if pseudonym is not None:
            self.pseudonyms.pop(pseudonym, None)


class Diary(msgspec.Struct, kw_only=True):
    """All appointments that are open or of today, and all files."""

    bookings: dict[str, Booking] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    tallies: dict[str, dict[str, Tally]] = field(default_factory=dict)
    """Service → slot (its local time, `slot_key`) → what has come of it."""
    due: list[tuple[float, str]] = field(default_factory=list)
    """When each open booking is missed (seconds since 1970), soonest first."""
    known: Known = field(default_factory=Known)

    def tally(self, service: str, slot: datetime) -> Tally:
        """What has come of a slot, to be read."""
        return self.tallies.get(service, {}).get(slot_key(slot)) or Tally()

    def tally_of(self, booking: Booking) -> Tally:
        """The tally that `booking` is counted in."""
        slots = self.tallies.setdefault(booking.service, {})
        return slots.setdefault(slot_key(booking.slot), Tally())

    def open_on(self, client: str, day: date) -> list[Booking]:
        """The client's open bookings for one day."""
        file = self.clients.get(client)
        found = [] if file is None else [self.bookings[booking] for booking in file.open]
        return [booking for booking in found if booking.slot.date() == day]

    def over(self) -> Iterator[Booking]:
        """Bookings nothing more can come of."""
        return (booking for booking in self.bookings.values() if booking.status != "open")

    def put(self, booking: Booking) -> None:
        """Take up a booking as it is made."""
        self.bookings[booking.id] = booking
        insort(self.due, (booking.missed_at.timestamp(), booking.id))
        self.tally_of(booking).booked += 1

    def close(self, booking_id: str, status: BookingStatus) -> Booking:
        """An open booking comes to what it comes to."""
        booking = self.bookings[booking_id]
        booking.status = status
        self.due.remove((booking.missed_at.timestamp(), booking_id))
        self.clients[booking.client].open.remove(booking_id)
        return booking


def slot_key(slot: datetime) -> str:
    """A slot's name: the local time it begins at."""
    return f"{slot:%Y-%m-%dT%H:%M}"
