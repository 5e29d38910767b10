"""The forecast: what is known and believed of a hall becomes a median and an honest interval."""

import random
import time
from datetime import UTC, datetime, timedelta
from math import inf
from statistics import fmean

import msgspec
import pytest

from hall.core import State, evolve
from hall.core import commands as c
from hall.core.beliefs import Learned
from hall.core.forecast import newcomer, overview, prospect
from hall.core.futures import FUTURES, Line, Lognormal, Overtakers, Person, Stand, kind, play, play_lines
from hall.core.lessons import Lessons, Mean
from tests.hall.kit import SMALL, Hall


def median(hall: Hall, service: str = "a") -> float | None:
    seen = prospect(hall.state, hall.rules, service, hall.now, newcomer(hall.state, hall.now, 0), False)
    return None if seen is None else seen.wait.median


def serve(hall: Hall, minutes: float, counter: str = "1") -> None:
    hall.take()
    hall.call(counter)
    hall.after(minutes * 60)
    hall.done(c.Finish, counter=counter)


def test_a_free_counter_means_no_wait() -> None:
    assert median(Hall()) == pytest.approx(0.1, abs=0.05)


def test_the_work_ahead_is_shared_by_the_counters_that_can_do_it() -> None:
    hall = Hall()
    for _ in range(4):
        hall.take("a")
    # two counters, ten minutes each, four before: the one that is done first takes the next
    shared = median(hall, "a")
    assert shared == pytest.approx(13, abs=3)
    # counter 2 alone does b, and shares the four
    assert median(hall, "b") == pytest.approx(shared, abs=6)


def test_one_being_served_counts_for_what_is_left() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    hall.take("a")
    hall.call()
    at_once, after_five = median(hall), median(hall.after(300))
    assert at_once == pytest.approx(9, abs=1)
    assert after_five is not None
    assert 3 < after_five < 6


def test_a_service_that_outlasts_its_mean_is_not_over_any_moment() -> None:
    length = Lognormal(2.19, 0.47)
    left = [fmean(length.left(elapsed)) for elapsed in (0, 5, 10, 20, 60, 600, 60000)]
    assert left[0] == pytest.approx(10, abs=0.2)
    assert left[1] < 10
    assert all(minutes > 1 for minutes in left)


def test_what_is_left_is_what_a_lognormal_leaves() -> None:
    chance = random.Random(7)
    length = Lognormal(2.19, 0.47)
    lengths = [chance.lognormvariate(length.mu, length.sigma) for _ in range(100_000)]
    left = [minutes - 8 for minutes in lengths if minutes > 8]
    assert fmean(length.left(8)) == pytest.approx(fmean(left), rel=0.03)


def test_today_teaches_and_the_hall_file_is_slowly_forgotten() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    before = Learned(hall.state, hall.rules).length("a", hall.now).mean
    for _ in range(8):
        serve(hall, 20)
    after = Learned(hall.state, hall.rules).length("a", hall.now).mean
    assert before == pytest.approx(10)
    # eight of twenty minutes weigh as much as the ten of the hall file
    assert 12.5 < after < 15.5


def test_a_slow_clerk_is_known_as_one() -> None:
    lessons = Lessons()
    hall = Hall()
    for _ in range(60):
        lessons.took_so_long("a", "quick", hall.now, 8)
        lessons.took_so_long("a", "slow", hall.now, 12)
    assert lessons.clerk("slow") - lessons.clerk("quick") == pytest.approx(0.405, abs=0.12)
    assert lessons.clerk("new") == lessons.clerk(None) == 0


def test_a_day_unlike_the_others_is_noticed_while_it_lasts() -> None:
    hall = Hall()
    chance = random.Random(3)
    for _ in range(200):
        hall.state.lessons.took_so_long("a", None, hall.now, chance.lognormvariate(2.19, 0.47))
    hall.state.lessons.new_day()
    usual = Learned(hall.state, hall.rules).length("a", hall.now).mean
    for _ in range(30):
        hall.now += timedelta(minutes=2)
        hall.state.lessons.took_so_long("a", None, hall.now, 1.5 * chance.lognormvariate(2.19, 0.47))
    unlike = Learned(hall.state, hall.rules).length("a", hall.now).mean
    assert unlike / usual == pytest.approx(1.5, abs=0.25)
    hall.state.lessons.new_day()
    assert Learned(hall.state, hall.rules).length("a", hall.now).mean < unlike


def test_a_service_that_alone_takes_longer_today_does_not_make_the_others_seem_slow() -> None:
    chance, lessons = random.Random(2), Lessons()
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for day, factor in ((0, 1.0), (1, 1.4)):
        for minute in range(240):
            at = now + timedelta(days=day, minutes=minute)
            lessons.took_so_long("slow", None, at, factor * chance.lognormvariate(2, 0.47))
            lessons.took_so_long("usual", None, at, chance.lognormvariate(2, 0.47))
        if day == 0:
            lessons.new_day()
    assert lessons.drift.differs("slow") > 0.05
    assert lessons.drift.differs("usual") < -0.02
    lessons.new_day()
    assert lessons.drift.differs("slow") == lessons.drift.differs("usual") == 0


def test_a_service_belongs_to_the_hour_in_which_it_began() -> None:
    """By their ends the first hour would be one of short services, and the last one of long ones."""
    chance, lessons = random.Random(3), Lessons()
    opening = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for _ in range(20):
        served = [(begun, chance.lognormvariate(2.5, 0.47)) for begun in range(0, 180, 2)]
        for end, minutes in sorted((begun + minutes, minutes) for begun, minutes in served):
            lessons.took_so_long("a", None, opening + timedelta(minutes=end), minutes)
        lessons.new_day()
    assert set(lessons.hours) == {9, 10, 11}
    assert all(abs(lessons.hour(hour)) < 0.05 for hour in lessons.hours)


