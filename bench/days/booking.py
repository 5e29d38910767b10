"""People who book: they come too early, on time, late, twice or never, give their place back, and plead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from bench.world.day import Day, classes
from hall.core import Engine, Outcome
from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core import commands as c
from hall.core import events as e
from hall.core.issuing import OVERRIDDEN
from simulators.crowd.plan import Visitor

KNOWN: Final = 8
"""So few people book that caps and penalties meet them again."""
ASKERS: Final = ("app/city", "kiosk/k1", "console/front")
STAFF: Final = "console/front"
AHEAD_H: Final = ((0.1, 3.0), (0.1, 30.0))
"""How long before its slot a place is booked: today, or any day; not before the first day began."""
GIVEN_BACK: Final = 0.15
TAKEN_AT_ONCE: Final = 0.7
"""Share of the places given back that somebody else has waited for."""
TWICE: Final = 0.15
NUMBER_FIRST: Final = 0.1
"""Share of those who take a number like everybody, and then remember their appointment."""
OVERRIDES: Final = 0.3
COMES_AGAIN_S: Final = 900.0


@dataclass(frozen=True)
class Paper:
    """What somebody has of their appointment."""

    booking: str
    code: str
    person: str


class BookingDay(Day):
    """A day with appointments. Whoever cannot have one, or cannot use it, takes a number like everybody."""

    def __init__(self, engine: Engine, visitors: Sequence[Visitor], *, begins: datetime, **rest: Any) -> None:
        super().__init__(engine, visitors, **rest)
        self._papers: dict[Visitor, Paper] = {}
        self._who: dict[Visitor, int] = {}
        self._codes = count(1)
        for visitor in visitors:
            if visitor.slot is not None:
                booked = visitor.slot - timedelta(hours=self.between(self.chance.choice(AHEAD_H)))
                self.at(max(begins, booked), self._book, visitor, visitor.slot)

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        paper = self._papers.get(visitor)
        if paper is None:
            return self._walk_in(visitor, ticket, self._anybody())
        if self.chance.random() < NUMBER_FIRST:
            first = f"first-{ticket}"
            self.visitor_of[first] = visitor
            self._walk_in(visitor, first, paper.person)
        outcome = self.do(
            ask.CheckIn, ticket=ticket, kiosk=self._kiosk(), priority=classes(visitor), **self._shown(paper)
        )
        if outcome.refusal is None:
            if self.chance.random() < TWICE:
                self.soon(self.between((1, 1800)), self._check_in_again, visitor, f"again-{ticket}")
        elif outcome.refusal.reason == "too_early" and self._is_near(visitor):
            self.soon(COMES_AGAIN_S, self._arrive, visitor)
        elif outcome.refusal.reason == "booking_missed" and visitor.slot is not None:
            later = timedelta(minutes=self.engine.rules.hall.appointments.slot_minutes)
            self.soon(60, self._book, visitor, visitor.slot + 4 * later)
        else:
            return self._walk_in(visitor, ticket, paper.person)
        return outcome

    def _arrive(self, visitor: Visitor) -> None:
        if not (visitor.stays_away and visitor in self._papers):
            super()._arrive(visitor)

    def _see(self, event: e.Event) -> None:
        super()._see(event)
        if isinstance(event, b.BookingCancelled) and self.chance.random() < TAKEN_AT_ONCE:
            given_back = self.engine.state.diary.bookings[event.booking]
            self.soon(1, self._take_place, given_back.service, given_back.slot)

    def _walk_in(self, visitor: Visitor, ticket: str, person: str | None) -> Outcome:
        asked: dict[str, Any] = {
            "ticket": ticket,
            "service": visitor.service,
            "person": person,
            "kiosk": self._kiosk(),
            "priority": classes(visitor),
        }
        outcome = self.do(c.TakeTicket, **asked)
        no = outcome.refusal
        if no is not None and no.reason in OVERRIDDEN and self.chance.random() < OVERRIDES:
            return self.do(c.TakeTicket, **asked, override=True, by=STAFF, why="远道而来")
        return outcome

    def _book(self, visitor: Visitor, slot: datetime) -> None:
        who, number = self._who.setdefault(visitor, self.chance.randrange(KNOWN)), next(self._codes)
        paper = Paper(f"b{number}", f"CODE{number}", f"p{who}")
        outcome = self.do(
            ask.Book,
            by=self.chance.choice(ASKERS),
            booking=paper.booking,
            code=paper.code,
            client=f"f{number}",
            service=visitor.service,
            slot=slot,
            person_then=paper.person if self.chance.random() < 0.7 else None,
            pseudonym=f"who-{who}" if self.chance.random() < 0.7 else None,
        )
        if outcome.refusal is None:
            self._papers[visitor] = paper
            if self.chance.random() < GIVEN_BACK:
                self.soon(self.between((60, 10_000)), self._give_back, visitor, paper)
        elif outcome.refusal.reason in ("banned", "blacklisted", "banned_until_released"):
            self.soon(self.between((60, 3600)), self._plead, visitor, slot, f"who-{who}")

    def _give_back(self, visitor: Visitor, paper: Paper) -> None:
        by = self.chance.choice(ASKERS)
        if self.do(ask.CancelBooking, by=by, code=paper.code).refusal is None:
            self._papers.pop(visitor, None)

    def _take_place(self, service: str, slot: datetime) -> None:
        """Somebody has waited for just this place; staff book it for them."""
        number = next(self._codes)
        ids = {"booking": f"b{number}", "code": f"CODE{number}", "client": f"f{number}"}
        self.do(ask.Book, by=STAFF, service=service, slot=slot, **ids)

    def _plead(self, visitor: Visitor, slot: datetime, pseudonym: str) -> None:
        """Who may not book says why they missed it; staff release some, and they book again."""
        client = self.engine.state.diary.known.pseudonyms.get(pseudonym)
        self.do(ask.Appeal, by=STAFF, client=client, why="航班延误")
        if self.chance.random() < 0.6:
            self.do(ask.ReleaseBan, by=STAFF, client=client, why="情况属实")
            self._book(visitor, slot)

    def _check_in_again(self, visitor: Visitor, ticket: str) -> None:
        """With the code; who has shown only their card may have come with another appointment of theirs."""
        self.visitor_of[ticket] = visitor
        self.do(ask.CheckIn, code=self._papers[visitor].code, ticket=ticket)

    def _shown(self, paper: Paper) -> dict[str, str]:
        """What is shown at the kiosk: mostly the QR code, or the card, or both."""
        ways = ({"code": paper.code}, {"code": paper.code, "person": paper.person}, {"person": paper.person})
        return self.chance.choice(ways)

    def _is_near(self, visitor: Visitor) -> bool:
        """Whether it is worth coming again today."""
        return visitor.slot is not None and self._moment() < visitor.slot + timedelta(hours=1)

    def _anybody(self) -> str | None:
        return f"p{self.chance.randrange(500)}" if self.chance.random() < 0.7 else None

    def _kiosk(self) -> str | None:
        return self.chance.choice([*self.engine.rules.hall.kiosks, None])
