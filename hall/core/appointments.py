"""Booking, giving back, checking in: each done, or refused with a reason (domain.md sections 1 and 3)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core import issuing, penalties
from hall.core.commands import Command, TakeTicket
from hall.core.diary import Booking, Client
from hall.core.events import TicketVoided
from hall.core.happening import Event
from hall.core.outlook import Outlooks
from hall.core.reasons import WHY_MOST, is_staff, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.slots import Slot, free, slots_on, wrong_day
from hall.core.state import State


def book(state: State, rules: Rules, command: ask.Book) -> list[Event] | Refusal:
    """A place in a slot. Told again what is booked already, nothing happens (an import may be repeated)."""
    if command.service not in rules.hall.services:
        return refuse(rules, "unknown_service", service=command.service)
    client = _client(state, command)
    if (same := state.diary.known.codes.get(command.code)) is not None:
        return _again(rules, command, state.diary.bookings[same], client)
    slot = _slot(rules, command)
    if isinstance(slot, Refusal):
        return slot
    known_by = _known_by(command, slot)
    if no := _may_not(state, rules, command, client, known_by, slot.begins.date()):
        return no
    if not free(state, rules, command.service, slot.begins):
        return refuse(rules, "slot_full", time=f"{slot.begins:%H:%M}")
    grace = timedelta(minutes=rules.hall.appointments.grace_minutes)
    return [
        b.BookingMade(
            at=command.at,
            by=command.by,
            booking=command.booking,
            client=client or command.client,
            service=command.service,
            slot=slot.begins,
            ends=slot.ends,
            missed_at=slot.ends + grace,
            known_by=known_by,
            code=command.code,
            person=_person_then(command, slot),
            pseudonym=command.pseudonym,
        )
    ]


def cancel(state: State, rules: Rules, command: ask.CancelBooking) -> list[Event] | Refusal:
    """Give the place back at once: by its owner in good time, by staff until it is missed."""
    booking = find_one(state, rules, command)
    if isinstance(booking, Refusal):
        return booking
    if booking.status != "open":
        return _is_over(rules, booking)
    before = timedelta(minutes=rules.hall.appointments.cancel_before_minutes)
    if not is_staff(command) and command.at > booking.slot - before:
        return refuse(rules, "too_late_to_cancel", until=_said(booking.slot - before, command.at))
    why = (command.why or "given_up")[:WHY_MOST]
    if no := names_somebody(rules, why):
        return no
    return [b.BookingCancelled(at=command.at, by=command.by, booking=booking.id, why=why)]


def check_in(state: State, rules: Rules, command: ask.CheckIn, outlooks: Outlooks) -> list[Event] | Refusal:
    """A number for the owner of a booking: before the walk-ins if on time, else by the rule for late ones."""
    booking = find_one(state, rules, command)
    if isinstance(booking, Refusal):
        return booking
    if booking.status != "open":
        return _is_over(rules, booking)
    if command.service not in (None, booking.service):
        name = rules.service_name(booking.service)
        return refuse(rules, "other_service", service=name)
    now, table = command.at, rules.hall.appointments
    opens = booking.slot - timedelta(minutes=table.early_minutes)
    if now < opens:
        return refuse(rules, "too_early", slot=_said(booking.slot, now), opens=_said(opens, now))
    late = now > booking.slot + timedelta(minutes=table.on_time_minutes)
    if late and table.late == "refused":
        return refuse(rules, "too_late_for_booking", slot=f"{booking.slot:%H:%M}")
    credit = (now - booking.slot).total_seconds() / 60 if late and table.late == "keeps_place" else 0.0
    walk_in = _walk_in(state, command, booking.service)
    taken = issuing.take(
        state,
        rules,
        TakeTicket(
            at=now,
            by=command.by,
            ticket=command.ticket,
            service=booking.service,
            person=command.person,
            name_masked=command.name_masked,
            kiosk=command.kiosk,
            appointment=booking.id,
            priority=command.priority,
        ),
        outlooks,
        issuing.Promise(late=late, credit_minutes=credit, instead=walk_in),
    )
    if isinstance(taken, Refusal):
        return taken
    arrived = b.CheckedIn(at=now, by=command.by, booking=booking.id, ticket=command.ticket, late=late)
    if walk_in is not None:
        given_up = TicketVoided(at=now, by=command.by, ticket=walk_in, why="checked_in")
        return [given_up, arrived, *taken]
    return [arrived, *taken]


def find(state: State, command: ask.OfBooking, today: date) -> list[Booking]:
    """The bookings a command is about, by slot: the one it names, or those of a person today."""
    diary = state.diary
    if command.code is not None:
        named = [diary.known.codes.get(command.code)]
    elif command.booking is not None:
        named = [command.booking]
    elif command.person is not None:
        named = [*diary.known.persons.get(command.person, ())]
    else:
        named = []
    found = [diary.bookings[booking] for booking in named if booking in diary.bookings]
    if command.code is None and command.booking is None:
        found = [booking for booking in found if booking.slot.date() == today]
    return sorted(found, key=lambda booking: (booking.slot, booking.id))


def find_one(state: State, rules: Rules, command: ask.OfBooking) -> Booking | Refusal:
    """The one booking a command is about. Of several of a person, the earliest open one."""
    found = find(state, command, command.at.date())
    if not found:
        return refuse(rules, "unknown_booking" if _names_one(command) else "no_booking_today")
    traces = state.diary.known.traces.get(found[0].id)
    today = found[0].slot.date() == command.at.date()
    if today and command.person is not None and traces and traces.person not in (None, command.person):
        return refuse(rules, "not_theirs")
    still = [booking for booking in found if booking.status == "open"]
    if len(still) > 1 and isinstance(command, ask.CancelBooking):
        return refuse(rules, "several_bookings")
    return (still or found[-1:])[0]


def _walk_in(state: State, command: ask.CheckIn, service: str) -> str | None:
    """The number that whoever checks in has taken before, and still waits with."""
    for ticket in map(state.tickets.__getitem__, state.of_person.get(command.person or "", ())):
        if ticket.service == service and ticket.status == "waiting":
            return ticket.id
    return None


def _names_one(command: ask.OfBooking) -> bool:
    return command.code is not None or command.booking is not None


def _client(state: State, command: ask.Book) -> str | None:
    """The file that there is on whoever books: by their pseudonym, or by a booking of theirs today."""
    known = state.diary.known
    if command.pseudonym is not None:
        return known.pseudonyms.get(command.pseudonym)
    for booking in known.persons.get(command.person or "", ()):
        return state.diary.bookings[booking].client
    return None


def _again(rules: Rules, command: ask.Book, booking: Booking, client: str | None) -> list[Event] | Refusal:
    """A code that is known: the very same booking once more, or somebody else's code."""
    same = (command.service, command.slot) == (booking.service, booking.slot)
    if not same or booking.status != "open" or client not in (None, booking.client):
        return refuse(rules, "code_taken")
    return []


