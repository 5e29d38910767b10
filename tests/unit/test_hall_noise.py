"""Loud for three of five seconds is an alarm; a slammed door, our own voice, a gap and a guess are not."""

from collections.abc import Sequence
from math import log10

import pytest

from hall.core.noise import Announcements, Detector, Reading
from hallfile.schema import NoiseRule


class Ear:
    def __init__(self, rule: NoiseRule | None = None) -> None:
        self.detector = Detector(rule or NoiseRule())
        self.at = 0.0

    def hear(
        self,
        levels: Sequence[float],
        *,
        background: float = 55.0,
        calibrated: bool = True,
        muted: bool = False,
        others: Sequence[float] = (),
        shown: bool = False,
    ) -> list[str]:
        verdicts: list[str] = []
        for level in levels:
            self.at += 1.0
            reading = Reading(self.at, level, background, calibrated, muted, others, shown)
            verdict = self.detector.hear(reading)
            if verdict is not None:
                verdicts.append(verdict)
        return verdicts


QUIET = [58.0] * 20


def test_a_quarrel_of_four_seconds_alarms_once_and_clears_after_ten_quiet_ones() -> None:
    ear = Ear()
    assert ear.hear([*QUIET, 82.0, 86.0, 86.0, 84.0]) == ["raise"]
    assert ear.hear([58.0] * 9) == []
    assert ear.hear([58.0]) == ["clear"]
    assert ear.hear(QUIET) == []


def test_a_slammed_door_does_not() -> None:
    # 0.3 s at 95 dB over 58 is 89.8 dB as LAeq of its second, at worst spread over two
    assert Ear().hear([*QUIET, 89.8, *QUIET, 87.0, 86.5, *QUIET]) == []


