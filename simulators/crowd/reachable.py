"""Some simulated visitors leave a number to be told by: no real one, and only to a simulated gateway."""

import asyncio
import logging
import random
from typing import Final

from broker.messages.reminders import Remind
from hallfile.notes import REACH, Note, Notes, NotesUnavailable
from hallfile.premises import Premises
from simulators.crowd.hands import Hands

log = logging.getLogger(__name__)

NOBODYS: Final = "555-0100-{:04d}"
"""Numbers that are nobody's."""


class Reachable:
    """Decides who leaves a number, and leaves it as a ticket's page does."""

    def __init__(self, premises: Premises, hands: Hands) -> None:
        hall = premises.hall
        self._clock = premises.clock
        self._notes = Notes(premises.data, REACH)
        self._hands = hands
        # of its own, so that the day's other people are the same with and without a gateway
        self._chance = random.Random(f"{hall.simulation.seed}/reminded")
        # a message goes to every gateway, and none of these may come to a city's real service
        only_simulated = all(gateway.simulated for gateway in hall.gateways.values())
        texting = any(gateway.kind == "sms" for gateway in hall.gateways.values())
        self._share = hall.simulation.reminded if texting and only_simulated else 0.0

    async def ask_for(self, ticket: str) -> None:
        """Perhaps the owner of `ticket` wants to be told when their turn is near."""
        if self._chance.random() >= self._share:
            return
        note = Note(phone=NOBODYS.format(self._chance.randrange(10_000)))
        try:
            await asyncio.to_thread(self._notes.keep, ticket, note, self._clock.now())
        except NotesUnavailable as error:
            log.warning("a simulated visitor can't leave a number: %s", error)
            return
        await self._hands.ask_controller(Remind, "console/ticket", ticket=ticket)
