"""Folding what happens to appointments into the diary (hall.core.evolve)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from hall.core import booking_events as b
from hall.core.diary import Appealed, Ban, Booking, Client
from hall.core.happening import Event

if TYPE_CHECKING:
    from hall.core.state import State


def new_day(state: "State", day: str) -> None:
    """What is over is left out from now on."""
    diary = state.diary
    for booking in list(diary.over()):
        del diary.bookings[booking.id]
        diary.known.forget_booking(booking.id)
    for slots in diary.tallies.values():
        for slot in [slot for slot in slots if slot[:10] < day]:
            del slots[slot]


def _made(state: "State", event: b.BookingMade) -> None:
    diary = state.diary
    client = diary.clients.setdefault(event.client, Client())
    if _STRENGTH[event.known_by] > _STRENGTH[client.known_by]:
        client.known_by = event.known_by
    client.open.append(event.booking)
    client.days.append(event.slot.date().isoformat())
    diary.put(
        Booking(
            id=event.booking,
            client=event.client,
            service=event.service,
            slot=event.slot,
            ends=event.ends,
            missed_at=event.missed_at,
        )
    )
    diary.known.learn_booking(event.booking, event.code, event.person)
    diary.known.learn_client(event.client, event.pseudonym)


def _cancelled(state: "State", event: b.BookingCancelled) -> None:
    booking = state.diary.close(event.booking, "cancelled")
    state.diary.tally_of(booking).booked -= 1
    state.diary.clients[booking.client].days.remove(booking.slot.date().isoformat())


def _checked_in(state: "State", event: b.CheckedIn) -> None:
    booking = state.diary.close(event.booking, "late" if event.late else "arrived")
    booking.ticket = event.ticket
    tally = state.diary.tally_of(booking)
    tally.arrived += 1
    tally.late += event.late


def _missed(state: "State", event: b.BookingMissed) -> None:
    booking = state.diary.close(event.booking, "missed")
    state.diary.tally_of(booking).missed += 1
    state.diary.clients[booking.client].misses.append(booking.missed_at)


def _banned(state: "State", event: b.ClientBanned) -> None:
    client = state.diary.clients[event.client]
    appeal = client.ban.appeal if client.ban is not None and client.ban.holds(event.at) else None
    client.ban = Ban(kind=event.kind, since=event.at, until=event.until, misses=event.misses, appeal=appeal)


def _appealed(state: "State", event: b.BanAppealed) -> None:
    ban = state.diary.clients[event.client].ban
    if ban is not None:
        ban.appeal = Appealed(at=event.at, by=event.by, why=event.why)


def _released(state: "State", event: b.BanReleased) -> None:
    client = state.diary.clients[event.client]
    client.ban = None
    if event.forgiven:
        client.misses.clear()


def _bookings_forgotten(state: "State", event: b.BookingsForgotten) -> None:
    for booking in event.bookings:
        state.diary.known.forget_booking(booking)


def _client_forgotten(state: "State", event: b.ClientForgotten) -> None:
    del state.diary.clients[event.client]
    state.diary.known.forget_client(event.client)


_STRENGTH: Final[dict[b.KnownBy, int]] = {"code": 0, "day": 1, "pseudonym": 2}

FOLDS: Final[dict[type[Event], Callable[[Any, Any], None]]] = {
    b.BookingMade: _made,
    b.BookingCancelled: _cancelled,
    b.CheckedIn: _checked_in,
    b.BookingMissed: _missed,
    b.ClientBanned: _banned,
    b.BanAppealed: _appealed,
    b.BanReleased: _released,
    b.BookingsForgotten: _bookings_forgotten,
    b.ClientForgotten: _client_forgotten,
}
