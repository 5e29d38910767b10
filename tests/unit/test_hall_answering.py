"""The figures of what was to be answered: each with its denominator, and nothing pending told as a fact."""

from datetime import date
from typing import Any

from hall.core import commands as c
from hall.core import task_commands as ask
from hall.core.task_events import TaskRaised
from hall.reports.answering import Answering, Share, answering
from tests.hall.kit import Hall


def told(hall: Hall) -> Answering:
    return answering(hall.events, hall.rules.hall)


def rated(hall: Hall, *grades: int | None) -> list[str]:
    tickets = []
    for grade in grades:
        ticket = hall.take().id
        hall.call()
        hall.after(60).done(c.Finish, counter="1")
        if grade is not None:
            hall.done(c.Rate, ticket=ticket, grade=grade)
        hall.after(60)
        tickets.append(ticket)
    return tickets


def step(hall: Hall, ticket: str, *steps: tuple[str, str | None], **keys: Any) -> None:
    for name, outcome in steps:
        hall.done(ask.StepTask, task=f"rating-{ticket}", step=name, outcome=outcome, **keys)


def test_no_answer_is_counted_in_no_rate() -> None:
    hall = Hall()
    rated(hall, 5, 4, 3, 1, None)
    found = told(hall)
    assert found.rated_share == Share(4, 5)
    assert found.satisfied_share == Share(2, 4)
    assert found.bad_share == Share(1, 4)
    assert told(Hall()).satisfied_share.value is None


def test_what_is_pending_is_neither_in_time_nor_late() -> None:
    hall = Hall()
    first, second, third = rated(hall, 1, 2, 1)
    for ticket in (first, second):
        hall.done(ask.LeaveContact, ticket=ticket, note=ticket)
    assert told(hall).called_back_share == Share(0, 0)
    step(hall, first, ("contacted", "reached"), ("verified", "true"))
    assert (told(hall).called_back_share, told(hall).rectified_share) == (Share(1, 1), Share(0, 0))
    step(hall, first, ("rectified", None))
    hall.done(ask.RateAgain, ticket=first, grade=5)
    step(hall, third, ("verified", "mistaken"), why="按错了")
    hall.at("18:00", day=7)
    step(hall, second, ("contacted", "unreachable"), ("verified", "true"))
    found = told(hall)
    assert found.called_back_share == Share(1, 2)
    assert found.rectified_share == Share(1, 2)
    assert (found.set_aside, found.again, found.bad) == (1, {5: 1}, 3)
    assert found.overdue == {"rating": 4}


def test_an_open_case_past_its_day_is_not_in_time() -> None:
    hall = Hall()
    said = {"item": "i", "department": "d", "accepted": date(2026, 11, 19), "promised_workdays": 1}
    hall.done(ask.RegisterCase, case="in time", **said, finished=date(2026, 11, 20))
    hall.done(ask.RegisterCase, case="late", **said)
    assert told(hall).in_time_share == Share(1, 1)
    hall.at("12:00", day=3)
    found = told(hall)
    assert found.in_time_share == Share(1, 2)
    assert [record.case for record in found.records] == ["late"]
    hall.done(ask.RegisterCase, case="late", **said, finished=date(2026, 11, 23))
    assert told(hall).in_time_share == Share(1, 2)


def test_follow_up_by_department_and_papers_checked() -> None:
    hall = Hall()
    for _ in range(4):
        hall.take()
    hall.done(ask.Precheck, number="A001")
    for minutes in (2, 6, 6, 6):
        hall.call()
        hall.after(minutes * 60).done(c.Finish, counter="1")
    hall.at("18:30").done(ask.DrawFollowUp, day="2026-11-20", seed="s")
    task = hall.last(TaskRaised)
    hall.done(ask.RecordFollowUp, task=task.task, ticket=task.visits[0].ticket, result="satisfied")
    found = told(hall)
    asked = found.asked["一区"]
    assert (asked.drawn_share, asked.satisfied_share) == (Share(1, 4), Share(1, 1))
    assert found.prechecked_share == Share(1, 4)
    assert (found.minutes_with, found.minutes_without) == (2.0, 6.0)
