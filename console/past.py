"""What the journal tells the pages: read in a thread, seldom, and missing where there is no journal."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from broker.clock import Clock
from console.picture import Picture, TicketSeen

if TYPE_CHECKING:
    from hall.reports.day import Day
    from hall.reports.pages import TicketToday

log = logging.getLogger(__name__)

FRESH_S: Final = 20.0
"""How old the day's figures may be before a page that shows them has them read again, real seconds."""

STALE_S: Final = 60.0
"""Figures so old (real seconds) are not shown to a page that has just been opened: it waits for new ones."""

ASKED_AGAIN_S: Final = 5.0
"""Tickets nobody knows are looked for in the journal no more often than this, real seconds."""


class Past:
    """The journal of one hall, as far as pages need it."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._data = data
        self._clock = clock
        self.as_of: datetime | None = None
        """Hall time at which the figures were read."""
        self._day: Day | None = None
        self._read_at = float("-inf")
        self._told_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    def day(self) -> "Day | None":
        """The newest day's figures as last read; asking for old ones has them read again."""
        idle = self._reading is None or self._reading.done()
        if idle and self._clock.monotonic() - self._read_at > FRESH_S:
            self._reading = asyncio.get_running_loop().create_task(self._read())
        return self._day

    @property
    def is_reading(self) -> bool:
        """Whether a page has to wait: what is known is old, or nothing, and is being read anew."""
        busy = self._reading is not None and not self._reading.done()
        return busy and self._clock.monotonic() - self._read_at > STALE_S

    async def tell_tickets(self, picture: Picture) -> None:
        """Put today's tickets into the picture: those the bus told before this console listened."""
        self._told_at = self._clock.monotonic()
        try:
            tickets = await asyncio.to_thread(_tickets, self._data)
        except Exception:
            log.exception("the journal's tickets can't be read; only those told on the bus are known")
            return
        for ticket, known in tickets.items():
            picture.learn_ticket(ticket, TicketSeen(known.number, known.standing, known.counter))

    async def look_for(self, ticket: str, picture: Picture) -> None:
        """Ask the journal for a ticket that the picture lacks; not at every knock."""
        if ticket not in picture.tickets and self._clock.monotonic() - self._told_at > ASKED_AGAIN_S:
            await self.tell_tickets(picture)

    async def close(self) -> None:
        """Give up what is being read."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        now = self._clock.now()
        try:
            self._day, self.as_of = await asyncio.to_thread(_day, self._data), now
        except Exception:
            log.exception("today's report can't be made; the page goes on without it")
        finally:
            self._read_at = self._clock.monotonic()


def _day(data: Path) -> "Day | None":
    # the controller's rooms are imported by whoever first looks at the past, not by every console
    from hall.reports.pages import newest_day

    return newest_day(data)


def _tickets(data: Path) -> dict[str, "TicketToday"]:
    from hall.reports.pages import tickets_today

    return tickets_today(data)
