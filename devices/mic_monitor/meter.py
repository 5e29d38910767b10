"""A sound level meter: samples in, the levels of each second out (IEC 61672-1, protocols.md 5.1, 5.2)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np

from devices.mic_monitor.recursion import Floats, Kernel, Recursion
from devices.mic_monitor.weighting import a_weighting

FAST_S: Final = 0.125
"""Time constant of the F weighting."""

LONGEST_CHUNK: Final = 32
"""Samples in a row; a longer one costs more products, a shorter one more rows. At 48 kHz it lasts 0.7 ms, of
which the F weighting feels no more than the mean."""

MOST_CHUNKS: Final = 200
"""Rows in one product. Above 2^18 multiplications OpenBLAS wakes a thread for every core, and on a busy
machine their waiting for each other takes many times as long as the product."""

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
        kernel = _weighting(rate)
        self._weighting = Recursion(kernel)
        self._chunk = kernel.chunk
        self._chunks_a_second = rate // kernel.chunk
        self._share = -math.expm1(-kernel.chunk / (rate * FAST_S))
        self._rest = np.empty(0)
        self._fast = 0.0
        self._chunks = 0
        self._sum = 0.0
        self._highest = 0.0

    def feed(self, samples: Floats) -> Iterator[Second]:
        """Take in samples (full scale is 1.0), any number, and yield the seconds they complete."""
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) // self._chunk * self._chunk
        self._rest = waiting[whole:].copy()
        chunks = waiting[:whole].reshape(-1, self._chunk)
        while len(chunks):
            take = min(MOST_CHUNKS, self._chunks_a_second - self._chunks)
            self._measure(chunks[:take])
            chunks = chunks[take:]
            if self._chunks == self._chunks_a_second:
                yield Second(level(self._fast), level(self._sum / self._chunks), level(self._highest))
                self._chunks, self._sum, self._highest = 0, 0.0, 0.0

    def _measure(self, chunks: Floats) -> None:
        weighted = self._weighting.feed(chunks)
        mean_squares = np.einsum("ij,ij->i", weighted, weighted) / self._chunk
        fast = list(accumulate(mean_squares.tolist(), self._follow, initial=self._fast))
        self._fast = fast[-1]
        self._highest = max(self._highest, *fast)
        self._sum += float(mean_squares.sum())
        self._chunks += len(chunks)

    def _follow(self, fast: float, mean_square: float) -> float:
        """The F detector."""
        return fast + self._share * (mean_square - fast)


def level(mean_square: float) -> float:
    """dB re a mean square of 1, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 10.0 * math.log10(mean_square)) if mean_square > 0.0 else FLOOR_DB


@lru_cache
def _weighting(rate: int) -> Kernel:
    """The A-weighting for `rate`, in the longest chunk of which a second is a whole number."""
    chunk = next(size for size in range(LONGEST_CHUNK, 0, -1) if rate % size == 0)
    return Kernel.of(a_weighting(rate), chunk)
