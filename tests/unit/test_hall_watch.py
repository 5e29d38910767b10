"""What the controller watches for: counters nobody is at, and queues that outgrow their counters."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from hall.core import absence, calendar, overload
from hall.core import commands as c
from hall.core.events import AlarmAcknowledged, CounterPaused
from hall.core.watched import AlarmJudged
from hall.shell.watch import take_picture
from tests.hall.kit import SMALL, Hall


def looked(hall: Hall) -> list[str]:
    """The counters with an absence alarm, after one look."""
    for command in list(absence.look(hall.state, hall.rules, hall.now)):
        assert hall.engine.handle(command).refusal is None
    return [
        alarm.where
        for alarm in hall.state.alarms.values()
        if alarm.kind == "absence" and alarm.cleared is None
    ]


def test_a_counter_that_does_nothing_for_a_quarter_of_an_hour_while_people_wait_is_absent() -> None:
    hall = Hall("09:00")
    hall.after(1800)
    assert looked(hall) == []
    hall.take("a")
    hall.after(14 * 60 + 59)
    assert looked(hall) == []
    hall.after(1)
    assert looked(hall) == ["1", "2"]
    hall.call("2")
    assert looked(hall) == []


def test_a_long_service_is_no_absence_and_people_served_by_others_still_wait() -> None:
    hall = Hall("09:00")
    for _ in range(6):
        hall.take("a")
    hall.call("2")
    hall.after(1200)
    assert looked(hall) == ["1"]
    hall.done(c.Finish, counter="2")
    hall.call("2")
    hall.after(300)
    assert looked(hall) == ["1"]


def test_it_is_over_when_the_counter_does_something() -> None:
    hall = Hall("09:00")
    hall.take("b")
    hall.after(900)
    assert looked(hall) == ["2"]
    hall.call("2")
    assert looked(hall) == []
    assert next(iter(hall.state.alarms.values())).cleared == hall.now


def test_a_break_with_a_planned_end_is_none_until_it_has_passed() -> None:
    hall = Hall("09:00")
    hall.take("b")
    hall.done(c.Pause, counter="2", why="换证", minutes=30.0)
    paused = hall.last(CounterPaused)
    assert (paused.why, hall.state.desk("2").back_at) == ("换证", paused.until)
    hall.after(40 * 60)
    assert looked(hall) == []
    hall.after(5 * 60)
    assert looked(hall) == ["2"]
    hall.done(c.Reopen, counter="2")
    assert (looked(hall), hall.state.desk("2").back_at) == ([], None)


def test_nobody_is_missed_outside_the_hours_or_while_sitting_elsewhere() -> None:
    hall = Hall("11:55")
    hall.take("b")
    hall.at("13:59")
    assert looked(hall) == []
    hall.at("14:00")
    hall.done(c.Logout, counter="1")
    hall.done(c.Logout, counter="2")
    hall.done(c.Login, counter="1", clerk="clerk-2")
    hall.after(1200)
    assert looked(hall) == []
    hall.done(c.Logout, counter="1")
    hall.after(1200)
    assert looked(hall) == ["2"]


def test_a_manager_confirms_it_or_dismisses_it_with_a_reason() -> None:
    hall = Hall("09:00")
    hall.take("b")
    hall.after(900)
    assert looked(hall) == ["2"]
    alarm = next(iter(hall.state.alarms))
    keys: dict[str, Any] = {"alarm": alarm, "party": "supervision"}
    assert hall.refused(c.Judge, **keys, confirmed=False).reason == "why_needed"
    assert hall.refused(c.Judge, alarm=alarm, party="hall", confirmed=True).reason == "not_your_alarm"
    hall.done(c.Judge, **keys, confirmed=True)
    judged = hall.last(AlarmJudged)
    assert (judged.verdict, judged.counter, judged.clerk) == ("confirmed", "2", "clerk-2")
    assert hall.last(AlarmAcknowledged).party == "supervision"
    assert hall.refused(c.Judge, **keys, confirmed=False, why="x").reason == "judged_already"
    hall.after(900)
    assert len(hall.state.alarms) == 1


THREE: dict[str, Any] = {
    "counters": {
        "1": {"services": ["a"], "zone": "z", "clerk": "clerk-1"},
        "2": {"services": ["b"], "zone": "y", "clerk": "clerk-2"},
        "3": {"services": ["a"], "zone": "z"},
        "4": {"services": ["b"], "zone": "y", "clerk": "clerk-4"},
    },
    "overload": {"waiting": 3, "minutes": 30},
}


def test_a_queue_that_outgrows_its_counters_names_one_to_open_and_what_that_changes() -> None:
    hall = Hall("09:00", **THREE)
    for _ in range(3):
        hall.take("a")
    assert overload.look(hall.state, hall.rules, "a", hall.now, 5.0) is None
    hall.take("a")
    before = msgspec.json.encode(hall.state.desks)
    advice = overload.advise(hall.state, hall.rules, "a", hall.now)
    assert advice is not None
    assert (advice.counter, advice.clerk, advice.comes_from) == ("3", "clerk-2", "2")
    assert advice.before is not None
    assert advice.after < advice.before - 10
    assert msgspec.json.encode(hall.state.desks) == before
    raised = overload.look(hall.state, hall.rules, "a", hall.now, 5.0)
    assert isinstance(raised, c.RaiseAlarm)
    assert all(part in raised.text for part in ("纳税有 4 人", "3号窗口", "clerk-2", "2号窗口无人等候"))


def test_a_paused_clerk_is_asked_before_another_is_taken_away() -> None:
    hall = Hall("09:00", **THREE)
    for _ in range(5):
        hall.take("b")
    hall.done(c.Pause, counter="4")
    advice = overload.advise(hall.state, hall.rules, "b", hall.now)
    assert advice is not None
    assert (advice.counter, advice.clerk, advice.comes_from) == ("4", "clerk-4", None)


def test_it_is_told_once_in_a_while_also_of_a_long_wait_and_cleared() -> None:
    hall = Hall("09:00", **THREE)
    hall.take("a")
    raised = overload.look(hall.state, hall.rules, "a", hall.now, 31.0)
    assert isinstance(raised, c.RaiseAlarm)
    hall.engine.handle(raised)
    assert overload.look(hall.state, hall.rules, "a", hall.now, 31.0) is None
    cleared = overload.look(hall.state, hall.rules, "a", hall.now, 5.0)
    assert isinstance(cleared, c.ClearAlarm)
    hall.done(c.ClearAlarm, alarm=cleared.alarm)
    hall.after(14 * 60)
    assert overload.look(hall.state, hall.rules, "a", hall.now, 31.0) is None
    hall.after(60)
    assert overload.look(hall.state, hall.rules, "a", hall.now, 31.0) is not None


def test_while_it_goes_on_it_says_how_it_is_by_now_and_is_not_raised_again() -> None:
    hall = Hall("09:00", **THREE)
    for _ in range(4):
        hall.take("a")

    def looks(foreseen: float) -> c.Command | None:
        found = overload.look(hall.state, hall.rules, "a", hall.now, foreseen)
        if found is not None:
            assert hall.engine.handle(found).refusal is None
        return found

    assert isinstance(looks(5.0), c.RaiseAlarm)
    (alarm,) = hall.state.alarms.values()
    raised, acknowledged = alarm.raised, dict(alarm.acknowledged)
    for _ in range(3):
        hall.take("a")
    hall.after(119)
    assert looks(5.0) is None
    hall.after(1)
    assert isinstance(looks(5.0), c.RenewAlarm)
    assert (alarm.level, alarm.renewed, alarm.raised) == (7.0, hall.now, raised)
    assert "纳税有 7 人" in alarm.text
    assert alarm.acknowledged == acknowledged
    hall.after(20 * 60)
    assert isinstance(looks(5.0), c.RenewAlarm)
    assert len(hall.state.alarms) == 1
    for _ in range(4):
        hall.call("1")
        hall.done(c.Finish, counter="1")
    assert isinstance(looks(5.0), c.ClearAlarm)
    text = alarm.text
    assert not hall.done(c.RenewAlarm, alarm=next(iter(hall.state.alarms)), text="x")
    assert alarm.text == text
    assert hall.refused(c.RenewAlarm, alarm="none", text="x").reason == "unknown_alarm"


def test_a_clock_put_back_does_not_leave_old_figures_standing() -> None:
    hall = Hall("09:00", **THREE)
    for _ in range(4):
        hall.take("a")
    raised = overload.look(hall.state, hall.rules, "a", hall.now, 5.0)
    assert isinstance(raised, c.RaiseAlarm)
    hall.engine.handle(raised)
    hall.after(-3600)
    assert isinstance(overload.look(hall.state, hall.rules, "a", hall.now, 5.0), c.RenewAlarm)


def test_where_no_counter_can_be_opened_it_says_so() -> None:
    hall = Hall("09:00", overload={"waiting": 1})
    for _ in range(4):
        hall.take("a")
    assert overload.advise(hall.state, hall.rules, "a", hall.now) is None
    raised = overload.look(hall.state, hall.rules, "a", hall.now, 20.0)
    assert isinstance(raised, c.RaiseAlarm)
    assert "没有可以加开的窗口" in raised.text


def test_a_break_with_a_planned_end_is_foreseen() -> None:
    hall = Hall("09:00", counters={"1": {**SMALL["counters"]["1"], "services": ["a", "b"]}})
    hall.done(c.Pause, counter="1", minutes=20.0)
    hall.done(c.Pause, counter="2", minutes=40.0)
    ticket = hall.take("a")
    assert ticket.forecast is not None
    assert 19 <= ticket.forecast.median <= 22


def test_the_holidays_of_a_year_to_come_are_not_known_and_weekdays_are_worked() -> None:
    hall = Hall()
    assert calendar.year_is_known(hall.rules, date(2026, 1, 1))
    assert not calendar.year_is_known(hall.rules, date(2093, 1, 1))
    assert [calendar.works_on(hall.rules, date(2093, 1, day)) for day in (1, 2, 3, 4, 5)] == [
        date(2093, 1, day).weekday() < 5 for day in (1, 2, 3, 4, 5)
    ]
    assert calendar.year_is_known(Hall(hours={"holidays": "none"}).rules, date(2093, 1, 1))


def test_a_make_up_day_is_worked_and_a_holiday_is_not() -> None:
    rules = Hall().rules
    assert calendar.works_on(rules, date(2026, 2, 14))
    assert not calendar.works_on(rules, date(2026, 2, 17))


async def test_a_picture_is_taken_without_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "pictures" / "a; touch b.jpg"
    write = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(b'jpg')"
    assert await take_picture([sys.executable, "-c", write, str(file)], file, 20) is None
    assert file.read_bytes() == b"jpg"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a; touch b.jpg", "pictures"]


async def test_why_there_is_no_picture_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    fail = "import sys; sys.exit('no such camera')"
    said = [
        await take_picture([str(tmp_path / "none"), "{file}"], file, 5),
        await take_picture([sys.executable, "-c", fail], file, 20),
        await take_picture([sys.executable, "-c", ""], file, 20),
        await take_picture([sys.executable, "-c", "import time; time.sleep(99)"], file, 0.3),
    ]
    assert all(said)
    assert "snapshot_command" in str(said[0])
    assert "no such camera" in str(said[1])
    assert "wrote no file" in str(said[2])
    assert "longer than 0.3 s" in str(said[3])
