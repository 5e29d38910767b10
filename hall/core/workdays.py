"""Counting in working days: not the day on which something happens, no holidays, but make-up days.

A clock of working days runs out when the hall closes on the day it is due.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from hall.core import calendar
from hall.core.rules import Rules

_DAY: Final = timedelta(days=1)
_LAST_MINUTE: Final = "23:59"
_FIRST_MINUTE: Final = "00:00"


def after(rules: Rules, day: date, count: int) -> date:
    """The day `count` working days after `day`; with 0 `day` itself, or the next one that is worked."""
    return _step(rules, day, count, _DAY)


def before(rules: Rules, day: date, count: int) -> date:
    """The day `count` working days before `day`; with 0 `day` itself, or the last one worked."""
    return _step(rules, day, count, -_DAY)


def between(rules: Rules, first: date, last: date) -> int:
    """How many working days `last` lies after `first`; less than 0 when it lies before."""
    if last < first:
        return -between(rules, last, first)
    days = (first + _DAY * ahead for ahead in range(1, (last - first).days + 1))
    return sum(calendar.works_on(rules, day) for day in days)


def due(rules: Rules, moment: datetime, count: int) -> datetime:
    """When `count` working days from `moment` have run out: the closing on the last of them."""
    return closing(rules, after(rules, moment.date(), count), moment)


def opening(rules: Rules, day: date, like: datetime) -> datetime:
    """When the hall first opens on a working day, in the zone of `like`."""
    first = min((hours[0][0] for hours in rules.all_hours if hours), default=_FIRST_MINUTE)
    return datetime.combine(day, time.fromisoformat(first), like.tzinfo)


def closing(rules: Rules, day: date, like: datetime) -> datetime:
    """When the hall last closes on a working day, in the zone of `like`."""
    last = max((hours[-1][1] for hours in rules.all_hours if hours), default=_LAST_MINUTE)
    return datetime.combine(day, time.fromisoformat(last), like.tzinfo)


def _step(rules: Rules, day: date, count: int, step: timedelta) -> date:
    left = count
    while left > 0:
        day += step
        left -= calendar.works_on(rules, day)
    while not calendar.works_on(rules, day):
        day += step
    return day
