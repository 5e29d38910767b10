"""How loud it was for how much of the time: the levels exceeded 10, 50 and 90 % of it (protocols.md 5.2)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

REMEMBERED_S: Final = 300
"""Five minutes: slow enough that a quarrel hardly moves L90, quick enough to follow a hall that fills."""


class Exceeded(NamedTuple):
    """Levels in dB; l10 ≥ l50 ≥ l90."""

    l10: float
    l50: float
    l90: float


class Exceedance:
    """The statistics of the last `REMEMBERED_S` seconds, of which each brings `a_second` levels."""

    def __init__(self, a_second: int, remembered_s: int = REMEMBERED_S) -> None:
        self._recent = np.empty(a_second * remembered_s, dtype=np.float32)
        self._a_second = a_second
        self._next = 0
        self._filled = 0

    @property
    def seconds(self) -> float:
        """How long has been heard, `remembered_s` at the most."""
        return self._filled / self._a_second

    def add(self, levels: Sequence[float]) -> Exceeded:
        """Take in the levels of one more second."""
        for level in levels:
            self._recent[self._next] = level
            self._next = (self._next + 1) % len(self._recent)
        self._filled = min(len(self._recent), self._filled + len(levels))
        places = [int((1.0 - share) * (self._filled - 1)) for share in (0.10, 0.50, 0.90)]
        ordered = np.partition(self._recent[: self._filled], places)
        return Exceeded(*(float(ordered[place]) for place in places))
