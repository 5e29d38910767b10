"""A counter's background, and what a pickup's samples say about the pickup."""

import numpy as np
import pytest
from numpy.typing import NDArray

from devices.mic_monitor.background import REMEMBERED_S, Background
from devices.mic_monitor.condition import Watch, samples_of


def test_it_begins_with_the_first_second() -> None:
    assert Background().add(48.0) == 48.0


def test_it_is_the_level_exceeded_nine_tenths_of_the_time() -> None:
    background = Background()
    levels = np.random.default_rng(1).permutation(np.arange(REMEMBERED_S) / 10 + 40)
    last = [background.add(float(level)) for level in levels][-1]
    assert last == pytest.approx(np.quantile(levels, 0.1), abs=0.2)


def test_a_quarrel_hardly_moves_it_and_a_fuller_hall_does() -> None:
    background = Background()
    quiet = [background.add(50.0) for _ in range(REMEMBERED_S)][-1]
    assert [background.add(86.0) for _ in range(60)][-1] == quiet
    assert [background.add(58.0) for _ in range(REMEMBERED_S)][-1] == 58.0


def test_it_remembers_no_more_than_it_says() -> None:
    background = Background(remembered_s=5)
    for level in (40.0, 60.0, 60.0, 60.0, 60.0, 60.0):
        last = background.add(level)
    assert last == 60.0
    assert len(background._sorted) == 5


RATE = 8_000


def noise(seconds: float, peak: int = 500) -> NDArray[np.int16]:
    return np.random.default_rng(3).integers(-peak, peak, round(seconds * RATE), dtype=np.int16)


def test_half_a_sample_is_left_out() -> None:
    assert samples_of(b"\x01\x00\xff\x7f\x09").tolist() == [1, 32767]
    assert samples_of(b"\x09").tolist() == []


def test_three_seconds_of_nothing_but_zeros_is_a_dead_pickup() -> None:
    watch = Watch(RATE)
    watch.look(noise(1))
    watch.look(np.zeros(RATE, dtype=np.int16))
    assert (watch.condition, watch.measures) == ("sound", False)
    watch.look(np.zeros(2 * RATE, dtype=np.int16))
    assert watch.condition == "dead"
    watch.look(noise(0.1))
    assert (watch.condition, watch.measures) == ("sound", True)


def test_waves_without_tops_are_clipped_until_ten_clean_seconds() -> None:
    watch = Watch(RATE)
    watch.look((8 * noise(1, 20_000).astype(np.int32)).clip(-32768, 32767).astype(np.int16))
    assert watch.condition == "clipped"
    watch.look(noise(9))
    assert watch.condition == "clipped"
    watch.look(noise(1.1))
    assert watch.condition == "sound"


def test_a_single_sample_at_full_scale_is_no_clipping() -> None:
    watch = Watch(RATE)
    loud = noise(1)
    loud[77] = 32767
    watch.look(loud)
    watch.look(np.empty(0, dtype=np.int16))
    assert watch.condition == "sound"
