"""Where orders wait: all that have gathered are settled together, then answered and told."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from hall.core.events import Event
from hall.shell.ledger import Ledger, Order

log = logging.getLogger(__name__)

MOST_WAITING: Final = 5000
"""Orders that may wait; a hall that asks faster than the disk writes is told to try again."""

BATCH: Final = 500
"""Orders settled in one transaction at most: beyond it the first would wait for the last."""


Tell = Callable[[list[Event]], None]
"""Tells the hall of events that are on the disk."""


class Intake:
    """Takes orders and settles them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._orders: deque[Order] = deque()
        self._some = asyncio.Event()

    def put(self, order: Order) -> bool:
        """Let an order wait; False when too many do."""
        if len(self._orders) >= MOST_WAITING:
            return False
        self._orders.append(order)
        self._some.set()
        return True

    async def run(self, tell: Tell) -> None:
        """Settle what waits, batch after batch, until cancelled."""
        while True:
            await self._some.wait()
            # what the wire holds by now joins the batch: one commit for all of it
            await asyncio.sleep(0)
            self.settle(tell)

    def settle(self, tell: Tell) -> None:
        """Settle a batch: nothing is told before it is on the disk, and everything is told after."""
        batch = [self._orders.popleft() for _ in range(min(BATCH, len(self._orders)))]
        if not self._orders:
            self._some.clear()
        settled = self._ledger.settle(batch)
        for order, reply in settled.replies:
            try:
                order.settled(reply)
            except Exception:
                log.exception("the answer to %s could not be given", order.id)
        tell(settled.events)
        self._ledger.tend()
