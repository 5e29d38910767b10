"""The meter against IEC 61672-1:2013, tables 3 and 4, and against a plain recursion."""

import math
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import bilinear_zpk, sosfilt, zpk2sos

from devices.mic_monitor import weighting
from devices.mic_monitor.meter import FLOOR_DB, Meter, Second
from devices.mic_monitor.recursion import Kernel, Recursion

GOLDEN = Path(__file__).parent.parent / "golden" / "iec61672.toml"
CLASS_1_RATES = (44_100, 48_000)


def rows(table: str) -> list[Any]:
    tables = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["table"]
    return next(found["rows"] for found in tables if found["name"] == table)


def tone(hertz: float, seconds: float, rate: int, rms: float = 0.1) -> NDArray[np.float64]:
    samples = np.arange(round(seconds * rate))
    return rms * math.sqrt(2) * np.sin(2 * math.pi * hertz / rate * samples)


def seconds_of(samples: NDArray[np.float64], rate: int, block: int = 6000) -> list[Second]:
    meter = Meter(rate)
    return [
        second for start in range(0, len(samples), block) for second in meter.feed(samples[start:][:block])
    ]


def exact(nominal_hz: float) -> float:
    return 10 ** (round(10 * math.log10(nominal_hz)) / 10)


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("row", rows("A-weighting"), ids=lambda row: f"{row[0]:g}Hz")
def test_table_3_frequency_weighting_is_class_1(row: Any, rate: int) -> None:
    nominal_hz, goal_db, (above, below), _ = row
    gain = weighting.gain_at(weighting.a_weighting(rate), rate, exact(nominal_hz))
    assert below <= 20 * math.log10(gain) - goal_db <= above


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("nominal_hz", [31.5, 125, 1000, 4000, 8000, 12500])
def test_table_3_holds_for_sound_that_goes_through_the_meter(nominal_hz: float, rate: int) -> None:
    _, goal_db, (above, below), _ = next(row for row in rows("A-weighting") if row[0] == nominal_hz)
    settled = seconds_of(tone(exact(nominal_hz), 3, rate), rate)[-1]
    for level in (settled.laeq, settled.laf, settled.lafmax):
        assert below <= level - (-20.0) - goal_db <= above


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("row", rows("F toneburst"), ids=lambda row: f"{row[0]:g}ms")
def test_table_4_toneburst_response_is_class_1(row: Any, rate: int) -> None:
    burst_ms, goal_db, (above, below), _ = row
    steady = seconds_of(tone(4000, 3, rate), rate)[-1].laf
    burst = np.concatenate((tone(4000, burst_ms / 1000, rate), np.zeros(2 * rate)))
    highest = max(second.lafmax for second in seconds_of(burst, rate))
    assert below <= highest - steady - goal_db <= above


def test_the_fast_detector_decays_as_iec_61672_asks() -> None:
    """Table 4 leaves the decay to clause 5.8.2: at least 25 dB/s; an exact detector has 34.7."""
    sound = np.concatenate((tone(1000, 3, 48_000), np.zeros(2 * 48_000)))
    first, second = seconds_of(sound, 48_000)[3:]
    assert first.laf - second.laf == pytest.approx(34.7, abs=0.1)


def test_a_full_scale_rms_is_0_db_and_a_full_scale_sine_3_below() -> None:
    assert seconds_of(tone(1000, 2, 48_000, rms=1.0), 48_000)[-1].laeq == pytest.approx(0.0, abs=0.01)
    assert seconds_of(tone(1000, 2, 48_000, math.sqrt(0.5)), 48_000)[-1].laeq == pytest.approx(
        -3.01, abs=0.01
    )


def test_laeq_is_an_energy_mean_over_exactly_one_second() -> None:
    half = np.concatenate((tone(1000, 0.5, 48_000), np.zeros(24_000)))
    assert seconds_of(half, 48_000)[0].laeq == pytest.approx(-20 - 3.01, abs=0.05)


@pytest.mark.parametrize(
    ("rate", "block"), [(8_000, 1), (44_100, 63), (44_100, 100), (48_000, 6001), (48_000, 200_000)]
)
def test_the_size_of_blocks_makes_no_difference(rate: int, block: int) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 2 * rate + 17)
    for one, other in zip(seconds_of(sound, rate), seconds_of(sound, rate, block), strict=True):
        assert (one.laf, one.laeq, one.lafmax) == pytest.approx(
            (other.laf, other.laeq, other.lafmax), abs=1e-9
        )


def test_blocks_of_any_size_give_the_same_sound_as_the_plain_recursion() -> None:
    rate = 48_000
    sections = weighting.a_weighting(rate)
    sound = np.random.default_rng(2).normal(0, 0.1, 64 * 300)
    filtered = Recursion(Kernel.of(sections, 64))
    cuts = [0, 1, 2, 5, 50, 170, 300]
    ours = np.concatenate(
        [filtered.feed(sound.reshape(-1, 64)[one:two]).ravel() for one, two in pairwise(cuts)]
    )
    plain = sosfilt([(b0, b1, b2, 1.0, a1, a2) for b0, b1, b2, a1, a2 in sections], sound)
    assert np.abs(ours - plain).max() < 1e-10


def test_the_sections_are_the_bilinear_transform_of_the_standards_poles() -> None:
    corners = [
        weighting.F1_HZ,
        weighting.F1_HZ,
        weighting.F2_HZ,
        weighting.F3_HZ,
        weighting.F4_HZ,
        weighting.F4_HZ,
    ]
    analogue = [-2 * math.pi * hertz for hertz in corners]
    theirs = zpk2sos(*bilinear_zpk([0.0] * 4, analogue, 1.0, 48_000))
    for_poles = sorted(np.concatenate([np.roots(section[3:]) for section in theirs]).real)
    ours = sorted(
        np.concatenate([np.roots([1, a1, a2]) for *_, a1, a2 in weighting.a_weighting(48_000)]).real
    )
    assert ours == pytest.approx(for_poles, abs=1e-6)


def test_silence_is_the_floor_and_stays_cheap() -> None:
    meter = Meter(48_000)
    list(meter.feed(tone(1000, 1, 48_000)))
    quiet = list(meter.feed(np.zeros(20 * 48_000)))
    assert quiet[-1] == Second(FLOOR_DB, FLOOR_DB, FLOOR_DB)
    assert not meter._weighting._state.any()
