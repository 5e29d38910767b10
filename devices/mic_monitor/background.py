"""How loud it usually is at one counter: what a quarrel is measured against."""

from bisect import bisect_left, insort
from collections import deque
from typing import Final

EXCEEDED: Final = 0.90
"""The level exceeded nine tenths of the time (L90): talk and calls pass above it, ventilation stays."""

REMEMBERED_S: Final = 300
"""Five minutes: slow enough that a quarrel hardly moves it, quick enough to follow a hall that fills."""


class Background:
    """The L90 of the last `REMEMBERED_S` one-second levels.

    It starts quickly: the first second stands for itself, and every further one counts at once. So right
    after the start it is as loud as what was heard, and never quieter than the quietest second.
    """

    def __init__(self, remembered_s: int = REMEMBERED_S) -> None:
        self._remembered_s = remembered_s
        self._recent: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, laeq_1s: float) -> float:
        """Take in one second's level and return the background, both in dB."""
        if len(self._recent) == self._remembered_s:
            del self._sorted[bisect_left(self._sorted, self._recent.popleft())]
        self._recent.append(laeq_1s)
        insort(self._sorted, laeq_1s)
        return self._sorted[int((1.0 - EXCEEDED) * (len(self._sorted) - 1))]
