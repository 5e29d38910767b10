"""A sound level meter: samples in, the levels of each second out (IEC 61672-1, protocols.md 5.1, 5.2)."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.mic_monitor.recursion import Floats, Kernel, Scan
from devices.mic_monitor.weighting import C_ENDS_AFTER, a_weighting

FAST_S: Final = 0.125
SLOW_S: Final = 1.0
"""Time constants of the F and S weightings."""

Sound = NDArray[np.int16 | np.float64]
"""Samples of one channel."""

LONGEST_CHUNK: Final = 32
"""Samples in a row; a longer one costs more products, a shorter one more rows. At 48 kHz it lasts 0.7 ms, of
which the F weighting feels no more than the mean."""

LAFS_A_SECOND: Final = 8
"""How often the F level is noted for the statistics: every 125 ms (protocols.md 5.2)."""

FLOOR_DB: Final = -120.0
"""The lowest level told, re full scale: the least step of 16 bits is above it."""


@dataclass(frozen=True)
class Second:
    """One second of sound: levels in dB re a full-scale RMS (a full-scale sine is at −3 dB)."""

    laf: float
    """A- and F-weighted, at the second's end."""
    las: float
    """A- and S-weighted, at the second's end."""
    laeq: float
    """A-weighted, of the mean square over the second."""
    lafmax: float
    """The highest A- and F-weighted level in the second."""
    lasmax: float
    lceq: float | None
    """C-weighted, of the mean square over the second; none where it was not asked for."""
    lafs: tuple[float, ...]
    """The A- and F-weighted level every 125 ms."""


class Meter:
    """Levels of one stream at `rate` samples a second. Samples are held until their second is whole.

    `full_scale` is the sample that counts as 0 dB: 1.0 for fractions, 32768 for 16-bit numbers.
    """

    def __init__(self, rate: int, full_scale: float = 1.0, c_weighted: bool = False) -> None:
        self._works = _works(rate, c_weighted)
        self._unit = full_scale**2
        self._state = np.zeros(self._works.kernel.scan.order)
        self._detectors = np.zeros(2)
        self._waiting: list[Sound] = []
        self._held = 0

    def feed(self, samples: Sound) -> Iterator[tuple[Second, Sound]]:
        """Take in samples, any number, and yield the seconds they complete, each with its samples."""
        self._waiting.append(samples)
        self._held += len(samples)
        if self._held < self._works.rate:
            return
        sound = np.concatenate(self._waiting)
        whole = self._held // self._works.rate * self._works.rate
        self._waiting, self._held = [sound[whole:].copy()], self._held - whole
        for start in range(0, whole, self._works.rate):
            second = sound[start : start + self._works.rate]
            yield self._measure(second), second

    def _measure(self, samples: Sound) -> Second:
        works = self._works
        self._state, weighted = works.kernel.filter(self._state, samples)
        squares = np.einsum("ij,ij->i", weighted, weighted).reshape(-1, works.kernel.taps)
        squares /= works.kernel.chunk * self._unit
        followed = works.detectors.run(self._detectors, squares[:, -1:] * works.shares)
        self._detectors = works.detectors.last(followed)
        fast, slow = followed[:, 0], followed[:, 1]
        return Second(
            laf=level(fast[-1]),
            las=level(slow[-1]),
            laeq=level(squares[:, -1].mean()),
            lafmax=level(fast.max()),
            lasmax=level(slow.max()),
            lceq=level(squares[:, 0].mean()) if works.kernel.taps > 1 else None,
            lafs=tuple(level(noted) for noted in fast[works.noted]),
        )


def level(mean_square: float) -> float:
    """dB re a mean square of 1, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 10.0 * math.log10(mean_square)) if mean_square > 0.0 else FLOOR_DB


def energy_mean(levels: Iterable[float]) -> float:
    """LAeq over several intervals of the same length: the mean of the energies, never of the dB."""
    energies = [10.0 ** (one / 10.0) for one in levels]
    return 10.0 * math.log10(math.fsum(energies) / len(energies))


class _Works:
    """What all meters of a rate share."""

    def __init__(self, rate: int, c_weighted: bool) -> None:
        self.rate = rate
        chunk = next(size for size in range(LONGEST_CHUNK, 0, -1) if rate % size == 0)
        sections, rows = a_weighting(rate), rate // chunk
        self.kernel = Kernel(sections, chunk, rows, (C_ENDS_AFTER, len(sections)) if c_weighted else ())
        decays = np.exp([-1 / (rows * FAST_S), -1 / (rows * SLOW_S)])
        self.shares: Floats = 1.0 - decays
        self.detectors = Scan(np.diag(decays), rows)
        self.noted = [round(rows * number / LAFS_A_SECOND) - 1 for number in range(1, LAFS_A_SECOND + 1)]


@lru_cache(maxsize=8)
def _works(rate: int, c_weighted: bool) -> _Works:
    return _Works(rate, c_weighted)
