"""亮牌: blue two working days before the promised day, yellow one after it, red two after it."""

from datetime import date
from typing import Any

import pytest

from hall.core import deadlines
from hall.core import task_commands as ask
from hall.core.events import AlarmRaised
from hall.core.task_events import (
    CaseFinished,
    CaseForgotten,
    CaseNoted,
    CaseRegistered,
    OverdueRecorded,
    TaskRaised,
)
from tests.hall.kit import Hall

STAFF = {"zhao": {"name": "赵督查", "name_en": "Zhao", "tasks": ["deadline"]}}
THURSDAY, FRIDAY = date(2026, 11, 19), date(2026, 11, 20)


def registered(hall: Hall, case: str = "2026-001", **keys: Any) -> None:
    said = {"item": "施工许可", "department": "住建局", "accepted": THURSDAY, "promised_workdays": 5}
    hall.done(ask.RegisterCase, case=case, **{**said, **keys})


def cards(hall: Hall) -> list[tuple[str, str]]:
    return [(f"{event.at:%m-%d %H:%M}", event.card or "") for event in hall.all(TaskRaised)]


def test_the_cards_of_a_case_that_is_late() -> None:
    hall = Hall(staff=STAFF)
    registered(hall)
    assert hall.last(CaseRegistered).promised == date(2026, 11, 26)
    for day in range(1, 15):
        hall.at("12:00", day=day)
    assert cards(hall) == [("11-24 12:00", "blue"), ("11-27 12:00", "yellow"), ("11-30 12:00", "red")]
    recorded = hall.last(OverdueRecorded)
    assert (recorded.at.date(), recorded.department, recorded.handler) == (
        date(2026, 11, 27),
        "住建局",
        "zhao",
    )
    raised = hall.last(AlarmRaised)
    assert (raised.kind, raised.parties) == ("deadline", ("supervision",))
    assert "督办通知书" in raised.text
    red = hall.state.duties.tasks[hall.last(TaskRaised).task]
    assert (red.handler, red.consequence) == ("zhao", "下发督办通知书，计入年度考核。")
    assert [task.card for task in hall.state.duties.tasks.values() if task.is_open] == ["red"]


def test_a_card_is_acknowledged_by_name_and_goes_with_its_case() -> None:
    hall = Hall(staff=STAFF)
    registered(hall)
    hall.at("12:00", day=4)
    (task,) = hall.state.duties.tasks.values()
    assert hall.refused(ask.StepTask, by="console/hall", task=task.id, step="acknowledged").reason == (
        "who_are_you"
    )
    hall.done(ask.StepTask, by="console/zhao", task=task.id, step="acknowledged")
    assert (task.status, task.history[0].by) == ("acknowledged", "console/zhao")
    assert hall.state.alarms[task.id].cleared is not None
    assert hall.refused(ask.StepTask, by="console/zhao", task=task.id, step="closed").reason == (
        "step_not_next"
    )
    registered(hall, finished=date(2026, 11, 24))
    assert task.status == "closed"
    assert hall.last(CaseFinished).workdays_over == -2


@pytest.mark.parametrize(
    ("finished", "over"),
    [(date(2026, 11, 26), 0), (date(2026, 11, 27), 1), (date(2026, 11, 28), 1), (date(2026, 11, 30), 2)],
)
def test_in_time_is_by_the_end_of_the_promised_day(finished: date, over: int) -> None:
    hall = Hall().at("09:00", day=14)
    registered(hall, finished=finished)
    assert hall.last(CaseFinished).workdays_over == over
    assert not hall.all(TaskRaised)
    registered(hall, finished=finished)
    assert len(hall.all(CaseFinished)) == 1
    hall.at("17:30", day=21)
    assert hall.last(CaseForgotten).case == "2026-001"
    assert not hall.state.duties.agenda


def test_of_a_case_heard_of_late_only_the_last_card_is_shown() -> None:
    hall = Hall().at("09:00", day=11)
    registered(hall)
    hall.after(1)
    assert [card for _, card in cards(hall)] == ["red"]
    assert len(hall.all(OverdueRecorded)) == 1


