"""A small hall where one can book."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core.diary import Ban, Booking
from hall.core.state import Ticket
from tests.hall.kit import FRIDAY, Hall


class Booked(Hall):
    """The hall, its slots, and those who book them."""

    def __init__(self, time: str = "09:00", **tables: dict[str, Any]) -> None:
        super().__init__(time, speed=1.0, **tables)
        self._numbers = count(1)

    def slot(self, time: str, day: int = 0) -> datetime:
        hour, minute = map(int, time.split(":"))
        return FRIDAY + timedelta(days=day, hours=hour, minutes=minute)

    def _keys(self, time: str, day: int, keys: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        ids = {"booking": f"b{number}", "code": f"CODE{number}", "client": f"c{number}"}
        return {"service": "a", "slot": self.slot(time, day), **ids, **keys}

    def book(self, time: str, day: int = 0, **keys: Any) -> Booking:
        """A place at a slot, `day` days after the Friday."""
        (made,) = self.done(ask.Book, **self._keys(time, day, keys))
        assert isinstance(made, b.BookingMade)
        return self.state.diary.bookings[made.booking]

    def no_place(self, time: str, day: int = 0, **keys: Any) -> str:
        """Why there is none."""
        return self.refused(ask.Book, **self._keys(time, day, keys)).reason

    def check_in(self, **keys: Any) -> Ticket:
        ticket = f"in{next(self._numbers)}"
        self.done(ask.CheckIn, ticket=ticket, **keys)
        return self.state.tickets[ticket]

    def turned_away(self, **keys: Any) -> str:
        return self.refused(ask.CheckIn, ticket="away", **keys).reason

    def ban_of(self, client: str) -> Ban | None:
        return self.state.diary.clients[client].ban

    def miss(self, time: str, day: int, pseudonym: str) -> Booking:
        """Book for a day and let it pass."""
        booking = self.book(time, day, pseudonym=pseudonym)
        self.at("08:00", day).at("18:00", day)
        assert booking.status == "missed"
        return booking