def test_old_lessons_fade() -> None:
    mean = Mean()
    for value in [1.0] * 100 + [3.0] * 100:
        mean.learn(value, kept=20)
    assert mean.value == pytest.approx(3, abs=0.02)


def test_those_who_usually_go_before_are_expected() -> None:
    hall, quiet = Hall(), Hall()
    for known in (hall, quiet):
        known.done(c.Logout, counter="2")
    for _ in range(40):
        hall.state.lessons.took("a", hall.now, True, 0.0)
    hall.state.lessons.new_day()
    for known in (hall, quiet):
        for _ in range(3):
            known.take()
    busy, calm = median(hall), median(quiet)
    assert busy is not None
    assert calm is not None
    assert busy > calm + 10


def test_the_wait_goes_around_lunch() -> None:
    hall = Hall("11:55")
    for _ in range(4):
        hall.take("a")
    # both counters begin one before noon, the rest waits for 14:00
    waits = [hall.take().forecast for _ in range(2)]
    assert all(wait is not None and 125 < wait.median < 150 for wait in waits)


def test_at_lunch_the_counters_that_will_open_are_counted_on() -> None:
    hall = Hall("11:59")
    hall.take("a")
    assert median(hall.at("13:00")) == pytest.approx(60, abs=1)


def test_nothing_is_said_where_no_counter_is_in_sight() -> None:
    hall = Hall()
    hall.done(c.Pause, counter="2")
    assert median(hall, "b") is None
    assert median(hall, "a") == pytest.approx(0, abs=0.2)
    assert median(Hall("18:00"), "a") is None


def test_a_counter_that_stands_open_and_empty_is_not_counted_on() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    hall.take()
    at_first, later = median(hall), median(hall.after(600))
    assert at_first is not None
    assert later is not None
    assert later > at_first + 3


def test_appointments_are_before_a_walk_in_and_not_behind() -> None:
    hall = Hall()
    for code in range(4):
        hall.take(appointment=f"B{code}")
    assert median(hall) == pytest.approx(13, abs=3)
    for _ in range(10):
        hall.take()
    booked, walk_in = hall.take(appointment="last").forecast, hall.take().forecast
    assert booked is not None
    assert walk_in is not None
    assert booked.median < walk_in.median / 2


def test_the_interval_holds_the_median_and_grows_with_the_queue() -> None:
    hall = Hall()
    waits = [hall.take().forecast for _ in range(12)]
    spreads = []
    for wait in waits:
        assert wait is not None
        assert 0 <= wait.low <= wait.median <= wait.high
        spreads.append(wait.high - wait.low)
    assert spreads[-1] > spreads[2] > spreads[0]
    assert spreads[-1] > 10


def test_all_at_once_agrees_with_one_by_one() -> None:
    hall = Hall()
    for counter, service in (("1", "a"), ("2", "b")):
        hall.take(service)
        hall.call(counter)
    tickets = [hall.take(service) for service in "abaabbaa"]
    fresh, waiting = overview(hall.state, hall.rules, hall.now)
    assert set(fresh) == {"a", "b"}
    assert set(waiting) == {ticket.id for ticket in tickets}
    for ticket in tickets:
        assert ticket.forecast is not None
        alone = prospect(hall.state, hall.rules, ticket.service, hall.now, ticket.turn, ticket.booked)
        assert alone is not None
        assert waiting[ticket.id].wait.median == pytest.approx(alone.wait.median, abs=4, rel=0.25)


def test_the_same_journal_forecasts_the_same_bit_for_bit() -> None:
    hall = Hall()
    for service in "abbaab":
        hall.take(service)
    serve(hall, 7)
    replayed = State()
    for event in hall.events:
        evolve(replayed, event)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(hall.state.lessons), type=Lessons)
    assert again == hall.state.lessons == replayed.lessons
    assert overview(replayed, hall.rules, hall.now) == overview(hall.state, hall.rules, hall.now)


def test_the_short_way_for_one_line_plays_the_same() -> None:
    chance = random.Random(5)
    served = kind(Lognormal(2.0, 0.5), 0.1, 1.5, 0.03, 1.5, 0.1)
    people = [Person(float(at), served) for at in range(12)]
    people[3:3] = [Person(2.5, None, 0)]
    overtakers = Overtakers(
        ((30.0, 0.1), (inf, 0.02)), ((0.4, inf), (0.8, 20.0), (1.0, 30.0)), (served, served, served)
    )
    line = Line((*people, Person(99.0, None, 1)), (1, 3), served, 3, overtakers)
    stands = [
        Stand((0,), [chance.uniform(0, 9) for _ in range(FUTURES)], pace, ((0.0, closes), (60.0, 200.0)))
        for pace, closes in ((0.9, 20.0), (1.1, 25.0))
    ]
    long: list[list[float]] = [[], []]
    play_lines(stands, [line], long, 0.1)
    assert play(stands, [line], 2, 0.1) == long
    assert len(long[0]) == len(long[1]) == FUTURES


def test_three_hundred_who_wait_are_told_at_once() -> None:
    services = {"a": {**SMALL["services"]["a"], "mean_minutes": 1}}
    services["b"] = {**SMALL["services"]["b"], "mean_minutes": 1}
    hall = Hall(services=services)
    for index in range(300):
        hall.take("ab"[index % 2])
    began = time.perf_counter()
    overview(hall.state, hall.rules, hall.now)
    # a figure for a bench; here only that it is not something else altogether
    assert time.perf_counter() - began < 2
