"""Working days of 2026 around the National Day: holidays are left out, make-up days count."""

from datetime import date, datetime

import pytest

from hall.core import workdays
from tests.hall.kit import ZONE, Hall

RULES = Hall().rules
# 2026: 1–7 October are free, Sunday 20 September and Saturday 10 October are worked for them
FRIDAY = date(2026, 9, 18)


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (FRIDAY, 1, date(2026, 9, 20)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 15, date(2026, 10, 27)),
    ],
)
def test_days_after(day: date, count: int, after: date) -> None:
    assert workdays.after(RULES, day, count) == after
    assert workdays.between(RULES, day, after) == (count or 1)


def test_days_before() -> None:
    assert workdays.before(RULES, date(2026, 10, 9), 2) == date(2026, 9, 30)
    assert workdays.between(RULES, date(2026, 10, 9), date(2026, 9, 30)) == -2


def test_a_clock_ends_with_the_last_closing() -> None:
    begins = datetime(2026, 11, 20, 17, 29, tzinfo=ZONE)
    assert workdays.due(RULES, begins, 1) == datetime(2026, 11, 23, 17, 30, tzinfo=ZONE)


def test_a_hall_that_never_closes_counts_every_day() -> None:
    rules = Hall(hours={"holidays": "none"}).rules
    assert workdays.after(rules, date(2026, 11, 20), 2) == date(2026, 11, 22)
