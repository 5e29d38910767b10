"""The forecast: simple, honest, and silent where nothing can be said."""

import random
from statistics import fmean

import pytest

from hall.core import commands as c
from hall.core.forecast import Length, length, newcomer, prospect, residual
from tests.hall.kit import Hall


def median(hall: Hall, service: str = "a") -> float | None:
    seen = prospect(hall.state, hall.rules, service, hall.now, newcomer(hall.state, hall.now, 0), False)
    return None if seen is None else seen.wait.median


def test_a_free_counter_means_no_wait() -> None:
    assert median(Hall()) == 0


def test_the_work_ahead_is_shared_by_the_counters_that_can_do_it() -> None:
    hall = Hall()
    for _ in range(4):
        hall.take("a")
    # two counters, ten minutes each, four before
    assert median(hall, "a") == 20
    # counter 2 alone does b, and shares the four
    assert median(hall, "b") == 20


def test_one_being_served_counts_for_what_is_left() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    hall.take("a")
    hall.call()
    at_once, after_five = median(hall), median(hall.after(300))
    assert at_once == pytest.approx(10, abs=0.1)
    assert after_five is not None
    assert 4 < after_five < 7


def test_a_service_that_outlasts_its_mean_is_not_over_any_moment() -> None:
    left = [residual(Length(10, 25), elapsed).mean for elapsed in (0, 5, 10, 20, 60, 600, 60000)]
    assert left[0] == 10
    assert left[1] < 10
    assert all(minutes > 1 for minutes in left)


def test_what_is_left_is_what_a_lognormal_leaves() -> None:
    chance = random.Random(7)
    total = Length(10.0, 25.0)
    sigma2 = 0.2231435513142097  # ln(1 + 25 / 10²)
    lengths = [chance.lognormvariate(2.302585 - sigma2 / 2, sigma2**0.5) for _ in range(100_000)]
    left = [minutes - 8 for minutes in lengths if minutes > 8]
    assert residual(total, 8).mean == pytest.approx(fmean(left), rel=0.02)


def test_today_teaches_and_the_hall_file_is_slowly_forgotten() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    for _ in range(8):
        hall.take()
        hall.call()
        hall.after(20 * 60)
        hall.done(c.Finish, counter="1")
    # eight of twenty minutes weigh as much as the ten of the hall file
    assert length(hall.state, hall.rules, "a").mean == pytest.approx(15)


def test_the_wait_goes_around_lunch() -> None:
    hall = Hall("11:55")
    for _ in range(4):
        hall.take("a")
    # both counters begin one before noon, the rest waits for 14:00
    assert median(hall) == pytest.approx(135, abs=0.1)


def test_at_lunch_the_counters_that_will_open_are_counted_on() -> None:
    hall = Hall("11:59")
    hall.take("a")
    assert median(hall.at("13:00")) == 60


def test_nothing_is_said_where_no_counter_is_in_sight() -> None:
    hall = Hall()
    hall.done(c.Pause, counter="2")
    assert median(hall, "b") is None
    assert median(hall, "a") == 0
    assert median(Hall("18:00"), "a") is None


def test_appointments_are_before_a_walk_in_and_not_behind() -> None:
    hall = Hall()
    for code in range(4):
        hall.take(appointment=f"B{code}")
    assert median(hall) == 20
    assert hall.take(appointment="late").forecast == hall.state.tickets["t5"].forecast
    for _ in range(10):
        hall.take()
    booked = hall.take(appointment="last")
    assert booked.forecast is not None
    assert booked.forecast.median == pytest.approx(25, abs=5.1)


def test_the_interval_holds_the_median_and_grows_with_the_queue() -> None:
    hall = Hall()
    waits = [hall.take().forecast for _ in range(12)]
    spreads = []
    for wait in waits:
        assert wait is not None
        assert 0 <= wait.low <= wait.median <= wait.high
        spreads.append(wait.high - wait.low)
    assert spreads == sorted(spreads)
    assert spreads[-1] > 10