def test_said_again_nothing_happens_and_a_new_promise_moves_the_cards() -> None:
    hall = Hall()
    registered(hall)
    registered(hall)
    assert len(hall.all(CaseRegistered)) == 1
    registered(hall, promised_workdays=10)
    hall.at("12:00", day=4)
    assert not cards(hall)


def test_repeated_red_cards_go_to_the_discipline_body_once() -> None:
    hall = Hall(deadlines={"discipline_reds": 2})
    for number in range(3):
        registered(hall, f"c{number}")
    registered(hall, "other", department="公安局")
    for day in range(1, 12):
        hall.at("12:00", day=day)
    found = [event for event in hall.all(TaskRaised) if event.card == "discipline"]
    assert [event.department for event in found] == ["住建局"]
    assert "2 张红牌" in found[0].text
    alarm = next(event for event in hall.all(AlarmRaised) if event.alarm == found[0].task)
    assert alarm.parties == ("discipline",)


def test_what_can_not_be_is_refused() -> None:
    hall = Hall()
    said = {"case": "x", "item": "i", "department": "d", "accepted": THURSDAY, "promised_workdays": 1}
    assert hall.refused(ask.RegisterCase, **said, zone="q").reason == "unknown_zone"
    assert hall.refused(ask.RegisterCase, **said, finished=date(2026, 11, 1)).reason == (
        "finished_before_accepted"
    )
    future = {**said, "accepted": date(2026, 12, 1)}
    assert hall.refused(ask.RegisterCase, **future).reason == "case_in_the_future"


GATEWAYS = {"g": {"kind": "sms", "url": "http://127.0.0.1/?to={phone}&text={text}"}}


class TestWhoIsToldThatTheirCaseIsDone:
    """The core knows of a note only its id."""

    def test_once_and_by_the_newest_note(self) -> None:
        hall = Hall(gateways=GATEWAYS)
        registered(hall)
        registered(hall, note="n1")
        registered(hall, note="n1")
        registered(hall, note="n2")
        assert [event.note for event in hall.all(CaseNoted)] == ["n1", "n2"]
        assert len(hall.all(CaseRegistered)) == 1
        registered(hall, promised_workdays=10)
        assert hall.state.duties.cases["2026-001"].note == "n2", "another promise is no reason to forget it"
        registered(hall, finished=FRIDAY)
        done = hall.last(CaseFinished)
        assert (done.note, done.item) == ("n2", "施工许可")
        registered(hall, finished=FRIDAY, note="n3")
        assert len(hall.all(CaseFinished)) == 1

    def test_also_of_a_case_that_is_heard_of_when_it_is_done(self) -> None:
        hall = Hall(gateways=GATEWAYS)
        registered(hall, finished=FRIDAY, note="n1")
        assert hall.last(CaseFinished).note == "n1"

    @pytest.mark.parametrize(
        "tables",
        [{"reminders": {"case_done": False}}, {"gateways": {}}, {"reminders": {"case_done_days": 0}}],
    )
    def test_nobody_where_the_hall_tells_nobody_or_it_is_no_news(self, tables: dict[str, Any]) -> None:
        hall = Hall(**{"gateways": GATEWAYS, **tables})
        registered(hall, finished=THURSDAY, note="n1")
        assert hall.last(CaseFinished).note is None

    def test_a_note_is_needed_while_its_case_is_open_and_not_for_ever(self) -> None:
        hall = Hall(gateways=GATEWAYS, reminders={"case_kept_days": 2})
        registered(hall, note="n1")
        registered(hall, "silent")

        def needed(day: date) -> set[str]:
            return deadlines.reached_by(hall.state, hall.rules, day)

        assert needed(FRIDAY) == needed(date(2026, 11, 28)) == {"n1"}
        assert needed(date(2026, 11, 29)) == set()
        registered(hall, finished=FRIDAY)
        assert needed(FRIDAY) == set()

    def test_a_hall_that_tells_nobody_needs_no_note(self) -> None:
        hall = Hall()
        registered(hall, note="n1")
        assert deadlines.reached_by(hall.state, hall.rules, FRIDAY) == set()
