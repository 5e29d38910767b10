"""好差评 and 办不成事: a named handler at once, steps one after the other, clocks of working days."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from hall.core import commands as c
from hall.core import task_commands as ask
from hall.core import tasks
from hall.core.duties import Duties, Task
from hall.core.events import AlarmRaised, Rated, ServiceFinished
from hall.core.evolve import evolve
from hall.core.task_events import NoteErased, RatedAgain, TaskForgotten, TaskOverdue, TaskRaised
from tests.hall.kit import FRIDAY, Hall

STAFF = {
    "wang": {"name": "王主任", "name_en": "Wang", "zones": ["z"]},
    "li": {"name": "李主任", "name_en": "Li", "zones": ["y"]},
    "clerk-1": {"name": "张", "name_en": "Zhang"},
}
WANG = "console/wang"


def rated(grade: int = 1, **tables: dict[str, Any]) -> tuple[Hall, Task]:
    """A hall in which A001 was rated at counter 1 on Friday, a minute after nine."""
    hall = Hall(**{"staff": STAFF, **tables})
    hall.take()
    hall.call()
    hall.after(60)
    hall.done(c.Finish, counter="1")
    hall.done(c.Rate, ticket="t1", grade=grade)
    return hall, hall.state.duties.tasks["rating-t1"]


def closing(day: int) -> datetime:
    """When the hall closes, `day` days after the Friday."""
    return FRIDAY + timedelta(days=day, hours=17, minutes=30)


def steps(hall: Hall, *taken: tuple[str, str | None]) -> None:
    for name, outcome in taken:
        why = "查过录像" if outcome in tasks.SET_ASIDE else None
        hall.done(ask.StepTask, by=WANG, task="rating-t1", step=name, outcome=outcome, why=why)


def test_a_bad_rating_has_a_named_handler_at_once_who_is_not_the_one_rated() -> None:
    hall, task = rated()
    assert (task.handler, task.clerk, task.status) == ("wang", "clerk-1", "new")
    assert task.close_due == closing(7)
    assert task.contact_due is None
    raised = hall.last(AlarmRaised)
    assert (raised.kind, raised.alarm) == ("rating", "rating-t1")
    no = hall.refused(ask.StepTask, by="console/clerk-1", task=task.id, step="verified", outcome="true")
    assert no.reason == "about_yourself"
    assert (
        hall.refused(ask.StepTask, by="console/x", task=task.id, step="verified", outcome="true").reason
        == "who_are_you"
    )


def test_tasks_go_to_whoever_has_the_fewest() -> None:
    hall, _ = rated(staff={"a": {"name": "甲", "name_en": "A"}, "b": {"name": "乙", "name_en": "B"}})
    hall.take()
    hall.call()
    hall.after(60).done(c.Finish, counter="1")
    hall.done(c.Rate, ticket="t2", grade=2)
    assert [task.handler for task in hall.state.duties.tasks.values()] == ["a", "b"]


def test_the_whole_way_of_one_who_left_a_number() -> None:
    hall, task = rated()
    hall.done(ask.LeaveContact, ticket="t1", note="note-1")
    assert task.contact_due == closing(3)
    hall.at("09:00", day=3)
    assert hall.refused(ask.StepTask, by=WANG, task=task.id, step="rectified").reason == "step_not_next"
    assert hall.refused(ask.StepTask, by=WANG, task=task.id, step="contacted").reason == "outcome_missing"
    steps(hall, ("contacted", "reached"), ("verified", "true"), ("rectified", None))
    assert task.note == "note-1"
    steps(hall, ("told", None), ("closed", None))
    assert (task.status, task.note, task.overdue) == ("closed", None, [])
    assert [done.step for done in task.history] == ["contacted", "verified", "rectified", "told", "closed"]
    assert {done.by for done in task.history} == {WANG}
    alarm = hall.state.alarms.get(task.id)
    assert alarm is None or alarm.cleared is not None
    hall.at("17:30", day=10)
    assert hall.last(TaskForgotten).task == task.id
    assert not hall.state.duties.tasks
    assert not hall.state.duties.agenda


def test_who_left_no_name_is_unknown_and_not_overdue() -> None:
    hall, task = rated()
    hall.at("12:00", day=4)
    assert not hall.all(TaskOverdue)
    steps(hall, ("verified", "true"), ("rectified", None), ("closed", None))
    assert not task.reached


@pytest.mark.parametrize("verdict", ["malicious", "mistaken"])
def test_a_rating_set_aside_needs_a_reason_and_nothing_put_right(verdict: str) -> None:
    hall, task = rated()
    said = {"by": WANG, "task": task.id, "step": "verified", "outcome": verdict}
    assert hall.refused(ask.StepTask, **said).reason == "why_missing"
    assert hall.refused(ask.StepTask, **said, why="电话 13800138000").reason == "names_somebody"
    steps(hall, ("verified", verdict), ("closed", None))
    assert task.history[0].why == "查过录像"


def test_what_is_overdue_is_escalated_once_for_each_clock() -> None:
    hall, task = rated()
    hall.done(ask.LeaveContact, ticket="t1", note="n")
    hall.at("17:29", day=3)
    assert not hall.all(TaskOverdue)
    hall.at("17:30", day=3)
    assert [event.clock for event in hall.all(TaskOverdue)] == ["contact"]
    raised = hall.last(AlarmRaised)
    assert (raised.kind, raised.parties) == ("rating", ("supervision",))
    assert "王主任" in raised.text
    hall.at("17:30", day=7)
    assert task.overdue == ["contact", "close"]
    steps(hall, ("contacted", "unreachable"))
    open_alarms = [alarm for alarm in hall.state.alarms.values() if alarm.cleared is None]
    assert not open_alarms


def test_a_complex_matter_has_longer_and_says_why() -> None:
    hall, task = rated()
    assert hall.refused(ask.StepTask, by=WANG, task=task.id, step="extended").reason == "why_missing"
    hall.done(ask.StepTask, by=WANG, task=task.id, step="extended", why="涉及两个部门")
    assert task.close_due == closing(21)
    assert task.status == "new"
    assert not any(near.step == "extended" for near in tasks.next_steps(hall.rules, task))
    simple, other = rated(rating={"complex_workdays": None, "close_workdays": 15})
    assert not any(near.step == "extended" for near in tasks.next_steps(simple.rules, other))
    assert other.close_due == closing(21)


def test_one_more_grade_after_it_was_put_right() -> None:
    hall, task = rated()
    hall.at("09:00", day=3)
    assert hall.refused(ask.RateAgain, ticket="t1", grade=5).reason == "not_put_right"
    steps(hall, ("verified", "true"), ("rectified", None))
    hall.done(ask.RateAgain, ticket="t1", grade=4)
    assert (task.grade, task.again, hall.last(RatedAgain).grade) == (1, 4, 4)
    assert hall.refused(ask.RateAgain, ticket="t1", grade=5).reason == "already_rated"
    assert hall.refused(ask.RateAgain, ticket="t9", grade=5).reason == "no_task_of_ticket"
    late, other = rated()
    late.at("09:00", day=3)
    steps(late, ("verified", "true"), ("rectified", None))
    late.at("17:31", day=10)
    assert other.again is None
    assert late.refused(ask.RateAgain, ticket="t1", grade=4).reason == "rating_closed"


def test_each_stage_is_rated_once() -> None:
    hall = Hall()
    ticket = hall.take()
    hall.call()
    ticket.steps = ("b",)
    window = {"window_s": 20.0, "rating_until": hall.now + timedelta(seconds=20)}
    said = {"at": hall.now, "ticket": "t1", "number": "A001", "minutes": 1.0, **window}
    first = ServiceFinished(counter="1", clerk="clerk-1", service="a", stage="accepted", next="b", **said)
    evolve(hall.state, first)
    hall.after(1).done(c.Rate, ticket="t1", grade=1)
    assert hall.refused(c.Rate, ticket="t1", grade=5).reason == "already_rated"
    hall.after(60)
    hall.call("2")
    hall.after(60).done(c.Finish, counter="2")
    hall.after(1).done(c.Rate, ticket="t1", grade=5)
    assert [(event.counter, event.stage, event.grade) for event in hall.all(Rated) if event.grade] == [
        ("1", "accepted", 1),
        ("2", "finished", 5),
    ]
    assert hall.last(TaskRaised).stage == "accepted"


def test_somebody_else_takes_a_task_over() -> None:
    hall, task = rated()
    hall.done(ask.AssignTask, by=WANG, task=task.id, handler="li")
    assert task.handler == "li"
    assert hall.refused(ask.AssignTask, by=WANG, task=task.id, handler="x").reason == "unknown_staff"
    assert hall.refused(ask.AssignTask, by=WANG, task=task.id, handler="clerk-1").reason == "about_yourself"
    assert hall.refused(ask.AssignTask, by=WANG, task="x", handler="li").reason == "unknown_task"


def test_notes_may_be_kept_for_the_day_only() -> None:
    hall, task = rated(tasks={"notes_until": "day_end"})
    hall.done(ask.LeaveContact, ticket="t1", note="n")
    hall.at("18:29")
    assert task.note == "n"
    hall.at("18:30")
    assert (hall.last(NoteErased).note, task.note, task.contact_due) == ("n", None, None)
    hall.at("12:00", day=4)
    assert "contact" not in task.overdue


def stuck(hall: Hall, ticket: str = "s1", **keys: Any) -> Task:
    hall.done(ask.ReportStuck, ticket=ticket, reasons=("told-wrong", "other"), **keys)
    return hall.state.duties.tasks[f"stuck-{ticket}"]


def test_who_could_not_get_it_done_has_a_number_and_an_answer() -> None:
    hall = Hall(stuck={"service": "b"})
    task = stuck(hall, note="n", contact=True)
    assert (task.number, task.service, task.department) == ("B001", "b", "二区")
    assert "没有一次讲清要什么材料、其他" in task.text
    assert hall.refused(ask.ReportStuck, ticket="s2", reasons=("x",)).reason == "unknown_reason"
    assert [near.step for near in tasks.next_steps(hall.rules, task)] == ["contacted", "answered"]
    assert hall.refused(ask.StepTask, task=task.id, step="answered").reason == "why_missing"
    hall.done(ask.StepTask, task=task.id, step="answered", why="已协调窗口受理")
    assert (task.status, task.note) == ("closed", None)


def test_it_is_written_down_where_no_number_can_be_given() -> None:
    hall = Hall("12:30", stuck={"service": "b"})
    task = stuck(hall)
    assert task.number is None
    hall.at("17:30", day=7)
    assert task.overdue == ["close"]
    assert hall.last(AlarmRaised).parties == ("hall",)


def test_a_precheck_is_seen_at_the_counter() -> None:
    hall = Hall()
    ticket = hall.take()
    hall.done(ask.Precheck, number="a001")
    assert ticket.prechecked
    hall.done(ask.Precheck, ticket="t1", passed=False)
    assert not ticket.prechecked
    assert hall.refused(ask.Precheck, number="Z9").reason == "unknown_ticket"
    hall.call()
    assert hall.refused(ask.Precheck, ticket="t1").reason == "ticket_called"


def test_ids_fit_the_bus() -> None:
    assert tasks.fitting_id("rating-01") == "rating-01"
    assert len(tasks.fitting_id("x" * 200)) <= tasks.ID_MOST
    assert tasks.fitting_id("x" * 200) != tasks.fitting_id("x" * 201)


def test_what_is_to_be_answered_comes_back_from_a_snapshot_as_it_was() -> None:
    hall, _ = rated()
    hall.done(ask.LeaveContact, ticket="t1", note="n")
    stuck(hall)
    accepted = FRIDAY.date() - timedelta(days=20)
    case = {"case": "c", "item": "i", "department": "d", "accepted": accepted, "promised_workdays": 1}
    hall.done(ask.RegisterCase, **case)
    hall.at("18:30").done(ask.DrawFollowUp, day="2026-11-20", seed="s")
    duties = hall.state.duties
    assert {task.kind for task in duties.tasks.values()} == {"rating", "stuck", "deadline", "followup"}
    assert duties.reds
    again = msgspec.json.decode(msgspec.json.encode(duties), type=Duties)
    assert again == duties
    # what is planned can still be put in order with what was planned before
    again.plan(hall.now, "x", "close")
    assert again.agenda == sorted(again.agenda)
