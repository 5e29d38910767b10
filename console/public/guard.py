"""Guessing addresses leads nowhere: who asks for what is not there is soon answered slowly, then not at all.

An address that asked in vain too often is slowed for right and wrong guesses alike, or a quick answer would
tell them apart. Several phones may share an address, so a few mistakes cost nobody anything.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

FREE: Final = 20.0
"""Misses in a row that nobody minds."""
FORGIVEN_A_S: Final = 0.2
"""Misses forgiven each real second."""
SLOW_S: Final = 2.0
MOST_SLOWED: Final = 50
"""Answers held back at once; who comes on top of them is turned away."""
MOST_KNOWN: Final = 10_000
"""Addresses remembered; the one that has been quiet longest is forgotten first."""


class Guard:
    """Counts misses by address."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.slowed = 0
        """Answers being held back now."""
        self._monotonic = monotonic
        self._misses: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def admits(self, address: str) -> bool:
        """Whether to look at all; an address that guesses waits for it."""
        if self._standing(address) < FREE:
            return True
        if self.slowed >= MOST_SLOWED:
            return False
        self.slowed += 1
        try:
            await asyncio.sleep(SLOW_S)
        finally:
            self.slowed -= 1
        return True

    def missed(self, address: str) -> None:
        """It asked for something that is not there."""
        self._misses[address] = (min(self._standing(address) + 1, FREE * 2), self._monotonic())
        self._misses.move_to_end(address)
        if len(self._misses) > MOST_KNOWN:
            self._misses.popitem(last=False)

    def _standing(self, address: str) -> float:
        misses, at = self._misses.get(address, (0.0, 0.0))
        return max(0.0, misses - FORGIVEN_A_S * (self._monotonic() - at))