def as_shown(noise_db: float, lasts: int, refresh: int, phase: int, asked: int) -> list[float]:
    """What an instrument over 58 dB shows once a second of a noise; times in twentieths of a second.

    It shows the mean of its last `refresh`, and is asked every half second, from `asked` on.
    """
    energy = [10 ** (noise_db / 10) if 0 <= at - 200 < lasts else 10**5.8 for at in range(600)]

    def mean(ended: int) -> float:
        return round(10 * log10(sum(energy[ended - refresh : ended]) / refresh), 1)

    polls = range(60 + asked, 580, 10)
    levels = [mean((poll - phase) // refresh * refresh + phase) for poll in polls]
    return levels[::2]


PHASES = [
    (refresh, phase, asked)
    for refresh in (10, 20, 30)
    for phase in range(0, refresh, 3)
    for asked in range(0, 20, 3)
]


def test_a_slow_instrument_shows_a_slam_for_long_and_it_is_no_quarrel() -> None:
    for refresh, phase, asked in PHASES:
        assert Ear().hear(as_shown(95.0, 6, refresh, phase, asked), shown=True) == []
        assert Ear().hear(as_shown(86.0, 80, refresh, phase, asked), shown=True)[:1] == ["raise"]


def test_a_level_that_stands_still_on_an_instrument_alarms_a_second_later() -> None:
    assert Ear(NoiseRule(of_seconds=3)).hear([*QUIET, 86.0, 86.0, 86.0], shown=True) == []
    assert Ear(NoiseRule(of_seconds=3)).hear([*QUIET, 86.0, 86.0, 86.0, 86.0], shown=True) == ["raise"]


def test_three_of_five_need_not_follow_each_other() -> None:
    assert Ear().hear([*QUIET, 81.0, 60.0, 81.0, 60.0, 81.0]) == ["raise"]
    assert Ear().hear([*QUIET, 81.0, 60.0, 60.0, 81.0, 60.0, 60.0, 81.0, 60.0, 60.0]) == []


@pytest.mark.parametrize(("level", "background"), [(79.9, 55.0), (85.0, 70.1)])
def test_loud_means_in_itself_and_over_the_background(level: float, background: float) -> None:
    assert Ear().hear([level] * 20, background=background) == []


def test_an_uncalibrated_pickup_never_alarms() -> None:
    assert Ear().hear([120.0] * 60, calibrated=False) == []


def test_our_own_announcements_are_ignored() -> None:
    ear = Ear()
    assert ear.hear([90.0] * 30, muted=True) == []
    # two loud seconds after it are not three
    assert ear.hear([85.0, 85.0, 58.0, 58.0, 58.0]) == []


def test_an_announcement_in_the_middle_of_a_quarrel_delays_and_does_not_end_the_alarm() -> None:
    ear = Ear()
    ear.hear([86.0] * 3)
    assert ear.hear([50.0] * 30, muted=True) == []
    assert ear.hear([58.0] * 10) == ["clear"]


def test_a_noise_that_comes_back_begins_the_ten_seconds_anew() -> None:
    ear = Ear()
    ear.hear([86.0] * 3)
    assert ear.hear([*[58.0] * 9, 76.0, *[58.0] * 9]) == []
    assert ear.hear([58.0]) == ["clear"]


def test_a_gap_leaves_nothing_to_count_on() -> None:
    ear = Ear()
    ear.hear([86.0, 86.0])
    ear.at += 3
    assert ear.hear([86.0, 86.0]) == []
    assert ear.hear([86.0]) == ["raise"]


def test_a_reading_that_comes_twice_or_from_before_counts_on_nothing() -> None:
    ear = Ear()
    ear.hear([86.0, 86.0])
    ear.at -= 1
    assert ear.hear([86.0]) == []


def test_an_alarm_that_went_on_before_a_restart_can_end() -> None:
    detector = Detector(NoiseRule(), alarming=True)
    verdicts = [detector.hear(Reading(float(at), 58.0, 55.0, True, False)) for at in range(10)]
    assert verdicts[-1] == "clear"


def test_the_seconds_of_an_announcement_and_one_more_are_covered() -> None:
    spoken = Announcements()
    assert not spoken.covers(9.5)
    spoken.started("x", 10.0)
    assert not spoken.covers(10.0)
    assert spoken.covers(10.2)
    assert spoken.covers(15.0)
    spoken.finished("x", 15.4)
    assert spoken.covers(17.3)
    assert not spoken.covers(17.4)


def test_an_announcement_dropped_before_it_began_covers_nothing() -> None:
    spoken = Announcements()
    spoken.finished("x", 15.0)
    assert not spoken.covers(15.5)


def test_a_loudspeaker_that_is_gone_says_nothing_more() -> None:
    spoken = Announcements()
    spoken.started("x", 10.0)
    spoken.silenced(11.0)
    assert not spoken.covers(14.0)


def test_an_end_that_was_never_told_does_not_deafen_the_hall() -> None:
    spoken = Announcements(longest_s=30.0)
    spoken.started("x", 10.0)
    assert spoken.covers(39.0)
    assert not spoken.covers(50.0)


ANNOUNCEMENT = [60.0, 64.0, 66.0, 58.0, 65.0, 63.0, 50.0, 64.0]


def test_a_quarrel_during_an_announcement_alarms_once_its_voice_is_known() -> None:
    ear = Ear()
    assert ear.hear(ANNOUNCEMENT * 3, muted=True) == []
    assert ear.hear([64.0, 86.0, 86.0, 86.0, 86.0, 64.0], muted=True, others=[63.0, 66.0]) == ["raise"]


def test_a_quarrel_during_the_first_announcement_is_told_from_it_by_the_other_pickups() -> None:
    assert Ear().hear([64.0, 86.0, 86.0, 86.0, 86.0], muted=True, others=[63.0, 66.0]) == ["raise"]
    assert Ear().hear([64.0, 86.0, 86.0, 86.0, 86.0], muted=True) == []


@pytest.mark.parametrize("before", [(), ANNOUNCEMENT * 10])
def test_a_loud_announcement_alone_never_alarms(before: Sequence[float]) -> None:
    ear = Ear()
    assert ear.hear(before, muted=True, others=[64.0, 64.0]) == []
    assert ear.hear([82.0, 84.0, 81.0, 79.0, 70.0] * 60, muted=True, others=[82.0, 81.0]) == []


def test_a_pickup_below_the_loudspeaker_gets_used_to_it() -> None:
    ear = Ear()
    assert ear.hear([82.0] * 20, muted=True, others=[70.0, 68.0]) == []
    assert ear.hear([82.0, 84.0] * 60, muted=True, others=[70.0, 68.0]) == []


def test_a_quarrel_that_goes_on_under_an_announcement_begins_the_ten_seconds_anew() -> None:
    ear = Ear()
    ear.hear(ANNOUNCEMENT * 3, muted=True)
    assert ear.hear([86.0] * 3) == ["raise"]
    assert ear.hear([58.0] * 9) == []
    assert ear.hear([86.0], muted=True) == []
    assert ear.hear([58.0] * 9) == []
    assert ear.hear([58.0]) == ["clear"]
