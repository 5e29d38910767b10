"""What must not be lost on its way: stored first, then resent until the controller acknowledges it."""

import logging
from pathlib import Path
from typing import Final

from broker.client import Bus
from broker.messages.envelope import Event
from broker.topics import Topic

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 2.0
LAST_WAIT_S: Final = 60.0
"""docs/bus.md: resent after 2 s, 4 s, … 60 s, real seconds."""


class Outbox:
    """Events of one room on their way to the controller."""

    def __init__(self, bus: Bus, database: Path) -> None:
        raise NotImplementedError

    def put(self, topic: Topic, event: Event) -> None:
        """Store `event` (marked `keep`) durably, then send it; returns once it is stored."""
        raise NotImplementedError

    async def run(self) -> None:
        """Resend what is due until cancelled."""
        raise NotImplementedError
