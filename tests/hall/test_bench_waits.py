"""The forecast and fairness benches, a day or two of each."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.waits import fairness, forecast
from bench.waits.baselines import Baselines
from bench.waits.oracle import Oracle
from bench.waits.scored import hall_of, warm_up
from hall.core import Rules, State
from hall.core import commands as c
from hall.core.events import ServiceFinished
from hall.texts import texts
from tests.hall.kit import FRIDAY, Hall

EXAMPLE = Path("examples/dezhou.toml")


def test_a_day_is_scored_by_everybody() -> None:
    task = forecast.Task("normal", number=0, seed=1, example=EXAMPLE, history=1)
    day = forecast.one_day(task)
    figures = forecast.figures_of([day])
    assert figures["n"] > 550
    assert set(figures["mae_min"]) == {"ours", "zms", "mean", "ewma", "oracle"}
    assert figures["mae_min"]["ours"] < figures["mae_min"]["mean"]
    assert 0.6 < figures["coverage80"] < 0.95
    assert forecast.one_day(task) == day


def test_history_teaches_what_the_hall_is_like() -> None:
    warm = warm_up("normal", EXAMPLE, seed=1, days=2)
    lessons = warm.state.lessons
    assert lessons.missed.value == pytest.approx(0.08, abs=0.03)
    assert lessons.flows["a"].days == 1
    assert sum(lessons.flows["d"].usual) == pytest.approx(75, abs=4)
    assert warm.truth.clerks["clerk-14"] == 1


def test_fifty_desks_are_fifty() -> None:
    hall = hall_of("fifty_desks", EXAMPLE)
    assert len(hall.counters) == 50
    assert {name for counter in hall.counters.values() for name in counter.services} == set(hall.services)


def test_the_oracle_expects_whom_the_day_brings() -> None:
    hall = hall_of("normal", EXAMPLE)
    rules = Rules(hall, texts("zh-CN"))
    warm = warm_up("normal", EXAMPLE, seed=1, days=1)
    coming = Oracle(State(), rules, warm.truth).coming("a", warm.day)
    begins, people = warm.day, 0.0
    for until, rate in coming.rates:
        people += rate * (until - begins).total_seconds() / 60
        begins = until
    assert people == pytest.approx(hall.simulation.crowd["a"].tickets)


def test_an_administrator_types_in_round_figures() -> None:
    hall = Hall()
    baselines = Baselines(hall.rules)
    hall.take()
    hall.call()
    hall.after(13 * 60)
    hall.done(c.Finish, counter="1")
    baselines.see(hall.state, hall.last(ServiceFinished))
    baselines.type_in()
    assert baselines.say(hall.state, "a", 4) == pytest.approx({"zms": 30, "mean": 26, "ewma": 26})


def test_ours_lies_between_strict_priority_and_first_come_first_served() -> None:
    found = {}
    for policy in fairness.POLICIES:
        waits = fairness.one_day((policy, 0, 1.0, 1, EXAMPLE))
        found[policy] = SimpleNamespace(**fairness.figures_of(waits))
    assert found["ours"].max_overtaken <= found["strict"].max_overtaken
    assert found["ours"].booked_within_5min > found["fifo"].booked_within_5min
    p95 = {policy: one.p95_by_class for policy, one in found.items()}
    assert p95["strict"]["priority"] < p95["ours"]["priority"] < p95["fifo"]["priority"]
    assert p95["fifo"]["walk_in"] <= p95["strict"]["walk_in"]
    assert all(one.longest_at_work_min <= one.longest_wait_min for one in found.values())


def test_a_lunch_within_a_wait_can_be_left_out() -> None:
    rules = Hall(hours={"open": [["08:30", "12:00"], ["14:00", "17:30"]]}).rules
    waited = fairness.at_work(rules, "a", FRIDAY + timedelta(hours=11.75), FRIDAY + timedelta(hours=14.5))
    assert waited == pytest.approx(45)
