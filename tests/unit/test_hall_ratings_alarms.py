"""One grade a service, within its window; alarms that two parties answer, or that are escalated."""

from datetime import timedelta

import pytest

from hall.core import commands as c
from hall.core.events import AlarmEscalated, AlarmForgotten, AlarmRaised, Rated
from hall.core.state import Ticket
from tests.hall.kit import Hall


def served(hall: Hall) -> Ticket:
    ticket = hall.take()
    hall.call()
    hall.after(60)
    hall.done(c.Finish, counter="1")
    return ticket


@pytest.mark.parametrize("grade", [5, 4, 3])
def test_a_grade_stands_against_ticket_counter_and_clerk(grade: int) -> None:
    hall = Hall()
    ticket = served(hall)
    hall.after(5).done(c.Rate, ticket=ticket.id, grade=grade)
    rated = hall.last(Rated)
    assert (rated.ticket, rated.counter, rated.clerk, rated.grade) == (ticket.id, "1", "clerk-1", grade)
    assert not hall.state.alarms


def test_a_service_is_rated_once() -> None:
    hall = Hall()
    ticket = served(hall)
    hall.done(c.Rate, ticket=ticket.id, grade=5)
    assert hall.refused(c.Rate, ticket=ticket.id, grade=1).reason == "already_rated"


def test_no_answer_is_recorded_as_none() -> None:
    hall = Hall()
    ticket = served(hall)
    hall.after(60)
    assert hall.last(Rated).grade is None
    assert hall.refused(c.Rate, ticket=ticket.id, grade=5).reason == "rating_closed"


def test_a_key_pressed_in_time_counts_however_late_it_arrives() -> None:
    hall = Hall()
    ticket = served(hall)
    pressed = hall.now + timedelta(seconds=10)
    hall.after(3600)
    assert hall.last(Rated).grade is None
    hall.done(c.Rate, ticket=ticket.id, grade=2, pressed=pressed)
    assert ticket.grade == 2
    late = served(hall)
    hall.after(3600)
    assert hall.refused(c.Rate, ticket=late.id, grade=5, pressed=hall.now).reason == "rating_closed"


def test_windows_end_each_in_its_turn() -> None:
    hall = Hall()
    for _ in range(3):
        served(hall)
        hall.after(10)
    hall.after(60)
    assert [event.ticket for event in hall.all(Rated)] == ["t1", "t2", "t3"]
    assert not hall.state.rating


def test_a_grade_by_counter_is_for_the_one_served_last() -> None:
    hall = Hall()
    served(hall)
    hall.after(1)
    second = served(hall)
    hall.done(c.Rate, counter="1", grade=4)
    assert second.grade == 4


@pytest.mark.parametrize("grade", [1, 2])
def test_a_bad_grade_is_a_task_that_ends_when_it_is_taken(grade: int) -> None:
    hall = Hall()
    ticket = served(hall)
    hall.done(c.Rate, ticket=ticket.id, grade=grade)
    raised = hall.last(AlarmRaised)
    assert (raised.kind, raised.parties, raised.escalates_at) == ("rating", ("hall",), None)
    assert ticket.number in raised.text
    hall.done(c.Acknowledge, alarm=raised.alarm, party="hall")
    assert hall.state.alarms[raised.alarm].cleared == hall.now


def raised(hall: Hall, where: str = "1") -> str:
    alarm = f"noise-{where}"
    hall.done(
        c.RaiseAlarm,
        alarm=alarm,
        kind="noise",
        where=where,
        parties=("supervision", "hall"),
        text="loud",
        level=86.0,
        escalates=True,
    )
    return alarm


def test_an_alarm_two_parties_answer_is_not_escalated() -> None:
    hall = Hall()
    alarm = raised(hall)
    hall.after(20).done(c.Acknowledge, alarm=alarm, party="supervision")
    assert hall.done(c.Acknowledge, alarm=alarm, party="supervision") == []
    hall.after(20).done(c.Acknowledge, alarm=alarm, party="hall")
    hall.after(300)
    assert not hall.all(AlarmEscalated)
    assert hall.refused(c.Acknowledge, alarm=alarm, party="guest").reason == "not_your_alarm"
    assert hall.refused(c.Acknowledge, alarm="zz", party="hall").reason == "unknown_alarm"


def test_an_alarm_one_party_leaves_is_escalated_after_a_minute_even_when_it_is_quiet_again() -> None:
    hall = Hall()
    alarm = raised(hall)
    hall.done(c.Acknowledge, alarm=alarm, party="hall")
    hall.after(30).done(c.ClearAlarm, alarm=alarm)
    hall.after(29)
    assert hall.state.alarms[alarm].escalated is None
    hall.after(1)
    assert hall.state.alarms[alarm].escalated == hall.now
    hall.after(600)
    assert len(hall.all(AlarmEscalated)) == 1


def test_one_alarm_at_a_place_until_it_is_cleared() -> None:
    hall = Hall()
    alarm = raised(hall)
    assert hall.refused(
        c.RaiseAlarm, alarm="other", kind="noise", where="1", parties=("hall",), text="x"
    ).reason == ("already_raised")
    raised(hall, "2")
    hall.done(c.ClearAlarm, alarm=alarm)
    assert hall.done(c.ClearAlarm, alarm=alarm) == []
    hall.done(c.RaiseAlarm, alarm="other", kind="noise", where="1", parties=("hall",), text="x")


def test_a_cleared_alarm_is_forgotten_after_a_day() -> None:
    hall = Hall()
    alarm = raised(hall)
    for party in ("supervision", "hall"):
        hall.done(c.Acknowledge, alarm=alarm, party=party)
    hall.done(c.ClearAlarm, alarm=alarm)
    hall.after(23 * 3600)
    assert alarm in hall.state.alarms
    hall.after(3600)
    assert alarm not in hall.state.alarms
    assert hall.last(AlarmForgotten).alarm == alarm


def test_windows_and_escalations_are_real_seconds_in_a_faster_hall() -> None:
    hall = Hall(speed=60.0)
    served(hall)
    alarm = raised(hall)
    hall.after(22 * 60)
    assert not hall.all(Rated)
    hall.after(2 * 60)
    assert hall.last(Rated).grade is None
    assert hall.state.alarms[alarm].escalated is None
    hall.after(40 * 60)
    assert hall.state.alarms[alarm].escalated is not None
