"""Counters: hours open and close them, clerks may say otherwise, a pad's keys mean what they should."""

from datetime import timedelta

from hall.core import commands as c
from hall.core.events import CounterClosed, CounterOpened
from tests.hall.kit import SMALL, Hall


def open_counters(hall: Hall) -> list[str]:
    return sorted(name for name, desk in hall.state.desks.items() if desk.is_open)


def test_counters_open_and_close_with_their_hours() -> None:
    hall = Hall("08:00")
    seen = {}
    for time in ("08:00", "08:30", "12:00", "14:00", "17:30"):
        seen[time] = open_counters(hall.at(time))
    assert seen == {"08:00": [], "08:30": ["1", "2"], "12:00": [], "14:00": ["1", "2"], "17:30": []}
    assert hall.all(CounterOpened)[0].clerk == "clerk-1"


def test_on_a_holiday_nothing_opens_and_on_a_make_up_day_it_does() -> None:
    assert open_counters(Hall().at("09:00", day=1)) == []
    saturday_to_be_worked = Hall()
    # 2026-10-10 makes up for the National Day holidays
    saturday_to_be_worked.now -= timedelta(days=41)
    assert open_counters(saturday_to_be_worked.after(0)) == ["1", "2"]


def test_a_hall_may_work_every_day() -> None:
    assert open_counters(Hall(hours={"holidays": "none"}).at("09:00", day=1)) == ["1", "2"]


def test_a_counter_closes_for_lunch_when_its_visitor_is_served() -> None:
    hall = Hall("11:59")
    hall.take()
    hall.take()
    hall.call()
    hall.at("12:00")
    assert open_counters(hall) == ["1"]
    hall.at("12:05").done(c.Finish, counter="1")
    assert open_counters(hall) == []
    assert hall.refused(c.CallNext, counter="1").reason == "counter_closed"
    assert hall.at("14:00").call().number == "A002"


def test_who_was_logged_out_by_hand_stays_so_until_the_next_shift() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="1")
    assert open_counters(hall.at("11:00")) == ["2"]
    assert open_counters(hall.at("14:00")) == ["1", "2"]


def test_a_clerk_may_work_before_the_hours_and_goes_on_in_them() -> None:
    hall = Hall("07:00")
    hall.done(c.Login, counter="1", clerk="anna")
    assert open_counters(hall.at("08:00")) == ["1"]
    hall.at("08:30")
    assert hall.state.desk("1").clerk == "anna"
    assert open_counters(hall.at("12:00")) == []


def test_a_clerk_is_at_one_counter() -> None:
    hall = Hall()
    no = hall.refused(c.Login, counter="1", clerk="clerk-2")
    assert no.reason == "clerk_elsewhere"
    assert "2号窗口" in no.text
    assert hall.done(c.Login, counter="1", clerk="clerk-1") == []
    assert hall.refused(c.Login, counter="1", clerk=" ").reason == "bad_clerk"
    assert hall.refused(c.Login, counter="99", clerk="x").reason == "unknown_counter"


def test_two_counters_with_one_clerk_open_one() -> None:
    counters = {**SMALL["counters"], "2": {**SMALL["counters"]["2"], "clerk": "clerk-1"}}
    assert open_counters(Hall(counters=counters)) == ["1"]


def test_a_counter_is_taken_over_with_its_visitor() -> None:
    hall = Hall()
    hall.take()
    hall.call()
    hall.done(c.Login, counter="1", clerk="anna")
    assert hall.state.desk("1").clerk == "anna"
    assert hall.state.in_hand("1") is not None


def test_nobody_logs_out_with_a_visitor_in_hand() -> None:
    hall = Hall()
    hall.take()
    hall.call()
    assert hall.refused(c.Logout, counter="1").reason == "ticket_in_hand"
    hall.done(c.Finish, counter="1")
    hall.done(c.Logout, counter="1")
    assert hall.done(c.Logout, counter="1") == []


def test_a_pause_calls_nobody() -> None:
    hall = Hall()
    hall.take()
    hall.done(c.Pause, counter="1")
    assert hall.done(c.Pause, counter="1") == []
    assert hall.refused(c.CallNext, counter="1").reason == "counter_paused"
    hall.done(c.Reopen, counter="1")
    assert hall.done(c.Reopen, counter="1") == []
    assert hall.call().number == "A001"
    hall.done(c.Finish, counter="1")
    hall.done(c.Logout, counter="1")
    assert hall.refused(c.Pause, counter="1").reason == "counter_closed"


def test_the_keys_of_a_call_pad() -> None:
    hall = Hall()
    for _ in range(3):
        hall.take()

    def press(action: str) -> None:
        hall.done(c.Press, counter="1", action=action)

    press("next")
    press("recall")
    assert hall.state.tickets["t1"].calls == 2
    press("pass")
    assert hall.state.tickets["t1"].missed == 1
    press("next")
    press("hold")
    assert hall.state.tickets["t2"].status == "held"
    press("next")
    press("finish")
    assert hall.state.tickets["t3"].status == "finished"
    press("hold")
    assert hall.state.desk("1").paused
    hall.after(3)
    press("hold")
    assert not hall.state.desk("1").paused


def test_hold_pressed_twice_holds_and_does_not_pause() -> None:
    hall = Hall()
    first, second = hall.take(), hall.take()
    hall.call()
    for _ in range(2):
        hall.done(c.Press, counter="1", action="hold")
        hall.after(1)
    assert (first.status, hall.state.desk("1").paused) == ("held", False)
    hall.done(c.Press, counter="1", action="next")
    assert second.status == "called"


def test_next_ends_a_pause_and_calls() -> None:
    hall = Hall()
    hall.done(c.Press, counter="1", action="hold")
    assert hall.refused(c.Press, counter="1", action="next").reason == "nobody_waiting"
    assert not hall.state.desk("1").paused
    hall.after(5)
    hall.done(c.Press, counter="1", action="hold")
    ticket = hall.take()
    hall.done(c.Press, counter="1", action="next")
    assert (ticket.status, hall.state.desk("1").paused) == ("called", False)


def test_an_idle_counter_closes_after_closing_and_one_with_people_waiting_does_not() -> None:
    hall = Hall("17:00")
    hall.take("b")
    assert open_counters(hall.at("17:30")) == ["2"]
    hall.call("2")
    hall.at("17:40").done(c.Finish, counter="2")
    assert open_counters(hall) == []
    assert hall.last(CounterClosed).by == "hours"
