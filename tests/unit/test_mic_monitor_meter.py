"""The meter against IEC 61672-1:2013, tables 3 and 4, and against a plain recursion."""

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import bilinear_zpk, lfilter, sosfilt, zpk2sos

from devices.mic_monitor import weighting
from devices.mic_monitor.meter import FAST_S, FLOOR_DB, SLOW_S, Meter, Second, energy_mean
from devices.mic_monitor.octaves import octaves
from devices.mic_monitor.recursion import Kernel, Scan

GOLDEN = Path(__file__).parent.parent / "golden" / "iec61672.toml"
CLASS_1_RATES = (44_100, 48_000)


def rows(table: str) -> list[Any]:
    tables = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["table"]
    return next(found["rows"] for found in tables if found["name"] == table)


def tone(hertz: float, seconds: float, rate: int, rms: float = 0.1) -> NDArray[np.float64]:
    samples = np.arange(round(seconds * rate))
    return rms * math.sqrt(2) * np.sin(2 * math.pi * hertz / rate * samples)


def silence(seconds: float, rate: int) -> NDArray[np.float64]:
    return np.zeros(round(seconds * rate))


def seconds_of(samples: NDArray[np.float64], rate: int, block: int = 6000) -> list[Second]:
    meter = Meter(rate, c_weighted=True)
    blocks = (samples[start:][:block] for start in range(0, len(samples), block))
    return [second for one in blocks for second, _ in meter.feed(one)]


def exact(nominal_hz: float) -> float:
    return 10 ** (round(10 * math.log10(nominal_hz)) / 10)


def c_curve(hertz: float) -> float:
    """The closed form (protocols.md 5.1), dB."""
    f1, f4 = 20.598997**2, 12194.217**2
    return 20 * math.log10(f4 * hertz**2 / ((hertz**2 + f1) * (hertz**2 + f4))) + 0.0619


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("row", rows("A-weighting"), ids=lambda row: f"{row[0]:g}Hz")
def test_table_3_the_a_weighting_is_class_1(row: Any, rate: int) -> None:
    nominal_hz, goal_db, (above, below), _ = row
    gain = weighting.gain_at(weighting.a_weighting(rate), rate, exact(nominal_hz))
    assert below <= 20 * math.log10(gain) - goal_db <= above


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("row", rows("A-weighting"), ids=lambda row: f"{row[0]:g}Hz")
def test_table_3_the_c_weighting_is_class_1(row: Any, rate: int) -> None:
    """The acceptance limits of table 3 are the same for A, C and Z; the goal is the closed form's."""
    nominal_hz, _, (above, below), _ = row
    gain = weighting.gain_at(weighting.c_weighting(rate), rate, exact(nominal_hz))
    assert below <= 20 * math.log10(gain) - c_curve(exact(nominal_hz)) <= above


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("nominal_hz", [31.5, 125, 1000, 4000, 8000, 12500])
def test_table_3_holds_for_sound_that_goes_through_the_meter(nominal_hz: float, rate: int) -> None:
    _, goal_db, (above, below), _ = next(row for row in rows("A-weighting") if row[0] == nominal_hz)
    settled = seconds_of(tone(exact(nominal_hz), 8, rate), rate)[-1]
    for level in (settled.laeq, settled.laf, settled.las, settled.lafmax, settled.lasmax, *settled.lafs):
        assert below <= level - (-20.0) - goal_db <= above
    assert settled.lceq is not None
    assert below <= settled.lceq - (-20.0) - c_curve(exact(nominal_hz)) <= above


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("late_s", [0.0, 0.0003])
@pytest.mark.parametrize("row", rows("F toneburst"), ids=lambda row: f"{row[0]:g}ms")
def test_table_4_the_f_weighting_is_class_1(row: Any, rate: int, late_s: float) -> None:
    burst_ms, goal_db, (above, below), _ = row
    steady = seconds_of(tone(4000, 3, rate), rate)[-1].laf
    burst = np.concatenate((silence(late_s, rate), tone(4000, burst_ms / 1000, rate), silence(2, rate)))
    highest = max(second.lafmax for second in seconds_of(burst, rate))
    assert below <= highest - steady - goal_db <= above


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("row", rows("S toneburst"), ids=lambda row: f"{row[0]:g}ms")
def test_table_4_the_s_weighting_is_class_1(row: Any, rate: int) -> None:
    burst_ms, goal_db, (above, below), _ = row
    steady = seconds_of(tone(4000, 15, rate), rate)[-1].las
    burst = np.concatenate((tone(4000, burst_ms / 1000, rate), silence(2, rate)))
    highest = max(second.lasmax for second in seconds_of(burst, rate))
    assert below <= highest - steady - goal_db <= above


def test_the_detectors_decay_as_iec_61672_asks() -> None:
    """Clause 5.8.2: F at least 25 dB/s, S between 3.4 and 5.3 dB/s; exact detectors have 34.7 and 4.34."""
    sound = np.concatenate((tone(1000, 3, 48_000), silence(2, 48_000)))
    first, second = seconds_of(sound, 48_000)[3:]
    assert first.laf - second.laf == pytest.approx(34.7, abs=0.1)
    assert first.las - second.las == pytest.approx(4.34, abs=0.02)


def test_a_full_scale_rms_is_0_db_and_a_full_scale_sine_3_below() -> None:
    full, sine = (seconds_of(tone(1000, 2, 48_000, rms), 48_000)[-1] for rms in (1.0, math.sqrt(0.5)))
    assert full.laeq == pytest.approx(0.0, abs=0.01)
    assert sine.laeq == pytest.approx(-3.01, abs=0.01)


