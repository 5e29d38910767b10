"""How soon it is seen that today is slow or quick, and that it is not."""

import random
from datetime import UTC, datetime, timedelta
from math import log

import pytest

from hall.core.drift import Drift

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
SCATTER = 0.47


def after(services: int, factor: float, seed: int = 1) -> Drift:
    """What is thought after so many services, one a minute, that take longer by `factor`."""
    chance, drift = random.Random(seed), Drift()
    for minute in range(services):
        unlike = log(factor) + chance.gauss(0, SCATTER)
        drift.learn("a", unlike, SCATTER**2, MORNING + timedelta(minutes=minute))
    return drift


def test_a_day_like_the_others_is_left_to_be_one() -> None:
    off = [after(120, 1.0, seed).mean for seed in range(20)]
    assert sum(abs(one) for one in off) / 20 < 0.04


@pytest.mark.parametrize("factor", [0.75, 1.35])
def test_a_day_unlike_the_others_is_seen_within_the_hour(factor: float) -> None:
    means = [after(60, factor, seed).mean for seed in range(20)]
    assert sum(means) / 20 == pytest.approx(log(factor), abs=0.08)


def test_it_is_less_sure_of_itself_while_the_day_turns() -> None:
    assert after(60, 1.35).variance > after(60, 1.0).variance
    assert sum(guess.likely for guess in after(60, 1.35).guesses) == pytest.approx(1)


def test_those_who_are_served_for_long_say_so_before_they_are_done() -> None:
    drift = after(30, 1.1)
    alone, variance = drift.with_those_served([])
    assert (alone, variance) == pytest.approx((drift.mean, drift.variance))
    slow, surer = drift.with_those_served([(log(2.0), SCATTER)] * 10)
    assert slow > alone + 0.02
    assert surer < variance
    begun, _ = drift.with_those_served([(log(0.05), SCATTER)] * 10)
    assert begun == pytest.approx(alone, abs=0.005)


def test_what_has_moved_is_taken_to_stay_where_it_is() -> None:
    early, late = after(60, 1.35), after(240, 1.35)
    assert late.variance < early.variance
    assert late.guesses[0].likely > 2 * early.guesses[0].likely
    assert late.guesses[0].mean == pytest.approx(log(1.35), abs=0.1)


def test_a_service_of_its_own_is_told_from_the_hall() -> None:
    chance, drift = random.Random(4), Drift()
    for minute in range(240):
        for service, factor in (("slow", 1.3), ("usual", 1.0), ("other", 1.0)):
            seen = log(factor) + chance.gauss(0, SCATTER)
            drift.learn(service, seen, SCATTER**2, MORNING + timedelta(minutes=minute))
    assert drift.differs("slow") > 0.05
    assert max(drift.differs("usual"), drift.differs("other")) < 0
    assert drift.differs("never seen") == 0


def test_what_can_hardly_be_breaks_nothing() -> None:
    """A service that always takes five minutes, and one that ran on for ten hours in the books."""
    drift = Drift()
    for minute in range(30):
        drift.learn("a", 0.0, 0.001, MORNING + timedelta(minutes=minute))
    drift.learn("a", log(120), 0.001, MORNING + timedelta(minutes=31))
    assert 0 < drift.mean <= log(120)
    assert drift.variance > 0
