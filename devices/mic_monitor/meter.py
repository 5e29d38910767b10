"""A sound level meter: samples in, the levels of each second out (IEC 61672-1, protocols.md 5.1, 5.2)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.mic_monitor.recursion import Floats, Kernel, Recursion
from devices.mic_monitor.weighting import a_weighting, fast

LONGEST_CHUNK: Final = 64
"""Samples filtered in one go; a longer chunk costs more products, a shorter one more rows."""

FLOOR_DB: Final = -120.0
"""The lowest level told, re full scale: the least step of 16 bits is above it."""


@dataclass(frozen=True)
class Second:
    """One second of sound: A-weighted levels in dB re a full-scale RMS (a full-scale sine is at −3 dB)."""

    laf: float
    """F-weighted, at the second's end."""
    laeq: float
    """Of the mean square over the second."""
    lafmax: float
    """The highest F-weighted level in the second."""


class Meter:
    """Levels of one stream at `rate` samples a second. A sample is gone when `feed` returns."""

    def __init__(self, rate: int) -> None:
        weighting, detector = _kernels(rate)
        self._weighting = Recursion(weighting)
        self._detector = Recursion(detector)
        self._chunk = weighting.chunk
        self._chunks_a_second = rate // self._chunk
        self._rest = np.empty(0)
        self._chunks = 0
        self._energy = 0.0
        self._highest = 0.0

    def feed(self, samples: NDArray[np.float64]) -> Iterator[Second]:
        """Take in samples (full scale is 1.0), any number, and yield the seconds they complete."""
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) // self._chunk * self._chunk
        self._rest = waiting[whole:].copy()
        square = self._weighting.feed(waiting[:whole].reshape(-1, self._chunk)) ** 2
        weighted = self._detector.feed(square)
        while len(square):
            take = min(len(square), self._chunks_a_second - self._chunks)
            yield from self._count(square[:take], weighted[:take])
            square, weighted = square[take:], weighted[take:]

    def _count(self, square: Floats, weighted: Floats) -> Iterator[Second]:
        self._chunks += len(square)
        self._energy += float(square.sum())
        self._highest = max(self._highest, float(weighted.max()))
        if self._chunks == self._chunks_a_second:
            mean = self._energy / (self._chunks * self._chunk)
            yield Second(level(float(weighted[-1, -1])), level(mean), level(self._highest))
            self._chunks, self._energy, self._highest = 0, 0.0, 0.0


def level(mean_square: float) -> float:
    """dB re a mean square of 1, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 10.0 * math.log10(mean_square)) if mean_square > 0.0 else FLOOR_DB


@lru_cache
def _kernels(rate: int) -> tuple[Kernel, Kernel]:
    """The filters for `rate`, in the longest chunk of which a second is a whole number."""
    chunk = next(size for size in range(LONGEST_CHUNK, 0, -1) if rate % size == 0)
    return Kernel.of(a_weighting(rate), chunk), Kernel.of(fast(rate), chunk)
