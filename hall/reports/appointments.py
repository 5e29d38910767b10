"""What came of a day's appointments."""

import msgspec

from hall.core import booking_events as b
from hall.core.happening import Event


class Bookings(msgspec.Struct, kw_only=True):
    """Counts of one day."""

    made: int = 0
    """Made on this day, for whatever day."""
    cancelled: int = 0
    """Given back on this day."""
    on_time: int = 0
    late: int = 0
    missed: int = 0

    @property
    def due(self) -> int:
        """Appointments of which it is known whether their owner came: what the others are a part of."""
        return self.on_time + self.late + self.missed

    def count(self, event: Event) -> None:
        """Take in what happened next."""
        match event:
            case b.BookingMade():
                self.made += 1
            case b.BookingCancelled():
                self.cancelled += 1
            case b.CheckedIn(late=True):
                self.late += 1
            case b.CheckedIn():
                self.on_time += 1
            case b.BookingMissed():
                self.missed += 1
