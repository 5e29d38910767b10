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


class Stretch(NamedTuple):
    """A time of day in which numbers are given."""

    opens: datetime
    closes: datetime
    most: int | None


def year_is_known(rules: Rules, day: date) -> bool:
    """Whether the holidays of the year of `day` are known, or not asked for."""
    if rules.hall.hours.holidays == "none":
        return True
    return _as_published(day) is not None


@lru_cache(maxsize=1024)
def is_workday(day: date) -> bool:
    """Whether the State Council lets `day` be worked, make-up days included.

    The list is published late in the year before; until it is, Monday to Friday are taken.
    """
    published = _as_published(day)
    return day.weekday() < 5 if published is None else published


def _as_published(day: date) -> bool | None:
    """What the State Council's list says of `day`; None where there is none of its year."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the library's word for a year it does not know
        return None


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


def begun(rules: Rules, moment: datetime) -> dict[Shifts, datetime]:
    """By hours that counters keep: when the shift began that `moment` falls into; no entry where none did."""
    if not works_on(rules, moment.date()):
        return {}
    return {
        hours: shift.opens
        for hours in rules.all_hours
        for shift in _on(hours, moment.date(), moment.tzinfo)
        if shift.opens <= moment < shift.closes
    }


def is_served(rules: Rules, service: str, moment: datetime) -> bool:
    """Whether a counter that does the service is to work at `moment`."""
    shifts, _ = _of(rules, service, moment)
    return any(shift.opens <= moment < shift.closes for shift in shifts)


def closing(rules: Rules, service: str, moment: datetime) -> datetime | None:
    """When the last counter that does the service closes on the day of `moment`; None on a holiday."""
    return _of(rules, service, moment)[1]


def _of(rules: Rules, service: str, moment: datetime) -> tuple[tuple[Shift, ...], datetime | None]:
    """The different shifts of the service's counters on the day of `moment`, and when the last is over."""
    if not works_on(rules, moment.date()):
        return (), None
    return _together(rules.hours_of[service], moment.date(), moment.tzinfo)


@lru_cache(maxsize=1024)
def _together(
    hours: tuple[Shifts, ...], day: date, zone: tzinfo | None
) -> tuple[tuple[Shift, ...], datetime | None]:
    shifts = tuple(shift for one in hours for shift in _on(one, day, zone))
    return shifts, max((shift.closes for shift in shifts), default=None)


def day_end(rules: Rules, moment: datetime) -> datetime | None:
    """When what still waits is ended: the last closing, and the overrun after it; None on a holiday."""
    if not works_on(rules, moment.date()):
        return None
    return _day_end(rules.all_hours, rules.hall.hours.overrun_minutes, moment.date(), moment.tzinfo)


@lru_cache(maxsize=64)
def _day_end(
    all_hours: tuple[Shifts, ...], overrun_minutes: float, day: date, zone: tzinfo | None
) -> datetime | None:
    ends = [_on(hours, day, zone)[-1].closes for hours in all_hours if hours]
    return max(ends) + timedelta(minutes=overrun_minutes) if ends else None


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


def stretch_at(rules: Rules, service: str, moment: datetime) -> Stretch | None:
    """The stretch of the day in which numbers of `service` are given (限号) that `moment` falls into."""
    for stretch in _stretches(rules, service, moment):
        if stretch.opens <= moment < stretch.closes:
            return stretch
    return None


def next_issuing(rules: Rules, service: str, moment: datetime) -> datetime | None:
    """When numbers of `service` begin to be given again after `moment`: a counter works, and the stretch is
    one of its own. None where none is in sight."""
    able = rules.counters_of[service]
    if not rules.service(service).issuing:
        return next_opening(rules, able, moment)
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = _midnight(moment, ahead)
        starts = [
            max(stretch.opens, shift.opens)
            for stretch in _stretches(rules, service, day)
            for counter in able
            for shift in shifts(rules, counter, day)
            if max(stretch.opens, shift.opens) < min(stretch.closes, shift.closes)
        ]
        if later := [start for start in starts if start > moment]:
            return min(later)
    return None


def _stretches(rules: Rules, service: str, moment: datetime) -> Iterator[Stretch]:
    for entry in rules.service(service).issuing:
        opens, closes = (
            datetime.combine(moment.date(), time.fromisoformat(edge), moment.tzinfo)
            for edge in (entry.opens, entry.closes)
        )
        yield Stretch(opens, closes, entry.most)


def next_change(rules: Rules, moment: datetime) -> datetime:
    """The first moment after `moment` at which a shift, a stretch of numbers or the day begins or ends."""
    midnight = _midnight(moment, 1)
    if not works_on(rules, moment.date()):
        return midnight
    edges = _edges(rules.turns, moment.date(), moment.tzinfo)
    coming = next((edge for edge in edges if edge > moment), midnight)
    end = day_end(rules, moment)
    return coming if end is None or end <= moment else min(coming, end)


@lru_cache(maxsize=64)
def _edges(turns: tuple[Shifts, ...], day: date, zone: tzinfo | None) -> tuple[datetime, ...]:
    """When shifts, and stretches of numbers, begin and end on a working day, in order."""
    return tuple(sorted({edge for hours in turns for shift in _on(hours, day, zone) for edge in shift}))


def _midnight(moment: datetime, days: int) -> datetime:
    """The first moment of the day `days` after that of `moment`."""
    return datetime.combine(moment.date() + timedelta(days=days), time(), moment.tzinfo)
