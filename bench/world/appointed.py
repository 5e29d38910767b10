"""A day on which people book beforehand, and most of them come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bench.world.day import Day, classes
from hall.core import Engine, Outcome
from hall.core import booking_commands as ask
from hall.core import commands as c
from simulators.crowd.plan import Visitor


class AppointedDay(Day):
    """Who plans to come with an appointment books it when the day begins, as long as there are places."""

    def __init__(self, engine: Engine, visitors: Sequence[Visitor], *rest: Any) -> None:
        super().__init__(engine, visitors, *rest)
        self.booking_of: dict[Visitor, str] = {}
        self._planned = [visitor for visitor in visitors if visitor.slot is not None]

    def live(self, begins: datetime, ends: datetime) -> None:
        self.at(begins, self._book_all)
        super().live(begins, ends)

    def take(self, visitor: Visitor, ticket: str) -> Outcome:
        booking = self.booking_of.get(visitor)
        if booking is None:
            return self.do(c.TakeTicket, ticket=ticket, service=visitor.service, priority=classes(visitor))
        return self.do(ask.CheckIn, booking=booking, ticket=ticket, priority=classes(visitor))

    def _book_all(self) -> None:
        for number, visitor in enumerate(self._planned):
            ids = {"booking": f"b{number}", "code": f"CODE{number}", "client": f"c{number}"}
            made = self.do(ask.Book, **ids, service=visitor.service, slot=visitor.slot)
            if made.refusal is None:
                self.booking_of[visitor] = ids["booking"]

    def _arrive(self, visitor: Visitor) -> None:
        if not (visitor.stays_away and visitor in self.booking_of):
            super()._arrive(visitor)
