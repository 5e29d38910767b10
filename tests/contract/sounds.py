"""Sounds of a known level, made without the meter: their level comes from the closed form of the standard."""

import math

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
FULL_SCALE_DB = 120.0


def a_weighting(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61672-1:2013, the A-weighting's closed form (protocols.md 5.1), as a factor."""
    f1, f2, f3, f4 = (20.598997**2, 107.65265**2, 737.86223**2, 12194.217**2)
    square = hertz**2
    shape = f4 * square**2 / ((square + f1) * np.sqrt((square + f2) * (square + f3)) * (square + f4))
    weighting: NDArray[np.float64] = 10 ** (1.99966 / 20) * shape
    return weighting


def noise(seconds: float, level_dba: float, seed: int = 1, band: tuple[float, float] = (300, 3400)) -> bytes:
    """Voices more or less: noise in a band, at an A-weighted level over its whole length."""
    count = round(seconds * RATE)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    chance = np.random.default_rng(seed)
    spectrum = chance.normal(size=len(hertz)) + 1j * chance.normal(size=len(hertz))
    spectrum[(hertz < band[0]) | (hertz > band[1])] = 0
    sound = np.fft.irfft(spectrum, count)
    weighted = np.fft.irfft(spectrum * a_weighting(hertz), count)
    wanted = 10 ** ((level_dba - FULL_SCALE_DB) / 20)
    sound *= wanted / math.sqrt(float(np.mean(weighted**2)))
    return to_bytes(sound)


def to_bytes(sound: NDArray[np.float64]) -> bytes:
    """As 16-bit samples, full scale at 1.0."""
    return np.rint(sound * 32768).clip(-32768, 32767).astype("<i2").tobytes()
