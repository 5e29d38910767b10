"""When the hall works: shifts on working days, and the moment at which something about them changes.

Moments stand in the hall's zone: their date and time of day are the hall's.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

import chinese_calendar

from hall.core.rules import Rules, Shifts

LOOK_AHEAD_DAYS: Final = 31
"""No run of holidays is longer; beyond it nothing is said about the next opening."""


class Shift(NamedTuple):
    """One stretch of work."""

    opens: datetime
    closes: datetime


@lru_cache(maxsize=1024)
def is_workday(day: date) -> bool:
    """Whether the State Council lets `day` be worked, make-up days included.

    The list is published late in the year before; until it is, Monday to Friday are taken.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def works_on(rules: Rules, day: date) -> bool:
    """Whether the hall works on `day` at all."""
    return rules.hall.hours.holidays == "none" or is_workday(day)


def shifts(rules: Rules, counter: str, moment: datetime) -> tuple[Shift, ...]:
    """The counter's shifts on the day of `moment`; none on a holiday."""
    if not works_on(rules, moment.date()):
        return ()
    return _on(rules.shifts_of[counter], moment.date(), moment.tzinfo)


@lru_cache(maxsize=4096)
def _on(hours: Shifts, day: date, zone: tzinfo | None) -> tuple[Shift, ...]:
    return tuple(
        Shift(*(datetime.combine(day, time.fromisoformat(edge), zone) for edge in interval))
        for interval in hours
    )


def shift_at(rules: Rules, counter: str, moment: datetime) -> Shift | None:
    """The shift that `moment` falls into."""
    for shift in shifts(rules, counter, moment):
        if shift.opens <= moment < shift.closes:
            return shift
    return None


def closing(rules: Rules, counters: Iterable[str], moment: datetime) -> datetime | None:
    """When the last of `counters` closes on the day of `moment`; None on a holiday."""
    ends = [day[-1].closes for counter in counters if (day := shifts(rules, counter, moment))]
    return max(ends, default=None)


def day_end(rules: Rules, moment: datetime) -> datetime | None:
    """When what still waits is ended: the last closing, and the overrun after it; None on a holiday."""
    if not works_on(rules, moment.date()):
        return None
    ends = [_on(hours, moment.date(), moment.tzinfo)[-1].closes for hours in rules.all_hours if hours]
    return max(ends) + timedelta(minutes=rules.hall.hours.overrun_minutes) if ends else None


def next_opening(rules: Rules, counters: Iterable[str], moment: datetime) -> datetime | None:
    """When one of `counters` next begins a shift after `moment`; None where none is in sight."""
    able = list(counters)
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = _midnight(moment, ahead)
        starts = [
            shift.opens for counter in able for shift in shifts(rules, counter, day) if shift.opens > moment
        ]
        if starts:
            return min(starts)
    return None


def next_change(rules: Rules, moment: datetime) -> datetime:
    """The first moment after `moment` at which a shift begins or ends, or the day does."""
    return min(edge for edge in _edges(rules, moment) if edge > moment)


def _edges(rules: Rules, moment: datetime) -> Iterator[datetime]:
    yield _midnight(moment, 1)
    if not works_on(rules, moment.date()):
        return
    for hours in rules.all_hours:
        for shift in _on(hours, moment.date(), moment.tzinfo):
            yield from shift
    if (end := day_end(rules, moment)) is not None:
        yield end


def _midnight(moment: datetime, days: int) -> datetime:
    """The first moment of the day `days` after that of `moment`."""
    return datetime.combine(moment.date() + timedelta(days=days), time(), moment.tzinfo)
