"""A counter's background and statistics, and what a pickup's samples say about the pickup."""

import numpy as np
import pytest
from numpy.typing import NDArray

from devices.mic_monitor.background import KNOWN_AFTER_S, LEARN_EVERY_S, Background
from devices.mic_monitor.condition import Watch, samples_of
from devices.mic_monitor.exceedance import REMEMBERED_S, Exceedance


class Notebook:
    """What was learned, in plain sight."""

    def __init__(self, known: dict[int, float] | None = None) -> None:
        self.known = known or {}
        self.lessons: list[tuple[int, float]] = []

    def background(self, hour: int) -> float | None:
        return self.known.get(hour)

    def learn(self, hour: int, background: float) -> None:
        self.lessons.append((hour, background))


def test_the_levels_exceeded_a_tenth_half_and_nine_tenths_of_the_time() -> None:
    statistics = Exceedance(a_second=8)
    levels = np.random.default_rng(1).permutation(np.arange(8 * REMEMBERED_S) / 80 + 40)
    for second in levels.reshape(-1, 8):
        exceeded = statistics.add(second.tolist())
    assert exceeded == pytest.approx([np.quantile(levels, share) for share in (0.9, 0.5, 0.1)], abs=0.05)
    assert exceeded.l10 >= exceeded.l50 >= exceeded.l90


def test_they_are_of_the_last_five_minutes_and_of_no_more() -> None:
    statistics = Exceedance(a_second=1, remembered_s=5)
    for level in (40.0, 60.0, 60.0, 60.0, 60.0, 60.0):
        last = statistics.add([level])
    assert last.l90 == 60.0
    assert statistics.seconds == 5


def test_a_quarrel_hardly_moves_the_background_and_a_fuller_hall_does() -> None:
    background = Background(Notebook(), 1)
    quiet = [background.add((50.0,), 9)[0] for _ in range(REMEMBERED_S)][-1]
    assert [background.add((86.0,), 9)[0] for _ in range(60)][-1] == quiet
    assert [background.add((58.0,), 9)[0] for _ in range(REMEMBERED_S)][-1] == 58.0


def test_with_nothing_learned_it_begins_with_the_first_second() -> None:
    assert Background(Notebook(), 1).add((48.0,), 9)[0] == 48.0


def test_with_something_learned_a_quarrel_at_the_start_is_not_the_background() -> None:
    background = Background(Notebook({9: 52.0, 10: 99.0}), 1)
    heard = [background.add((86.0,), 9)[0] for _ in range(10)]
    assert heard[0] == pytest.approx(52.3, abs=0.1)
    assert max(heard) < 86.0 - 15.0
    for _ in range(round(KNOWN_AFTER_S)):
        background.add((55.0,), 10)
    assert background.add((55.0,), 10)[0] == 55.0


def test_every_five_minutes_are_a_lesson_for_the_hour_they_were_heard_in() -> None:
    notebook = Notebook()
    background = Background(notebook, 1)
    for hour, level in ((9, 50.0), (10, 57.0)):
        for _ in range(LEARN_EVERY_S):
            background.add((level,), hour)
    assert notebook.lessons == [(9, 50.0), (10, 57.0)]


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
