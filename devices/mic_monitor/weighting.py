"""The A- and C-weightings of IEC 61672-1:2013 as digital filters (protocols.md 5.1)."""

import cmath
import math
from typing import Final

from devices.mic_monitor.recursion import Section

F1_HZ: Final = 20.598997
F2_HZ: Final = 107.65265
F3_HZ: Final = 737.86223
F4_HZ: Final = 12194.217
"""Corner frequencies that follow from IEC 61672-1:2013, 5.4.9; F1 and F4 stand twice."""

UNITY_HZ: Final = 1000.0
"""Where every weighting is 0 dB."""

C_ENDS_AFTER: Final = 2
"""A is C and one section more: so the first two sections of `a_weighting` are the C-weighting."""


def a_weighting(rate: int) -> tuple[Section, ...]:
    """Three second-order sections for `rate` samples a second, 0 dB at 1 kHz.

    The plain bilinear transform stays inside class 1 at 44.1 and 48 kHz; below that nothing is claimed.
    """
    high, low = 1.0, -1.0
    c_sections = _unity(rate, (_section(rate, high, F1_HZ, F1_HZ), _section(rate, low, F4_HZ, F4_HZ)))
    return (*c_sections, *_unity(rate, (_section(rate, high, F2_HZ, F3_HZ),)))


def c_weighting(rate: int) -> tuple[Section, ...]:
    """Two second-order sections; the same is claimed of them."""
    return a_weighting(rate)[:C_ENDS_AFTER]


def gain_at(sections: tuple[Section, ...], rate: int, hertz: float) -> float:
    """How much the sections amplify a steady tone of `hertz`."""
    z = cmath.exp(-2j * math.pi * hertz / rate)
    gain = 1.0
    for b0, b1, b2, a1, a2 in sections:
        gain *= abs((b0 + b1 * z + b2 * z * z) / (1.0 + a1 * z + a2 * z * z))
    return gain


def _unity(rate: int, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The same with no gain at 1 kHz."""
    gain = 1.0 / gain_at(sections, rate, UNITY_HZ)
    b0, b1, b2, a1, a2 = sections[0]
    return ((gain * b0, gain * b1, gain * b2, a1, a2), *sections[1:])


def _section(rate: int, zero: float, *corners_hz: float) -> Section:
    """Two real poles by the bilinear transform, with both zeros at `zero`: 1 passes highs, −1 passes lows."""
    first, second = (_pole(rate, hertz) for hertz in corners_hz)
    return (1.0, -2.0 * zero, 1.0, -(first + second), first * second)


def _pole(rate: int, hertz: float) -> float:
    return (rate - math.pi * hertz) / (rate + math.pi * hertz)
