"""What leads to a person stands beside the chain, not in it: the chain stays, and this does not.

Which keys they are, and how long they are kept, the events themselves say (hall.core.happening, `OfVisit` and
`OfDay`; hall.core.booking_events, `OfBooking` and `OfClient`). An event in the chain has none of them; folded
up, it is given back those that are still kept.
"""

import logging
import sqlite3
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from hall.core.booking_events import BookingsForgotten, ClientForgotten
from hall.core.diary import Known
from hall.core.events import AnyEvent, DayBegan, Event, PeopleForgotten, ends_visit
from hall.core.state import State

log = logging.getLogger(__name__)

TABLE: Final = """
CREATE TABLE personal (
    seq INTEGER NOT NULL,
    key TEXT NOT NULL,
    kept TEXT NOT NULL,
    ticket TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (seq, key)
) WITHOUT ROWID;
CREATE INDEX personal_ticket ON personal (ticket);
"""

OWNERS: Final = {"visit": "ticket", "day": "ticket", "booking": "booking", "client": "client"}
"""How long it is kept → the key of its event that says whose it is: the table's column `ticket`."""

Said = dict[str, Any]
"""What an event said of a person, by key."""


def _kept(kind: type[Event]) -> dict[str, str]:
    """The keys of an event that lead to a person → how long they are kept."""
    return {
        name: note.extra["kept"]
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if get_origin(hint) is Annotated
        for note in get_args(hint)[1:]
        if isinstance(note, msgspec.Meta) and note.extra and "kept" in note.extra
    }


KEPT: Final[dict[type[Event], dict[str, str]]] = {
    kind: kept for kind in get_args(AnyEvent) if (kept := _kept(kind))
}


def without(event: Event) -> tuple[Event, Said]:
    """The event as it goes into the chain, and what was taken out of it."""
    kept = KEPT.get(type(event))
    if kept is None:
        return event, {}
    said = {key: value for key in kept if (value := getattr(event, key)) is not None}
    return replace(event, **dict.fromkeys(said)), said


def given_back(event: AnyEvent, said: Said | None) -> AnyEvent:
    """The event with what is still kept of it."""
    kept = KEPT.get(type(event))
    if not said or kept is None:
        return event
    return replace(event, **{key: value for key, value in said.items() if key in kept})


_FORGET_BOOKING: Final = "DELETE FROM personal WHERE ticket = ? AND kept = 'booking'"
_FORGET_CODES: Final = """DELETE FROM inbox WHERE instr(reply, CAST('"code":"' AS BLOB))"""
"""Answers that told somebody their code: asked again, the command itself has long expired."""
_FORGET_CLIENT: Final = "DELETE FROM personal WHERE ticket = ? AND kept = 'client'"


def without_people(state: State) -> State:
    """The state as it may be kept for long: `People.recall` puts back what stands in the table then."""
    tickets = {
        name: replace(ticket, person=None, name_masked=None, appointment=None)
        if ticket.person or ticket.name_masked or ticket.appointment
        else ticket
        for name, ticket in state.tickets.items()
    }
    nobody = replace(state.diary, known=Known())
    return replace(state, tickets=tickets, of_person={}, appointments={}, diary=nobody)


class People:
    """The table beside the chain. It changes within the transaction of the events it belongs to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, seq: int, event: Event, said: Said) -> None:
        """Keep what the event with the place `seq` said of a person."""
        if said:
            kept = KEPT[type(event)]
            self._connection.executemany(
                "INSERT INTO personal (seq, key, kept, ticket, value) VALUES (?, ?, ?, ?, ?)",
                [
                    (seq, key, kept[key], getattr(event, OWNERS[kept[key]], ""), value)
                    for key, value in said.items()
                ],
            )

    def forget(self, seq: int, event: Event) -> bool:
        """Erase what need not be kept after the event with the place `seq`; says whether anything was."""
        if isinstance(event, DayBegan | PeopleForgotten):
            erased = self._connection.execute(
                "DELETE FROM personal WHERE seq < ? AND kept IN ('visit', 'day')", (seq,)
            )
        elif ends_visit(event):
            ticket = getattr(event, "ticket", "")
            erased = self._connection.execute(
                "DELETE FROM personal WHERE ticket = ? AND kept = 'visit'", (ticket,)
            )
        elif isinstance(event, BookingsForgotten):
            owners = [(booking,) for booking in event.bookings]
            erased = self._connection.executemany(_FORGET_BOOKING, owners)
            self._connection.execute(_FORGET_CODES)
        elif isinstance(event, ClientForgotten):
            erased = self._connection.execute(_FORGET_CLIENT, (event.client,))
        else:
            return False
        return erased.rowcount > 0

    def recall(self, last: int, state: State) -> None:
        """Put what is kept of people, up to the place `last`, into a state that lacks it."""
        self._recall_visitors(last, state)
        self._recall_booked(last, state.diary.known)

    def _recall_visitors(self, last: int, state: State) -> None:
        rows = self._connection.execute(
            "SELECT ticket, key, value FROM personal WHERE seq <= ? AND kept IN ('visit', 'day')"
            " ORDER BY seq",
            (last,),
        )
        for owner, key, value in rows:
            if (ticket := state.tickets.get(owner)) is None:
                continue
            if key == "person":
                ticket.person = value
                state.of_person.setdefault(value, []).append(owner)
            elif key == "appointment":
                ticket.appointment = value
                state.appointments[value] = owner
            elif key == "name_masked":
                ticket.name_masked = value

    def _recall_booked(self, last: int, known: Known) -> None:
        rows = self._connection.execute(
            "SELECT ticket, key, value FROM personal WHERE seq <= ? AND kept IN ('booking', 'client')"
            " ORDER BY seq",
            (last,),
        )
        traces: dict[str, Said] = {}
        for owner, key, value in rows:
            if key == "pseudonym":
                known.learn_client(owner, value)
            else:
                traces.setdefault(owner, {})[key] = value
        for booking, said in traces.items():
            known.learn_booking(booking, said.get("code"), said.get("person"))

    def forget_after(self, last: int) -> None:
        """Erase what belongs to events that are no more."""
        self._connection.execute("DELETE FROM personal WHERE seq > ?", (last,))

    def anybody(self) -> bool:
        """Whether anything is kept of the day's visitors."""
        kept = "SELECT 1 FROM personal WHERE kept IN ('visit', 'day') LIMIT 1"
        return self._connection.execute(kept).fetchone() is not None

    def known(self) -> dict[int, Said]:
        """What is still kept, by the place of its event."""
        known: dict[int, Said] = {}
        try:
            for seq, key, value in self._connection.execute("SELECT seq, key, value FROM personal"):
                known.setdefault(seq, {})[key] = value
        except sqlite3.Error as error:
            log.error("what is kept of people can't be read (%s): a second number may be given today", error)
        return known
