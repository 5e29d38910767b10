"""Those of a simulated day who book before they come: each has a code and a card, as in a real hall."""

import asyncio
import random
from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec import UNSET

from broker.messages.bookings import Book, CheckIn
from broker.messages.envelope import Reply
from simulators.crowd.hands import Hands
from simulators.crowd.plan import Visitor

BY = "kiosk/phone"
"""They book with the city's app; what it asks comes to the hall as a kiosk's asking does."""

AGAIN_S = 1.0
"""Whom nobody answers tries again after so long, real seconds."""


class _Booking(NamedTuple):
    code: str
    person: str


class Appointments:
    """The bookings of the day's visitors."""

    def __init__(self, hands: Hands, chance: random.Random) -> None:
        self._hands = hands
        self._chance = chance
        self._of: dict[Visitor, _Booking] = {}

    async def book(self, visitors: Iterable[Visitor]) -> None:
        """Book for all who want to; who gets no place will come all the same, and take a number."""
        self._of.clear()
        for visitor in visitors:
            if visitor.slot is None:
                continue
            person = f"{self._chance.getrandbits(128):032x}"
            keys = {"service": visitor.service, "slot": visitor.slot, "person": person}
            reply = await self._answered(keys)
            if reply.ok and isinstance(reply.details, dict):
                self._of[visitor] = _Booking(str(reply.details["code"]), person)

    async def _answered(self, keys: dict[str, Any]) -> Reply:
        while True:
            reply = await self._hands.ask_controller(Book, BY, **keys)
            if reply is not None:
                return reply
            await asyncio.sleep(AGAIN_S)

    def is_missed_by(self, visitor: Visitor) -> bool:
        """Whether somebody with a booking stays away."""
        return visitor.stays_away and visitor in self._of

    async def check_in(self, visitor: Visitor, kiosk: str) -> Reply | None:
        """What the kiosk answers to the code; None for one who has none, or is turned away."""
        booking = self._of.get(visitor)
        if booking is None:
            return None
        reply = await self._hands.ask_controller(
            CheckIn,
            f"kiosk/{kiosk}",
            code=booking.code,
            person=booking.person,
            kiosk=kiosk,
            priority=[visitor.priority] if visitor.priority else UNSET,
        )
        return reply if reply is not None and reply.ok else None