def test_16_bit_samples_are_metered_as_the_fractions_they_are() -> None:
    sound = tone(440, 1, 48_000)
    (fractions, _), (numbers, _) = (
        next(iter(Meter(48_000).feed(sound))),
        next(iter(Meter(48_000, 32768.0).feed(np.rint(sound * 32768).astype(np.int16)))),
    )
    assert numbers.laeq == pytest.approx(fractions.laeq, abs=0.001)


def test_laeq_is_an_energy_mean_over_exactly_one_second() -> None:
    half = np.concatenate((tone(1000, 0.5, 48_000), silence(0.5, 48_000)))
    assert seconds_of(half, 48_000)[0].laeq == pytest.approx(-20 - 3.01, abs=0.05)


def test_a_mean_over_several_intervals_is_one_of_energies() -> None:
    assert energy_mean([80.0, 80.0]) == pytest.approx(80.0)
    assert energy_mean([80.0, 60.0]) == pytest.approx(80.0 - 3.01 + 0.04, abs=0.01)


@pytest.mark.parametrize(
    ("rate", "block"), [(8_000, 1), (11_025, 400), (44_100, 63), (48_000, 6001), (48_000, 200_000)]
)
def test_the_size_of_blocks_makes_no_difference(rate: int, block: int) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 2 * rate + 17)
    assert seconds_of(sound, rate) == seconds_of(sound, rate, block)


@pytest.mark.parametrize("rate", [11_025, 44_100, 48_000])
def test_every_level_is_that_of_the_plain_recursion(rate: int) -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, 3 * rate)
    a, c = (
        sosfilt([(b0, b1, b2, 1.0, a1, a2) for b0, b1, b2, a1, a2 in sections], sound)
        for sections in (weighting.a_weighting(rate), weighting.c_weighting(rate))
    )
    shares = [-math.expm1(-1 / (rate * constant)) for constant in (FAST_S, SLOW_S)]
    fast, slow = (lfilter([share], [1, share - 1], a * a) for share in shares)
    for number, second in enumerate(seconds_of(sound, rate)):
        part = slice(number * rate, (number + 1) * rate)
        means = fast[part][-1], slow[part][-1], np.mean(a[part] ** 2), np.mean(c[part] ** 2)
        ours = (second.laf, second.las, second.laeq, second.lceq)
        assert ours == pytest.approx(10 * np.log10(means), abs=0.002)
        # between the ends of chunks, at most 0.7 ms apart, the F level may have been a little higher
        assert second.lafmax == pytest.approx(10 * math.log10(fast[part].max()), abs=0.05)
        noted = [fast[part][round(rate * eighth / 8) - 1] for eighth in range(1, 9)]
        assert second.lafs == pytest.approx(10 * np.log10(noted), abs=0.05)


@pytest.mark.parametrize("rows_at_once", [1, 7, 60, 300])
def test_a_scan_carries_the_state_as_one_row_after_the_other_would(rows_at_once: int) -> None:
    chance = np.random.default_rng(3)
    keeps = chance.normal(0, 0.3, (4, 4))
    given, state = chance.normal(size=(rows_at_once, 4)), chance.normal(size=4)
    plain = []
    last = state
    for row in given:
        last = last @ keeps + row
        plain.append(last)
    assert np.abs(Scan(keeps, rows_at_once).run(state, given) - plain).max() < 1e-9


def test_a_cascade_can_be_tapped_on_the_way() -> None:
    sections = weighting.a_weighting(48_000)
    sound = np.random.default_rng(4).normal(0, 0.1, 32 * 10)
    _, out = Kernel(sections, 32, 10, (2, 3)).filter(np.zeros(6), sound)
    for tap, ours in zip((2, 3), (out[0::2], out[1::2]), strict=True):
        plain = sosfilt([(b0, b1, b2, 1.0, a1, a2) for b0, b1, b2, a1, a2 in sections[:tap]], sound)
        assert np.abs(ours.ravel() - plain).max() < 1e-10


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
    quiet = [second for second, _ in meter.feed(silence(200, 48_000))][-1]
    assert (quiet.laf, quiet.las, quiet.laeq) == (FLOOR_DB, FLOOR_DB, FLOOR_DB)
    assert not meter._state.any()
    assert not meter._detectors[0]


@pytest.mark.parametrize("rate", CLASS_1_RATES)
@pytest.mark.parametrize("centre_hz", [63, 125, 250, 500, 1000, 2000, 4000, 8000])
def test_a_tone_stands_in_its_octave_and_in_no_other(centre_hz: int, rate: int) -> None:
    bands = octaves(tone(centre_hz, 1, rate), rate)
    assert bands.pop(f"{centre_hz}") == pytest.approx(-20.0, abs=0.2)
    assert max(bands.values()) < -55


def test_octaves_hold_the_whole_of_a_sound_and_only_what_the_rate_can_carry() -> None:
    sound = np.random.default_rng(5).normal(0, 0.1, 48_000)
    bands = octaves(sound, 48_000)
    assert list(bands)[0::9] == ["31.5", "16000"]
    assert 10 * math.log10(sum(10 ** (one / 10) for one in bands.values())) == pytest.approx(-20.3, abs=0.3)
    assert list(octaves(sound[:16_000], 16_000))[-1] == "4000"
