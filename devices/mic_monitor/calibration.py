"""Calibrating a pickup with a sound calibrator, 94 dB at 1 kHz: pure, samples in, a level or a fault out.

The technician puts the calibrator over the microphone and waits. What is heard must be that tone and nothing
else, and it must stand still; then its level re full scale is taken for the calibrator's.
"""

from collections import deque
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from devices.mic_monitor.meter import energy_mean, level
from devices.mic_monitor.weighting import a_weighting, gain_at

STEADY_S: Final = 5.0
"""The tone must stand for so long …"""
STEADY_DB: Final = 0.5
"""… and its highest and lowest level may lie so far apart."""
BLOCKS_A_SECOND: Final = 4
"""The level is looked at so often."""

TONE_HZ: Final = 1000.0
OFF_HZ: Final = 20.0
"""IEC 60942 allows a calibrator of class 2 1.7 %; a line of the spectrum is 4 Hz wide."""
AROUND_HZ: Final = 40.0
"""What lies so near to the tone is the tone."""
TONE_SHARE: Final = 0.9
"""Of the A-weighted energy: what else is heard would raise the level by less than 0.5 dB."""

QUIETEST_DB: Final = -70.0
"""Re full scale: so quiet, 94 dB were not picked up, or by a microphone that is of no use."""
CLIPPED_AT: Final = 32767

Fault = Literal["no_sound", "too_quiet", "clipped", "wrong_tone", "not_steady"]


class Calibrator:
    """Listens to 16-bit samples at `rate` a second until `level` is known."""

    def __init__(self, rate: int) -> None:
        self._size = rate // BLOCKS_A_SECOND
        self._rate = rate
        self._rest = np.empty(0, dtype=np.int16)
        self._levels: deque[float] = deque(maxlen=round(STEADY_S * BLOCKS_A_SECOND))
        self.fault: Fault | None = "no_sound"
        """Why there is no level yet."""
        self.level: float | None = None
        """Of the tone in dB re a full-scale RMS, once it has stood for `STEADY_S`."""

    def feed(self, samples: NDArray[np.int16]) -> None:
        """Take in samples, any number."""
        waiting = np.concatenate((self._rest, samples))
        while len(waiting) >= self._size:
            self._look(waiting[: self._size])
            waiting = waiting[self._size :]
        self._rest = waiting.copy()

    def _look(self, block: NDArray[np.int16]) -> None:
        tone, fault = self._tone(block)
        if fault is not None:
            self.fault = fault
            self._levels.clear()
            return
        self._levels.append(tone)
        self.fault = "not_steady"
        if len(self._levels) == self._levels.maxlen and max(self._levels) - min(self._levels) <= STEADY_DB:
            self.level, self.fault = energy_mean(self._levels), None

    def _tone(self, block: NDArray[np.int16]) -> tuple[float, Fault | None]:
        """The level of the tone in one block, and what is wrong with it."""
        if max(int(block.max()), -int(block.min())) >= CLIPPED_AT:
            return 0.0, "clipped"
        look = _look(self._rate, self._size)
        power = np.square(np.abs(np.fft.rfft(block * look.window))) * look.weights
        heard = float(power.sum())
        if level(heard) < QUIETEST_DB:
            return 0.0, "too_quiet"
        peak = float(look.hertz[int(np.argmax(power))])
        tone = float(power[np.abs(look.hertz - TONE_HZ) <= AROUND_HZ].sum())
        if abs(peak - TONE_HZ) > OFF_HZ or tone < TONE_SHARE * heard:
            return 0.0, "wrong_tone"
        return level(tone), None


class _Look:
    """The spectrum of a block: its window, its lines in Hz, the A-weighting of each on power."""

    def __init__(self, rate: int, size: int) -> None:
        window = np.hanning(size + 1)[:size]
        self.window = window / (32768.0 * np.sqrt(np.sum(window**2) * size / 2))
        self.hertz = np.fft.rfftfreq(size, 1 / rate)
        sections = a_weighting(rate)
        self.weights = np.array([gain_at(sections, rate, float(hertz)) ** 2 for hertz in self.hertz])


@lru_cache(maxsize=2)
def _look(rate: int, size: int) -> _Look:
    return _Look(rate, size)
