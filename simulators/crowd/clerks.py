"""Clerks of a simulated day: they call, wait, serve, pass on, finish, with the keys of their pad."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from broker.clock import Clock
from broker.messages.hall import CounterState, NoShow, Recall, Resume, Start, Transfer
from simulators.crowd.hands import Hands
from simulators.crowd.plan import Visitor

IDLE_LOOK_S = 4.0
"""How often an idle clerk looks at the screen, hall seconds."""
PATIENCE_S = 45.0
"""How long a clerk waits for a called number before recalling it, hall seconds."""
RATING_AFTER_S = (2.0, 9.0)
"""How long a visitor takes to find the pad, real seconds: the window is real time too."""


class Clerk:
    """The person behind one counter."""

    def __init__(
        self,
        counter: str,
        call_pad: str | None,
        rating_pad: str | None,
        hands: Hands,
        clock: Clock,
        chance: random.Random,
        visitor_of: Callable[[str], Visitor | None],
    ) -> None:
        self.counter = counter
        self.leaves_for = 0.0
        """Minutes for which nobody will be here, once the one in hand is served."""
        self.state: CounterState | None = None
        """What the counter's screen shows."""
        self._call_pad = call_pad
        self._rating_pad = rating_pad
        self._hands = hands
        self._clock = clock
        self._chance = chance
        self._visitor_of = visitor_of
        self._later: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self._rest(IDLE_LOOK_S * self._chance.uniform(0.7, 1.3))
                state = self.state
                if state is None or state.status in ("closed", "paused"):
                    continue
                if self.leaves_for and state.ticket is None:
                    minutes, self.leaves_for = self.leaves_for, 0.0
                    await self._rest(60 * minutes)
                    continue
                if state.ticket is not None:
                    await self._attend(state.ticket)
                elif state.waiting:
                    await self._press("next")
        finally:
            for task in self._later:
                task.cancel()

    async def _attend(self, ticket: str) -> None:
        visitor = self._visitor_of(ticket)
        if visitor is not None and visitor.misses_call:
            await self._wait_in_vain(ticket, visitor)
            return
        await self._rest(visitor.way_s if visitor else 20)
        await self._hands.ask_controller(Start, f"counter/{self.counter}", counter=self.counter)
        if visitor is not None and visitor.transferred_to is not None:
            await self._rest(60)
            await self._hands.ask_controller(
                Transfer, f"counter/{self.counter}", counter=self.counter, to=visitor.transferred_to
            )
            return
        await self._rest(60 * (visitor.minutes if visitor else 5))
        if self._holds(ticket):
            await self._press("finish")
            self._soon(self._rate(visitor))

    async def _wait_in_vain(self, ticket: str, visitor: Visitor) -> None:
        await self._rest(PATIENCE_S)
        if self._holds(ticket):
            await self._hands.ask_controller(Recall, f"counter/{self.counter}", counter=self.counter)
        await self._rest(PATIENCE_S)
        if self._holds(ticket):
            await self._hands.ask_controller(NoShow, f"counter/{self.counter}", counter=self.counter)
            if visitor.returns:
                self._soon(self._come_back(ticket))

    async def _come_back(self, ticket: str) -> None:
        await self._rest(60 * self._chance.uniform(3, 15))
        await self._hands.ask_controller(Resume, f"counter/{self.counter}", ticket=ticket)

    async def _rate(self, visitor: Visitor | None) -> None:
        if visitor is None or visitor.grade is None or self._rating_pad is None:
            return
        await asyncio.sleep(self._chance.uniform(*RATING_AFTER_S) / max(1.0, self._clock.speed / 4))
        await self._hands.switch(self._rating_pad, "key", str(visitor.grade))

    def _holds(self, ticket: str) -> bool:
        return self.state is not None and self.state.ticket == ticket

    async def _press(self, key: str) -> None:
        if self._call_pad is not None:
            await self._hands.switch(self._call_pad, "key", key)

    async def _rest(self, hall_s: float) -> None:
        await asyncio.sleep(self._hands.real_wait(self._clock.now() + timedelta(seconds=hall_s)))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)
