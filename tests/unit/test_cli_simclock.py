"""A simulated hall never runs back in time, and goes on where it stopped."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.simclock import begin, note, read_note
from hallfile.load import load

HALL = load(Path(__file__).parents[2] / "examples" / "dezhou.toml")
ZONE = ZoneInfo("Asia/Shanghai")


def is_workday(day: date) -> bool:
    return day.weekday() < 5


def begins(data: Path, start: str | None = None) -> str:
    clock = begin(HALL, data, speed=None, start=start, is_workday=is_workday)
    return clock.start.strftime("%Y-%m-%d %H:%M")


def test_the_first_day_is_the_hall_files(tmp_path: Path) -> None:
    assert begins(tmp_path) == "2026-11-20 08:30"
    assert begins(tmp_path, "10:00") == "2026-11-20 10:00"


@pytest.mark.parametrize(
    ("stopped", "start", "goes_on"),
    [
        ("2026-11-20 10:12", None, "2026-11-20 10:12"),
        ("2026-11-20 17:31", None, "2026-11-23 08:30"),
        ("2026-11-20 10:12", "15:00", "2026-11-20 15:00"),
        ("2026-11-20 10:12", "09:00", "2026-11-23 09:00"),
    ],
)
def test_a_later_start_goes_on_or_begins_the_next_working_day(
    tmp_path: Path, stopped: str, start: str | None, goes_on: str
) -> None:
    note(tmp_path, datetime.strptime(stopped, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE))
    assert begins(tmp_path, start) == goes_on


def test_a_torn_note_is_no_note(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text('{"hall_ti', encoding="utf-8")
    assert read_note(tmp_path) is None
