"""What is asked and told about appointments (docs/appointments.md).

Nothing here leads to a person beyond the day: `person` is the card reader's hash of today, `client` the
number of a file that says how many appointments somebody has missed, and not who they are.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from broker.messages.devices import PriorityClass
from broker.messages.envelope import Command, Message, Moment
from broker.messages.hall import MaskedName, Person

Code = Annotated[str, Meta(pattern="^(?![0-9]{15}$|[0-9]{17}[0-9Xx]$)[0-9A-Za-z-]{6,40}$")]
"""What the QR code of a booking says. What may be an ID number is refused: it must never come in."""
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]
"""Why staff do something, without names or numbers of people: it is kept for good."""


class _OfBooking(Command, frozen=True, kw_only=True):
    """About the booking with this `code`, or this id; without either about those of `person`."""

    code: Code | UnsetType = UNSET
    booking: str | UnsetType = UNSET
    person: Person | UnsetType = UNSET


class Book(Command, frozen=True, kw_only=True, tag="book"):
    """Keep a place of `service` at the slot that begins at `slot`.

    Answered with `details`: `booking`, `code` (for the QR code; shown to its owner only), `service`, `slot`,
    `ends`, `check_in_from`, `late_from`, `missed_at`, `cancel_until`. With `person` a booking for today is
    theirs by card as well; one for another day needs its code.
    """

    service: str
    slot: Moment
    person: Person | UnsetType = UNSET


class CancelBooking(_OfBooking, frozen=True, kw_only=True, tag="cancel_booking"):
    """Give the place back at once. By `person` alone only when they have just one open booking today."""

    why: Reason | UnsetType = UNSET


class CheckIn(_OfBooking, frozen=True, kw_only=True, tag="check_in"):
    """The owner of a booking is here: answered as `take_ticket`, with `details`: `booking`, `late`."""

    kiosk: str | UnsetType = UNSET
    name_masked: MaskedName | UnsetType = UNSET
    priority: list[PriorityClass] | UnsetType = UNSET


class FindBookings(_OfBooking, frozen=True, kw_only=True, tag="find_bookings"):
    """Answered with `details`: `bookings`, each as `book` answers, with `status` and without the code."""


class FreeSlots(Command, frozen=True, kw_only=True, tag="free_slots"):
    """Answered with `details`: `days`, each with `day`, `slots` (`slot`, `ends`, `free`) and, where there are
    none, `reason` and `text`. Without `day`: today and all days that may be booked."""

    service: str
    day: Day | UnsetType = UNSET


class ListBans(Command, frozen=True, kw_only=True, tag="list_bans"):
    """Answered with `details`: `bans`, newest first: `client`, `kind`, `since`, `until`, `misses`, `appeal`;
    and `more`, how many there are beyond those."""


class _OfClient(Command, frozen=True, kw_only=True):
    """About the file `client`, or the one that the booking with this `code` belongs to."""

    client: str | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    why: Reason


class Appeal(_OfClient, frozen=True, kw_only=True, tag="appeal"):
    """Staff's: somebody who may not book says why that is wrong; answered with `details`: `client`."""


class ReleaseBan(_OfClient, frozen=True, kw_only=True, tag="release_ban"):
    """Staff's: let somebody book again; answered with `details`: `client`."""


class SlotState(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of today."""

    slot: Moment
    ends: Moment
    capacity: int
    booked: int
    """Places taken: not those that were given back."""
    arrived: int
    """Of them: checked in, late ones too."""
    late: int
    missed: int


class AppointmentsState(Message, frozen=True, kw_only=True, tag="state"):
    """Today's appointments for one service; the topic's id is the service's."""

    day: str
    slots: list[SlotState]
    ahead: int = 0
    """Open bookings for days to come."""
