"""A calibrator at the pickup, and what is kept of it."""

import math
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from devices.mic_monitor.calibration import STEADY_S, Calibrator
from devices.mic_monitor.memory import LESSONS_COUNTED, Calibration, Memory

RATE = 48_000
NINE = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def tone(seconds: float, dbfs: float = -26.0, hertz: float = 1000.0, rate: int = RATE) -> NDArray[np.int16]:
    time = np.arange(round(seconds * rate)) / rate
    peak = 32768 * math.sqrt(2) * 10 ** (dbfs / 20)
    return np.rint(peak * np.sin(2 * math.pi * hertz * time)).clip(-32768, 32767).astype(np.int16)


def room(seconds: float, dbfs: float) -> NDArray[np.int16]:
    sound = np.random.default_rng(1).normal(0, 32768 * 10 ** (dbfs / 20), round(seconds * RATE))
    return np.rint(sound).astype(np.int16)


def heard(*sounds: NDArray[np.int16], rate: int = RATE) -> Calibrator:
    calibrator = Calibrator(rate)
    for sound in sounds:
        for start in range(0, len(sound), 5000):
            calibrator.feed(sound[start : start + 5000])
    return calibrator


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
@pytest.mark.parametrize("hertz", [985.0, 1000.0, 1015.0])
def test_five_steady_seconds_of_the_tone_tell_its_level(rate: int, hertz: float) -> None:
    calibrator = heard(tone(5.1, hertz=hertz, rate=rate), rate=rate)
    assert calibrator.level == pytest.approx(-26.0, abs=0.05)
    assert calibrator.fault is None


def test_a_hall_at_work_around_it_does_no_harm() -> None:
    assert heard(tone(6) + room(6, -66.0)).level == pytest.approx(-26.0, abs=0.1)


def test_four_seconds_are_not_enough() -> None:
    calibrator = heard(tone(STEADY_S - 1))
    assert (calibrator.level, calibrator.fault) == (None, "not_steady")


@pytest.mark.parametrize(
    ("sound", "fault"),
    [
        (np.empty(0, dtype=np.int16), "no_sound"),
        (np.zeros(6 * RATE, dtype=np.int16), "too_quiet"),
        (tone(6, dbfs=-80), "too_quiet"),
        (tone(6, dbfs=+3), "clipped"),
        (tone(6, hertz=250), "wrong_tone"),
        (tone(6, hertz=950), "wrong_tone"),
        (room(6, -30), "wrong_tone"),
        (tone(6) + room(6, -30), "wrong_tone"),
        (np.concatenate([tone(1, dbfs) for dbfs in (-26, -27, -26, -27, -26, -27)]), "not_steady"),
    ],
)
def test_anything_else_is_refused_with_what_it_was(sound: NDArray[np.int16], fault: str) -> None:
    calibrator = heard(sound)
    assert (calibrator.level, calibrator.fault) == (None, fault)


def test_a_knock_begins_the_five_seconds_anew() -> None:
    calibrator = heard(tone(4), room(0.5, -30), tone(4))
    assert calibrator.level is None
    calibrator.feed(tone(2))
    assert calibrator.level == pytest.approx(-26.0, abs=0.05)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "devices.db"


def memory(path: Path | None, pickup: str = "mic-03", counter: str = "3") -> Memory:
    return Memory(path, pickup, counter, "full_scale")


def test_a_calibration_is_kept_for_its_pickup_and_can_be_forgotten(database: Path) -> None:
    found = Calibration(119.7, 94.0, NINE)
    memory(database).calibrate(found)
    assert memory(database).calibration() == found
    assert memory(database, "mic-04").calibration() is None
    memory(database).calibrate(None)
    assert memory(database).calibration() is None


def test_a_background_is_learned_for_each_counter_hour_and_kind_of_level(database: Path) -> None:
    for level in (-70.0, -68.0, -66.0):
        memory(database).learn(9, level)
    assert memory(database).background(9) == pytest.approx(-68.0)
    assert memory(database).background(10) is None
    assert memory(database, counter="4").background(9) is None
    assert Memory(database, "mic-03", "3", "db").background(9) is None


def test_a_hall_that_has_changed_is_known_anew_and_the_table_does_not_grow(database: Path) -> None:
    taught = memory(database)
    for _ in range(LESSONS_COUNTED):
        taught.learn(9, -70.0)
    for _ in range(3 * LESSONS_COUNTED):
        taught.learn(9, -60.0)
    assert taught.background(9) == pytest.approx(-60.5, abs=0.1)
    with taught._database() as opened:
        assert opened.execute("SELECT count(*) FROM counter_background").fetchone() == (1,)


def test_without_a_database_nothing_is_remembered() -> None:
    forgetful = memory(None)
    forgetful.calibrate(Calibration(119.7, 94.0, NINE))
    forgetful.learn(9, -70.0)
    assert forgetful.calibration() is None
    assert forgetful.background(9) is None
