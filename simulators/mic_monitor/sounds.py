"""The sounds a counter hears, as loops of samples whose A-weighted level is exact.

Each loop is made once, from noise shaped in the frequency domain so that it has no seam. Its A-weighted RMS
over the whole loop is then measured with the curve of IEC 61672-1 (protocols.md 5.1) on its spectrum, and
divided out: a loop multiplied by g has an A-weighted RMS of g.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Precise = NDArray[np.float64]

F1, F2, F3, F4 = 20.598997, 107.65265, 737.86223, 12194.217
"""Poles of the A curve, Hz."""
OFFSET_DB: Final = 1.99966
"""Makes it 0 dB at 1 kHz."""

LOOP_S: Final = 4
"""Length of the loops of noise, seconds."""
SYLLABLES_HZ: Final = 4
"""How often a speaking voice rises and falls."""
SLAM_S: Final = 0.3
"""domain.md section 6."""
BURST_S: Final = 0.2
"""Of each second: the longest of the F tonebursts that must read 1 dB low (IEC 61672-1, table 4)."""
BURST_HZ: Final = 4000
MAINS_HZ: Final = 50
ROOM, VOICES, SLAM, BABBLE = 1, 2, 3, 4
"""Seeds: sounds of one seed would add up as one sound, not as two."""


def a_weight(hz: Precise) -> Precise:
    """The A curve as a factor on pressure."""
    squared = hz**2
    below = (squared + F1**2) * np.sqrt((squared + F2**2) * (squared + F3**2)) * (squared + F4**2)
    curve: Precise = F4**2 * squared**2 / below * 10 ** (OFFSET_DB / 20)
    return curve


def a_rms(samples: Precise, rate: int) -> float:
    """The A-weighted RMS of a loop of `rate` samples a second."""
    spectrum = np.abs(np.fft.rfft(samples)) * a_weight(_frequencies(len(samples), rate))
    return float(np.sqrt(2 * np.sum(spectrum**2)) / len(samples))


@lru_cache(maxsize=8)
def room(rate: int) -> Samples:
    """A quiet hall: a rumble that falls by 3 dB an octave."""
    return _levelled(_noise(rate, ROOM, lambda hz: hz**-0.5), rate)


@lru_cache(maxsize=8)
def voices(rate: int) -> Samples:
    """People speaking at once: the long-term spectrum of speech, rising and falling with the syllables."""
    noise = _noise(rate, VOICES, lambda hz: 1 / (1 + (hz / 500) ** 2) ** 0.75)
    time = np.arange(len(noise)) / rate
    return _levelled(noise * (1 + 0.7 * np.cos(2 * np.pi * SYLLABLES_HZ * time)), rate)


@lru_cache(maxsize=8)
def slam(rate: int) -> Samples:
    """A door: everything at once, then dying away."""
    count = round(SLAM_S * rate)
    noise = _noise(rate, SLAM, lambda hz: hz**-0.5)[:count]
    return _levelled(noise * np.exp(-np.arange(count) / (0.15 * rate)), rate)


@lru_cache(maxsize=8)
def tone(rate: int) -> Samples:
    """A calibrator: 1 kHz, where the A curve is 0 dB."""
    return _levelled(np.sin(2 * np.pi * 1000 * np.arange(rate) / rate), rate)


@lru_cache(maxsize=8)
def burst(rate: int) -> Samples:
    """Tonebursts of 4 kHz, one a second; the level is that of the second."""
    time = np.arange(rate) / rate
    return _levelled(np.sin(2 * np.pi * BURST_HZ * time) * (time < BURST_S), rate)


@lru_cache(maxsize=8)
def babble(rate: int) -> Samples:
    """A hall full of people: so many voices that no syllable stands out."""
    return _levelled(_noise(rate, BABBLE, lambda hz: 1 / (1 + (hz / 500) ** 2) ** 0.75), rate)


@lru_cache(maxsize=8)
def hum(rate: int) -> Samples:
    """A bad earth: the mains and its odd harmonics, of which the A curve leaves little."""
    time = np.arange(rate) / rate
    parts = [np.sin(2 * np.pi * MAINS_HZ * number * time) / number for number in (1, 3, 5, 7)]
    return _levelled(np.sum(parts, axis=0), rate)


def _noise(rate: int, seed: int, shape: Callable[[Precise], Precise]) -> Precise:
    """A loop of noise whose amplitude over frequency is `shape`, from 50 Hz to 10 kHz."""
    count = LOOP_S * rate
    hz = _frequencies(count, rate)
    heard = (hz >= 50) & (hz <= 10_000)
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(hz))
    spectrum = np.zeros(len(hz), dtype=np.complex128)
    spectrum[heard] = shape(hz[heard]) * np.exp(1j * phases[heard])
    return np.fft.irfft(spectrum, count)


def _frequencies(count: int, rate: int) -> Precise:
    return np.fft.rfftfreq(count, 1 / rate).astype(np.float64)


def _levelled(samples: Precise, rate: int) -> Samples:
    return (samples / a_rms(samples, rate)).astype(np.float32)
