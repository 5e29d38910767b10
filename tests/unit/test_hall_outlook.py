"""Outlooks: one drawing for a whole line, read by all in it, and drawn no more often than it may be."""

from datetime import timedelta
from itertools import pairwise

import pytest

from hall.core import commands as c
from hall.core.forecast import newcomer, prospect
from hall.core.futures import FUTURES
from hall.core.outlook import FRESH, SAVED_S, SHARE, STEP_OF_MANY_S, STEP_S, Outlooks
from tests.hall.kit import SMALL, Hall


def a_hall(share: float = 0.0) -> Hall:
    """Counter 1 alone does *a*, two minutes each; nothing is saved up any more when the share is none."""
    hall = Hall(services={"a": {**SMALL["services"]["a"], "mean_minutes": 2}})
    hall.engine.outlooks = Outlooks(hall.rules, share)
    hall.done(c.Logout, counter="2")
    return hall


def exhaust(hall: Hall) -> None:
    """Draw until no more may be drawn."""
    drawn = -1
    while hall.engine.outlooks.drawn > drawn:
        drawn = hall.engine.outlooks.drawn
        hall.after(FRESH.total_seconds())
        median(hall)


def median(hall: Hall, service: str = "a") -> float:
    seen = hall.engine.outlooks.prospect(
        hall.state, service, newcomer(hall.state, hall.now, 0), False, hall.now
    )
    assert seen is not None
    assert 0 <= seen.wait.low <= seen.wait.median <= seen.wait.high
    assert seen.finish > hall.now + timedelta(minutes=seen.wait.median)
    return seen.wait.median


def test_a_place_on_the_curve_is_what_a_forecast_for_it_alone_says() -> None:
    hall = Hall()
    for service in "abaabbabab":
        hall.take(service)
    for counter in "12":
        hall.call(counter)
    for service in "ab":
        turn = newcomer(hall.state, hall.now, 0)
        alone = prospect(hall.state, hall.rules, service, hall.now, turn, False)
        assert alone is not None
        assert median(hall, service) == pytest.approx(alone.wait.median, rel=0.15, abs=1)


def test_a_rush_reads_off_one_drawing_and_beyond_its_end() -> None:
    hall = a_hall()
    hall.take("a")
    hall.call()
    exhaust(hall)
    drawn = hall.engine.outlooks.drawn
    waits = [hall.take("a").forecast for _ in range(40)]
    assert hall.engine.outlooks.drawn == drawn
    medians = [wait.median for wait in waits if wait is not None]
    assert len(medians) == 40
    steps = [after - before for before, after in pairwise(medians)]
    assert min(steps) >= 0
    assert medians[-1] - medians[0] == pytest.approx(39 * 2, rel=0.25)


def test_what_could_not_be_drawn_afresh_is_followed() -> None:
    hall = a_hall()
    for _ in range(6):
        hall.take("a")
    hall.call()
    exhaust(hall)
    before = median(hall)
    hall.after(60)
    assert median(hall) == pytest.approx(before - 1, abs=0.05)
    hall.call()
    # one has been called: whoever comes now has one fewer before them, and the same wait
    assert median(hall) == pytest.approx(before - 1, abs=0.05)


def test_counters_that_close_are_looked_at_whatever_is_saved() -> None:
    hall = Hall()
    hall.engine.outlooks = Outlooks(hall.rules, share=0.0)
    for _ in range(6):
        hall.take("a")
    exhaust(hall)
    before = median(hall)
    hall.done(c.Logout, counter="2")
    assert median(hall) > before * 1.3


def test_drawing_takes_its_share_of_the_time_and_no_more() -> None:
    hall = a_hall(share=STEP_S)
    exhaust(hall)
    drawn = hall.engine.outlooks.drawn
    for _ in range(200):
        hall.after(FRESH.total_seconds())
        median(hall)
    # two counters, two lines and nobody: what ten seconds earn
    costs = STEP_OF_MANY_S * FUTURES * 2
    assert hall.engine.outlooks.drawn - drawn == pytest.approx(200 * 10 * STEP_S / costs, abs=2)
    assert SHARE * 60 > SAVED_S


def test_a_clock_put_back_is_believed() -> None:
    hall = a_hall()
    for _ in range(3):
        hall.take("a")
    exhaust(hall)
    drawn = hall.engine.outlooks.drawn
    hall.now -= timedelta(minutes=30)
    assert median(hall) > 0
    assert hall.engine.outlooks.drawn == drawn + 1


def test_one_who_waits_is_told_their_own_place_and_one_parked_when_they_come_in() -> None:
    hall = a_hall(share=SHARE)
    tickets = [hall.take("a") for _ in range(5)]
    hall.call()
    hall.done(c.NoShow, counter="1")
    seen = [hall.engine.outlooks.of(hall.state, ticket, hall.now) for ticket in tickets]
    medians = [one.wait.median for one in seen if one is not None]
    assert len(medians) == 5
    # the first missed the call and comes in after three others
    assert medians[1] < medians[2] < medians[3] < medians[4]
    assert medians[0] == pytest.approx(medians[4], abs=0.01)
