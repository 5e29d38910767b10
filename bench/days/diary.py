"""What must be true of appointments after every event: an account of our own, kept from the events alone."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bench.days.penalties import Penalties
from bench.days.promise import Broken, hold
from hall.core import Refusal, Rules, State
from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core import commands as c
from hall.core.diary_folding import FOLDS
from hall.core.events import DayBegan, Event, TicketTaken
from hall.core.slots import slots_on

SLOTS: Final = "no more than its places in a slot"
FREE: Final = "a place given back is free again"
CAPS: Final = "nobody books more than the caps"
BANNED: Final = "who is banned books nothing"
IN_TIME: Final = "an appointment is used once, in its time"
NUMBER: Final = "who is on time gets a number"
MISSED: Final = "who does not come has missed it, nobody else"
PUNISHED: Final = "a miss leads to its penalty"
AGREES: Final = "the diary says what happened"

NEVER_SAID: Final = frozenset(
    (
        "too_early", "too_late_for_booking", "booking_used", "booking_missed", "booking_cancelled",
        "unknown_booking", "quota", "stretch_full", "between_stretches", "too_late",
    )
)  # fmt: skip
"""Reasons nobody may be given who comes in time with an appointment that is theirs."""


OF_DIARY: Final[tuple[type[Event], ...]] = (*FOLDS, DayBegan)
"""What changes the diary."""


@dataclass
class Kept:
    """An appointment by this account."""

    client: str
    service: str
    slot: datetime
    missed_at: datetime
    status: str = "open"
    late: bool = False


class Account:
    """Appointments as they should be."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._table = rules.hall.appointments
        self.kept: dict[str, Kept] = {}
        self._open: dict[str, Kept] = {}
        self._codes: dict[str, str] = {}
        self._places: Counter[tuple[str, datetime]] = Counter()
        self.penalties = Penalties(self._table.penalties, self._table.misses_kept_days)

    def after(self, state: State, event: Event) -> None:
        """`event` has been folded."""
        behind = len(self.penalties.expected) - len(self.penalties.told)
        if behind and not isinstance(event, b.ClientBanned):
            raise Broken(PUNISHED, f"{self.penalties.expected[-1]} was not told")
        self._take(event)
        self.penalties.see(event)
        if isinstance(event, b.ClientBanned):
            told, expected = self.penalties.told, self.penalties.expected
            hold(told == expected, PUNISHED, f"{told[-1:]}, not {expected[-1:]}")
        if isinstance(event, b.BookingMade | b.BookingCancelled | b.CheckedIn | b.BookingMissed):
            self._entry_agrees(state, event.booking)

    def asked(self, command: c.Command, refusal: Refusal | None) -> None:
        """`command` was answered, and all that came of it has been seen."""
        for name, kept in self._open.items():
            hold(command.at < kept.missed_at, MISSED, f"{name} is open still")
        if refusal is None:
            return
        if isinstance(command, ask.Book) and refusal.reason == "slot_full":
            taken = self._places[command.service, command.slot]
            hold(taken >= self._table.places(command.service), FREE, f"{command.slot:%H:%M} has {taken}")
        if isinstance(command, ask.CheckIn) and self._is_right(command):
            hold(refusal.reason not in NEVER_SAID, NUMBER, f"{command.code}: {refusal.reason}")

    def agrees(self, state: State) -> None:
        """The whole diary, entry by entry."""
        diary = state.diary
        for name in diary.bookings:
            self._entry_agrees(state, name)
        due = [name for _, name in diary.due]
        hold(sorted(due) == sorted(self._open), AGREES, "what is due is not what is open")
        hold(diary.due == sorted(diary.due), AGREES, "what is due is not in order")
        files = [name for client in diary.clients.values() for name in client.open]
        hold(sorted(files) == sorted(self._open), AGREES, "a file's open ones")
        hold(diary.known.traces.keys() <= diary.bookings.keys(), AGREES, "traces of what is over")

    def _take(self, event: Event) -> None:
        match event:
            case b.BookingMade():
                self._made(event)
            case b.BookingCancelled():
                kept = self._close(event.booking, "cancelled", AGREES)
                self._places[kept.service, kept.slot] -= 1
            case b.CheckedIn():
                self._came(event)
            case b.BookingMissed():
                kept = self._close(event.booking, "missed", MISSED)
                hold(kept.missed_at <= event.at, MISSED, f"{event.booking} at {event.at:%H:%M}")
            case TicketTaken(appointment=str(booking)) if booking in self.kept:
                hold(
                    event.booked != self.kept[booking].late,
                    IN_TIME,
                    f"{event.number} in the wrong line",
                )
            case _:
                pass

    def _made(self, event: b.BookingMade) -> None:
        table, service, day = self._table, event.service, event.slot.date()
        known = event.booking not in self.kept
        hold(known, AGREES, f"{event.booking} twice")
        hold(event.slot > event.at, SLOTS, f"{event.slot:%H:%M} has begun")
        begins = [slot.begins for slot in slots_on(self._rules, service, day, event.at.tzinfo)]
        hold(event.slot in begins, SLOTS, f"{event.slot:%H:%M} is none of {service}")
        hold(not self.penalties.is_banned(event.client, event.at), BANNED, event.client)
        kept = Kept(event.client, service, event.slot, event.missed_at)
        self.kept[event.booking] = self._open[event.booking] = kept
        if event.code is not None:
            self._codes[event.code] = event.booking
        self._places[service, event.slot] += 1
        hold(
            self._places[service, event.slot] <= table.places(service), SLOTS, f"{service} {event.slot:%H:%M}"
        )
        if event.known_by != "code":
            self._within_caps(event.client, day)

    def _within_caps(self, client: str, day: date) -> None:
        table = self._table
        theirs = [kept for kept in self.kept.values() if kept.client == client and kept.status != "cancelled"]
        days = [kept.slot.date() for kept in theirs]
        still_open = [kept for kept in theirs if kept.status == "open" and kept.slot.date() == day]
        hold(len(still_open) <= table.per_day, CAPS, f"{client}: {len(still_open)} on a day")
        week = sum(other.isocalendar()[:2] == day.isocalendar()[:2] for other in days)
        hold(week <= table.per_week, CAPS, f"{client}: {week} in a week")
        month = sum((other.year, other.month) == (day.year, day.month) for other in days)
        hold(month <= table.per_month, CAPS, f"{client}: {month} in a month")

    def _came(self, event: b.CheckedIn) -> None:
        kept, table = self._close(event.booking, "late" if event.late else "arrived", IN_TIME), self._table
        kept.late = event.late
        opens = kept.slot - timedelta(minutes=table.early_minutes)
        hold(opens <= event.at < kept.missed_at, IN_TIME, f"{event.booking} at {event.at:%d %H:%M}")
        late = event.at > kept.slot + timedelta(minutes=table.on_time_minutes)
        hold(late == event.late, IN_TIME, f"{event.booking} is{'' if late else ' not'} late")
        hold(not late or table.late != "refused", IN_TIME, f"{event.booking} is too late")

    def _is_right(self, command: ask.CheckIn) -> bool:
        """Whether somebody comes with the code of an open appointment, and in time."""
        kept = self.kept.get(self._codes.get(command.code or "", ""))
        if kept is None or kept.status != "open" or command.at.date() != kept.slot.date():
            return False
        opens = kept.slot - timedelta(minutes=self._table.early_minutes)
        return opens <= command.at <= kept.slot + timedelta(minutes=self._table.on_time_minutes)

    def _close(self, booking: str, status: str, invariant: str) -> Kept:
        kept = self._open.pop(booking, None)
        if kept is None:
            raise Broken(invariant, f"{booking} is not open")
        kept.status = status
        return kept

    def _entry_agrees(self, state: State, name: str) -> None:
        kept, entry = self.kept[name], state.diary.bookings[name]
        hold(entry.status == kept.status, AGREES, f"{name} is {entry.status}, not {kept.status}")
        booked = state.diary.tally(kept.service, kept.slot).booked
        taken = self._places[kept.service, kept.slot]
        hold(booked == taken, AGREES, f"{kept.slot:%H:%M} has {booked}, not {taken}")
