"""The simulated pickup: levels exact by the curve of IEC 61672-1 (protocols.md 5.1), scenes that end."""

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.mic_monitor import sounds
from simulators.mic_monitor.pickup import SCENES, Pickup

RATE = 48000
FULL_SCALE_DB = 120.0


def pickup(level: float = 52.0, rate: int = RATE) -> Pickup:
    return Pickup(rate, FULL_SCALE_DB, level)


def heard(source: Pickup, seconds: float, rate: int = RATE, tick: int = 6000) -> NDArray[np.float64]:
    data = bytearray()
    while (left := round(seconds * rate) - len(data) // 2) > 0:
        data += source.hear(min(tick, left))
    return np.frombuffer(bytes(data), dtype="<i2").astype(np.float64)


def level(samples: NDArray[np.float64], rate: int = RATE) -> float:
    return 20 * float(np.log10(sounds.a_rms(samples, rate) / 32768)) + FULL_SCALE_DB


def test_the_curve_is_that_of_the_standard() -> None:
    """Table 3 of IEC 61672-1:2013, exact values at base-10 frequencies."""
    exact = {10: -70.430, 31.622777: -39.440, 100: -19.143, 1000: 0.0, 3981.0717: 0.970, 10000: -2.492}
    curve = 20 * np.log10(sounds.a_weight(np.array(list(exact), dtype=np.float64)))
    assert curve == pytest.approx(list(exact.values()), abs=0.006)


@pytest.mark.parametrize("wanted", [35.0, 52.0, 80.0, 100.0])
@pytest.mark.parametrize("rate", [16000, 48000])
def test_the_room_is_as_loud_as_the_slider_says(wanted: float, rate: int) -> None:
    assert level(heard(pickup(wanted, rate), 4.0, rate), rate) == pytest.approx(wanted, abs=0.3)


def test_a_quarrel_is_loud_in_each_of_its_seconds_and_then_over() -> None:
    source = pickup()
    source.play("quarrel")
    for _ in range(4):
        assert level(heard(source, 1.0)) == pytest.approx(86.0, abs=1.0)
    assert source.scene is None
    assert level(heard(source, 1.0)) == pytest.approx(52.0, abs=1.5)


def test_a_slam_is_short_even_when_it_ends_inside_a_tick() -> None:
    source = pickup()
    source.play("slam")
    samples = heard(source, 1.0)
    assert level(samples[: round(0.3 * RATE)]) == pytest.approx(95.0, abs=0.5)
    assert level(samples[round(0.3 * RATE) :]) < 55


def test_a_calibrator_sounds_until_it_is_taken_away() -> None:
    source = pickup(30.0)
    source.play("tone")
    assert level(heard(source, 20.0)) == pytest.approx(94.0, abs=0.05)
    assert source.scene == "tone"
    source.play(None)
    assert level(heard(source, 4.0)) == pytest.approx(30.0, abs=1.0)


def test_two_sounds_add_up_by_energy() -> None:
    source = pickup(82.0)
    source.play("announcement")
    assert level(heard(source, 4.0)) == pytest.approx(85.0, abs=0.5)
    assert source.sounding == pytest.approx(85.0, abs=0.1)


def test_a_dead_microphone_gives_nothing_and_an_overdriven_one_only_edges() -> None:
    source = pickup(60.0)
    source.dead = True
    assert not heard(source, 1.0).any()
    source.dead, source.clipped = False, True
    samples = heard(source, 1.0)
    assert np.mean(np.abs(samples) >= 32767) > 0.9


def test_a_burst_is_a_fifth_of_each_second_and_a_hum_lies_where_the_curve_hears_little() -> None:
    source = pickup(20.0)
    source.play("burst")
    second = heard(source, 1.0)
    assert level(second) == pytest.approx(80.0, abs=0.1)
    assert level(second[: RATE // 5]) == pytest.approx(80.0 + 7.0, abs=0.2)
    source.play("hum")
    unweighted = 20 * float(np.log10(np.sqrt(np.mean(heard(source, 1.0) ** 2)) / 32768)) + FULL_SCALE_DB
    assert unweighted > 60.0 + 15.0


def test_babble_never_pauses_and_voices_do() -> None:
    quietest = {}
    for scene in ("babble", "quarrel"):
        source = pickup(20.0)
        source.play(scene)
        parts = heard(source, 2.0).reshape(32, -1)
        levels = 10 * np.log10(np.mean(parts**2, axis=1))
        quietest[scene] = float(levels.mean() - levels.min())
    assert quietest["babble"] < 3 < quietest["quarrel"]


def test_time_passes_for_a_scene_that_nobody_hears() -> None:
    source = pickup()
    source.play("quarrel")
    source.skip(2 * RATE)
    assert source.scene == "quarrel"
    source.skip(2 * RATE)
    assert source.scene is None


def test_the_size_of_the_ticks_does_not_change_the_sound() -> None:
    one, other = pickup(), pickup()
    one.play("slam")
    other.play("slam")
    assert (heard(one, 5.0, tick=6000) == heard(other, 5.0, tick=777)).all()


def test_no_scene_is_cut_off_at_full_scale() -> None:
    for scene in SCENES:
        source = pickup()
        source.play(scene)
        assert np.abs(heard(source, 4.0)).max() < 32767
