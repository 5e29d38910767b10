"""Bytes to samples, and whether those samples can be the sound of a room at all."""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

FULL_SCALE: Final = 32768.0

DEAD_AFTER_S: Final = 3.0
"""A room is never digitally silent; a pickup that was muted, or whose cable broke, is."""

CLIPPED_SHARE: Final = 0.005
"""Of the samples of a block at either end of the scale: more means that the tops of the waves are missing."""

CLIPPED_FOR_S: Final = 10.0
"""How long the cause stays after the last clipped block, so that it can be read."""

Condition = Literal["sound", "dead", "clipped"]


def samples_of(data: bytes) -> NDArray[np.int16]:
    """The whole samples in `data`.

    Whoever writes sound writes whole samples, so half a one at the end is garbage and is left out: after an
    odd number of stray bytes the next read is in step again.
    """
    return np.frombuffer(data[: len(data) & ~1], dtype="<i2")


class Watch:
    """Looks at every block of one stream at `rate` samples a second."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._silent = 0
        self._since_clipped: int | None = None

    def look(self, samples: NDArray[np.int16]) -> None:
        """Take note of one block."""
        if not len(samples):
            return
        self._silent = 0 if samples.any() else self._silent + len(samples)
        at_the_ends = np.count_nonzero((samples == 32767) | (samples == -32768))
        if at_the_ends > CLIPPED_SHARE * len(samples):
            self._since_clipped = 0
        elif self._since_clipped is not None:
            self._since_clipped += len(samples)

    @property
    def measures(self) -> bool:
        """Whether the last second held any signal: without, there is no level to tell."""
        return self._silent < self._rate

    @property
    def condition(self) -> Condition:
        if self._silent >= DEAD_AFTER_S * self._rate:
            return "dead"
        if self._since_clipped is not None and self._since_clipped < CLIPPED_FOR_S * self._rate:
            return "clipped"
        return "sound"
