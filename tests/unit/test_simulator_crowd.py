"""The simulated day is the same for the same seed, and is D-day's."""

from collections import Counter
from datetime import date, time
from pathlib import Path

from hallfile.load import load
from simulators.crowd.plan import plan_day

HALL = load(Path(__file__).parents[2] / "examples" / "dezhou.toml")
DAY = date(2026, 11, 20)


def test_one_seed_is_one_day() -> None:
    assert plan_day(HALL, DAY, 7) == plan_day(HALL, DAY, 7)
    assert plan_day(HALL, DAY, 7) != plan_day(HALL, DAY, 8)


def test_the_day_has_d_days_tickets_and_three_bad_ratings() -> None:
    day = plan_day(HALL, DAY, 1)
    by_service = Counter(visitor.service for visitor in day.visitors)
    assert by_service == {name: entry.tickets for name, entry in HALL.simulation.crowd.items()}
    assert sum(visitor.grade in (1, 2) for visitor in day.visitors) == 3


def test_nobody_comes_at_lunch_and_counter_14_starts_early() -> None:
    day = plan_day(HALL, DAY, 1)
    hours = {visitor.arrives.timetz().replace(tzinfo=None) for visitor in day.visitors}
    assert not [moment for moment in hours if time(12, 0) <= moment < time(14, 0)]
    early = {visitor.service for visitor in day.visitors if visitor.arrives.time() < time(8, 30)}
    assert early == {"p", "n"}


def test_service_times_have_the_mean_that_was_asked_for() -> None:
    minutes = [
        v.minutes for seed in range(20) for v in plan_day(HALL, DAY, seed).visitors if v.service == "p"
    ]
    assert abs(sum(minutes) / len(minutes) - 1.0) < 0.05


def test_who_books_comes_in_the_slot_or_stays_away() -> None:
    booked = [
        visitor for seed in range(20) for visitor in plan_day(HALL, DAY, seed).visitors if visitor.booked
    ]
    for visitor in booked:
        assert visitor.slot is not None
        assert 0 <= (visitor.arrives - visitor.slot).total_seconds() < HALL.appointments.slot_minutes * 60
    away = sum(visitor.stays_away for visitor in booked) / len(booked)
    assert abs(away - HALL.simulation.booked_missed) < 0.03


def test_for_eighteen_minutes_nobody_is_at_a_counter_that_people_wait_for() -> None:
    gone = [incident for incident in plan_day(HALL, DAY, 1).incidents if incident.what == "absence"]
    assert [(incident.where, incident.minutes) for incident in gone] == [("1", 18.0)]
