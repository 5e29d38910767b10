"""What commands about appointments are answered: their reply's `details` (docs/appointments.md)."""

from datetime import datetime, timedelta
from typing import Any, Final

from hall.core import Rules, State, appointments, slots
from hall.core import booking_commands as ask
from hall.core.booking_events import BanAppealed, BanReleased, BookingCancelled, CheckedIn
from hall.core.commands import Command
from hall.core.diary import Ban, Booking
from hall.core.events import Event

MOST_BANS: Final = 100
MOST_SLOTS: Final = 400
"""More would not fit into one message of 64 KiB; further days can be asked for one by one."""


def details(state: State, rules: Rules, command: Command, events: list[Event]) -> dict[str, Any] | None:
    """What a command that was done came to; None for one that is not about appointments."""
    match command:
        case ask.Book():
            booking = state.diary.bookings[state.diary.known.codes[command.code]]
            return {**told(rules, booking), "code": command.code}
        case ask.CheckIn():
            arrived = next(event for event in events if isinstance(event, CheckedIn))
            return {"booking": arrived.booking, "late": arrived.late}
        case ask.CancelBooking():
            return {"booking": next(e.booking for e in events if isinstance(e, BookingCancelled))}
        case ask.FindBookings():
            found = appointments.find(state, command, command.at.date())
            return {"bookings": [{**told(rules, one), "status": one.status} for one in found]}
        case ask.FreeSlots():
            return {"days": _days(state, rules, command)}
        case ask.ListBans():
            return bans(state, command.at)
        case ask.OfClient():
            done = next(event for event in events if isinstance(event, BanAppealed | BanReleased))
            return {"client": done.client}
        case _:
            return None


def told(rules: Rules, booking: Booking) -> dict[str, Any]:
    """A booking as its owner is told of it."""
    table = rules.hall.appointments
    moments = {
        "slot": booking.slot,
        "ends": booking.ends,
        "check_in_from": booking.slot - timedelta(minutes=table.early_minutes),
        "late_from": booking.slot + timedelta(minutes=table.on_time_minutes),
        "missed_at": booking.missed_at,
        "cancel_until": booking.slot - timedelta(minutes=table.cancel_before_minutes),
    }
    return {
        "booking": booking.id,
        "service": booking.service,
        **{name: said(moment) for name, moment in moments.items()},
    }


def bans(state: State, now: datetime) -> dict[str, Any]:
    """Who may not book, newest first; the file's number says nothing of who it is."""
    held = [
        (name, client.ban)
        for name, client in state.diary.clients.items()
        if client.ban is not None and client.ban.holds(now)
    ]
    held.sort(key=lambda entry: entry[1].since, reverse=True)
    return {
        "bans": [_ban(name, ban) for name, ban in held[:MOST_BANS]],
        "more": max(0, len(held) - MOST_BANS),
    }


def said(moment: datetime) -> str:
    """A moment as it stands on the bus."""
    return moment.isoformat(timespec="milliseconds")


def _ban(name: str, ban: Ban) -> dict[str, Any]:
    appeal = ban.appeal
    return {
        "client": name,
        "kind": ban.kind,
        "since": said(ban.since),
        "until": None if ban.until is None else said(ban.until),
        "misses": ban.misses,
        "appeal": None if appeal is None else {"at": said(appeal.at), "by": appeal.by, "why": appeal.why},
    }


def _days(state: State, rules: Rules, command: ask.FreeSlots) -> list[dict[str, Any]]:
    days: list[dict[str, Any]] = []
    left = MOST_SLOTS
    for day in slots.days(state, rules, command.service, command.day, command.at):
        left -= len(day.slots)
        if left < 0:
            break
        listed = [
            {"slot": said(slot.begins), "ends": said(slot.ends), "free": free} for slot, free in day.slots
        ]
        closed = {} if day.closed is None else {"reason": day.closed.reason, "text": day.closed.text}
        days.append({"day": day.day.isoformat(), "slots": listed, **closed})
    return days
