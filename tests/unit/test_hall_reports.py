"""The day's figures, each with its denominator."""

from datetime import date
from pathlib import Path

import pytest

from hall.core import commands as c
from hall.core.booking_commands import CancelBooking
from hall.journal import Journal
from hall.reports.day import day_report, figures
from tests.hall.booked import Booked
from tests.hall.kit import FRIDAY, Hall

DAY = date(2026, 11, 20)


def a_day() -> Hall:
    hall = Hall()
    for kiosk in ("k1", "k1", None, None, None):
        hall.take(kiosk=kiosk)
    hall.done(c.PrintEnded, job="t1-1", outcome="printed")
    hall.done(c.PrintEnded, job="t2-1", outcome="failed", reason="paper_out")
    hall.done(c.Cancel, ticket="t2", why="print_failed")
    for grade in (5, 2, None):
        hall.after(240)
        hall.call()
        hall.done(c.Recall, counter="1")
        hall.after(360)
        hall.done(c.Finish, counter="1")
        if grade is not None:
            hall.done(c.Rate, counter="1", grade=grade)
    hall.after(60)
    hall.at("18:31")
    return hall


def test_figures_of_a_day() -> None:
    day = figures(DAY, a_day().events)
    whole = day.whole
    assert (whole.taken, whole.called, whole.finished, whole.ended, whole.open) == (5, 3, 3, 1, 0)
    assert whole.voided == {"print_failed": 1}
    assert whole.recalls == 3
    # called after 4, 14 and 24 minutes
    assert whole.wait.count == 3
    assert whole.wait.median == pytest.approx(14)
    assert whole.wait.longest == pytest.approx(24)
    assert whole.service.mean == pytest.approx(6)
    assert day.prints == {"printed": 1, "failed": 1}
    assert day.alarms == {"rating": 1}
    assert day.unacknowledged == 1
    assert day.services["a"].taken == 5
    assert day.counters["1"].finished == 3
    assert sum(figures.taken for figures in day.counters.values()) == 3


def test_rates_have_denominators() -> None:
    ratings = figures(DAY, a_day().events).whole.ratings
    assert (ratings.offered, ratings.rated, ratings.unrated) == (3, 2, 1)
    assert ratings.grades == {5: 1, 4: 0, 3: 0, 2: 1, 1: 0}
    assert ratings.satisfied_share == 0.5
    assert ratings.bad_share == 0.5
    assert ratings.rated_share == pytest.approx(2 / 3)


def test_a_day_without_anybody_has_no_rates() -> None:
    whole = figures(DAY, []).whole
    assert whole.wait.count == 0
    assert whole.wait.mean is None
    assert whole.ratings.satisfied_share is None


def test_it_is_read_from_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal.open(path)
    assert day_report(path) is None
    with journal.transaction():
        journal.append(a_day().events)
    day = day_report(path)
    journal.close()
    assert day is not None
    assert (day.day, day.whole.taken) == (DAY, 5)
    empty = day_report(path, date(2026, 1, 1))
    assert empty is not None
    assert empty.whole.taken == 0


def test_appointments_are_counted_by_what_came_of_them() -> None:
    hall = Booked()
    for time in ("10:00", "10:30", "11:00", "16:00"):
        hall.book(time)
    hall.done(CancelBooking, code="CODE4")
    hall.at("09:50").check_in(code="CODE1")
    hall.at("11:10").check_in(code="CODE2")
    hall.at("12:00")
    kept = figures(FRIDAY.date(), hall.events).bookings
    assert (kept.made, kept.cancelled) == (4, 1)
    assert (kept.due, kept.on_time, kept.late, kept.missed) == (3, 1, 1, 1)
