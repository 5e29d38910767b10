"""A second of sound in octaves, for the picture at the bench: unweighted, of no class of IEC 61260."""

import math
from functools import lru_cache
from typing import Final

import numpy as np

from devices.mic_monitor.meter import Sound, level

CENTRES_HZ: Final = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
"""Nominal centres; the exact ones are 1000 · 10^(0.3 n) Hz (IEC 61260-1, base ten)."""

FRAMES_A_SECOND: Final = 5
"""At least so many frames are cut out of a second: each then lasts 0.1 to 0.2 s, and its lines lie 5 to 10 Hz
apart, so that the lowest octave has a few."""

EVERY: Final = 2
"""Only every second frame is looked at: half the work, and a door that slams (0.3 s) is in one."""


def octaves(second: Sound, rate: int, full_scale: float = 1.0) -> dict[str, float]:
    """Nominal centre in Hz → level in dB re a full-scale RMS, of one second of `rate` samples.

    An octave that does not lie wholly below half of `rate` is left out.
    """
    bands = _bands(rate)
    size = len(bands.window)
    frames = second[: len(second) // size * size].reshape(-1, size)[::EVERY]
    lines = np.fft.rfft(frames * bands.window)
    power = (np.square(lines.real) + np.square(lines.imag)).mean(axis=0) @ bands.sums
    return {
        name: level(float(one) / full_scale**2) for name, one in zip(bands.names, power.tolist(), strict=True)
    }


class _Bands:
    """What all seconds of a rate share."""

    def __init__(self, rate: int) -> None:
        size = 1 << ((rate // FRAMES_A_SECOND).bit_length() - 1)
        window = np.hanning(size + 1)[:size]
        # single precision is exact to -140 dB of the loudest, and takes half the time
        self.window = (window / math.sqrt(float(np.sum(window**2)) * size / 2)).astype(np.float32)
        hertz = np.fft.rfftfreq(size, 1 / rate)
        edges = [_edges(centre) for centre in CENTRES_HZ]
        inside = [(low, high) for low, high in edges if high <= rate / 2]
        self.names = [f"{centre:g}" for centre in CENTRES_HZ[: len(inside)]]
        self.sums = np.array(
            [(low <= hertz) & (hertz < high) for low, high in inside], dtype=np.float32
        ).T.copy()
        """Line of the spectrum → the octave it counts to."""


def _edges(centre_hz: float) -> tuple[float, float]:
    exact = 1000 * 10 ** (0.3 * round(math.log2(centre_hz / 1000)))
    half = 10**0.15
    return exact / half, exact * half


@lru_cache(maxsize=8)
def _bands(rate: int) -> _Bands:
    return _Bands(rate)