def _slot(rules: Rules, command: ask.Book) -> Slot | Refusal:
    moment = command.slot.astimezone(command.at.tzinfo)
    if no := wrong_day(rules, command.service, moment.date(), command.at):
        return no
    for slot in slots_on(rules, command.service, moment.date(), command.at.tzinfo):
        if slot.begins == moment:
            return slot if moment > command.at else refuse(rules, "slot_over")
    return refuse(rules, "no_such_slot", time=f"{moment:%H:%M}", service=rules.service_name(command.service))


def _person_then(command: ask.Book, slot: Slot) -> str | None:
    if command.person_then is not None:
        return command.person_then
    return command.person if slot.begins.date() == command.at.date() else None


def _known_by(command: ask.Book, slot: Slot) -> b.KnownBy:
    if command.pseudonym is not None:
        return "pseudonym"
    return "code" if _person_then(command, slot) is None else "day"


def _may_not(
    state: State, rules: Rules, command: ask.Book, client: str | None, known_by: b.KnownBy, day: date
) -> Refusal | None:
    """Why this person may not book for `day`: not known, banned, or a cap is reached."""
    table = rules.hall.appointments
    if known_by == "code" and not table.without_id and not is_staff(command):
        return refuse(rules, "id_needed")
    file = None if client is None else state.diary.clients.get(client)
    if file is None or client is None:
        return None
    if file.ban is not None and file.is_banned(command.at):
        return penalties.banned(rules, file.ban)
    if len(state.diary.open_on(client, day)) >= table.per_day:
        return refuse(rules, "cap_day", most=table.per_day)
    if _counted(file, lambda other: other.isocalendar()[:2] == day.isocalendar()[:2]) >= table.per_week:
        return refuse(rules, "cap_week", most=table.per_week)
    if _counted(file, lambda other: (other.year, other.month) == (day.year, day.month)) >= table.per_month:
        return refuse(rules, "cap_month", most=table.per_month)
    return None


def _counted(file: Client, counts: Callable[[date], bool]) -> int:
    return sum(counts(date.fromisoformat(day)) for day in file.days)


def _is_over(rules: Rules, booking: Booking) -> Refusal:
    reason = {
        "arrived": "booking_used",
        "late": "booking_used",
        "missed": "booking_missed",
        "cancelled": "booking_cancelled",
    }[booking.status]
    return refuse(rules, reason, ticket=booking.ticket, slot=f"{booking.slot:%H:%M}")


def _said(moment: datetime, now: datetime) -> str:
    """A moment as it is said to a citizen."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d %H:%M}"


def _tell(
    _state: State, rules: Rules, command: ask.FreeSlots | ask.ListBans | ask.FindBookings
) -> list[Event] | Refusal:
    """A question: nothing happens, and the reply tells (hall.shell.bookings)."""
    if isinstance(command, ask.FreeSlots) and command.service not in rules.hall.services:
        return refuse(rules, "unknown_service", service=command.service)
    return []


DECISIONS: Final[dict[type[Command], Callable[[State, Rules, Any], list[Event] | Refusal]]] = {
    ask.Book: book,
    ask.CancelBooking: cancel,
    ask.FindBookings: _tell,
    ask.FreeSlots: _tell,
    ask.ListBans: _tell,
    ask.Appeal: penalties.appeal,
    ask.ReleaseBan: penalties.release,
}
