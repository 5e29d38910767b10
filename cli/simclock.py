"""When a simulated hall begins: where it stopped last, or on the next working day."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broker.clock import HallClock
from hallfile.schema import HallFile

IsWorkday = Callable[[date], bool]


def begin(
    hall: HallFile, data: Path, *, speed: float | None, start: str | None, is_workday: IsWorkday
) -> HallClock:
    """The clock of a simulated hall, going on from the time noted in `data`.

    A hall that stopped in its working hours goes on there; otherwise, or when `start` names an earlier time,
    the next working day begins. Time never runs back, because the journal does not.
    """
    zone = ZoneInfo(hall.hall.timezone)
    opening = time.fromisoformat(start or hall.simulation.start)
    closing = time.fromisoformat(hall.hours.open[-1][1])
    last = read_note(data)
    rate = speed if speed is not None else hall.simulation.speed
    if last is None:
        day = date.fromisoformat(hall.simulation.day)
        return HallClock.simulated(zone, datetime.combine(day, opening, zone), rate)
    last = last.astimezone(zone)
    if start is None and last.time() < closing:
        return HallClock.simulated(zone, last, rate)
    day = last.date()
    if start is None or opening <= last.time():
        day = next_workday(day, is_workday)
    return HallClock.simulated(zone, datetime.combine(day, opening, zone), rate)


def next_workday(day: date, is_workday: IsWorkday) -> date:
    """The first working day after `day`."""
    for later in range(1, 60):
        candidate = day + timedelta(days=later)
        if is_workday(candidate):
            return candidate
    return day + timedelta(days=1)


def note(data: Path, now: datetime, spec: str = "real") -> None:
    """Write down how far the simulated hall has come, and the clock it runs by (`HallClock.spec`)."""
    path = data / "clock.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"hall_time": now.isoformat(), "clock": spec}), encoding="utf-8")
    fresh.replace(path)


def read_note(data: Path) -> datetime | None:
    """What `note` wrote; None when there is nothing that can be read."""
    try:
        return datetime.fromisoformat(_noted(data)["hall_time"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running_clock(data: Path, otherwise: HallClock) -> HallClock:
    """The clock of the simulated hall that runs, or ran last, in `data`; `otherwise` where none did."""
    try:
        return HallClock.from_spec(otherwise.zone, _noted(data)["clock"])
    except (OSError, ValueError, KeyError, TypeError):
        return otherwise


def _noted(data: Path) -> dict[str, str]:
    noted: dict[str, str] = json.loads((data / "clock.json").read_text(encoding="utf-8"))
    return noted
