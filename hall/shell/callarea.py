"""What stands in the area `call` of each board: everybody who is called is seen, and nobody who is gone.

Pure: calls and real seconds in, what is to be shown out. A free board shows a call at once; called while
another has stood for less than its time, it waits for its turn. What is over gives way.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

MOST_WAITING: Final = 100
"""Calls that may wait for a board; before it forgets one it has long been over."""


class Call(NamedTuple):
    """A number called to a counter; of two calls the later one is the greater."""

    at: datetime
    number: str
    counter: str
    ticket: str
    purpose: str = ""
    """What it is for, where that is one step of several (缴费)."""


InHand = Callable[[Call], bool]
"""Whether the one called is still called or served at that counter."""


@dataclass
class CallArea:
    """One board's area for calls."""

    show_s: float
    """How long a call stands at least while it is not over, real seconds."""
    on: Call | None = None
    """The one that stands there."""
    _since: float = 0.0
    _waiting: deque[Call] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))

    @property
    def is_empty(self) -> bool:
        """Whether nobody is called, or about to be shown."""
        return self.on is None and not self._waiting

    def stood_s(self, now: float) -> float:
        """For how long the one that stands there has, real seconds."""
        return now - self._since

    def add(self, call: Call) -> None:
        """Somebody is called: once, however often it is told."""
        if call != self.on and call not in self._waiting:
            self._waiting.append(call)

    def turn(self, now: float, in_hand: InHand, others: Iterable[Call]) -> bool:
        """Let the next take the place when it is due; says whether another, or nobody, stands there now.

        When none waits, the newest of `others`, who are still in hand, takes the place of one who is gone.
        """
        over = self.on is not None and not in_hand(self.on)
        stood = self.on is None or now - self._since >= self.show_s
        if not (over or stood):
            return False
        while self._waiting:
            call = self._waiting.popleft()
            if in_hand(call):
                return self._put(call, now)
        return over and stood and self.take_over(others, now)

    def take_over(self, others: Iterable[Call], now: float) -> bool:
        """The newest of those in hand stands there; seen before, it gives way to the next call at once."""
        return self._put(max(others, default=None), now - self.show_s)

    def _put(self, call: Call | None, since: float) -> bool:
        changed = call != self.on
        self.on, self._since = call, since
        return changed
