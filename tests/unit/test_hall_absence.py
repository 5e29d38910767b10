"""A clerk who has said until when they are on a break is not missed before that, and the minutes after it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.core import absence
from hall.core import commands as c
from hall.core.events import AlarmRaised, CounterOpened, CounterPaused
from tests.hall.kit import SMALL, Hall

MINUTES = 15.0

Deed = tuple[str, float]

WAIT = st.tuples(st.just("wait"), st.sampled_from([3.0, 14.9, 15.0, 45.0, 120.0]))
BREAK = st.tuples(st.just("break"), st.sampled_from([5.0, 30.0, 60.0, 200.0]))
SAID = st.tuples(st.sampled_from(["why", "press", "take", "serve", "back"]), st.just(0.0))
DEEDS = st.lists(st.one_of(WAIT, WAIT, BREAK, SAID), max_size=12)


def look(hall: Hall) -> list[AlarmRaised]:
    """What a look raises now."""
    raised: list[AlarmRaised] = []
    for command in list(absence.look(hall.state, hall.rules, hall.now)):
        done = hall.engine.handle(command)
        raised += [event for event in done.events if isinstance(event, AlarmRaised)]
    return raised


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["08:40", "11:20", "11:58", "15:00", "16:50"]),
    st.sampled_from(
        [[["08:30", "12:00"], ["14:00", "17:30"]], [["08:30", "12:00"], ["12:00", "17:30"]]],
    ),
    BREAK,
    DEEDS,
)
def test_nobody_is_missed_before_their_break_and_the_minutes_after_it_are_over(
    time: str, hours: list[list[str]], first: Deed, deeds: list[Deed]
) -> None:
    hall = Hall(time, hours={"open": hours}, absence={"minutes": MINUTES})
    hall.take("a")
    until: datetime | None = None
    for what, much in (first, *deeds):
        if what == "wait":
            for _ in range(6):
                hall.after(much * 60 / 6)
                for alarm in (one for one in look(hall) if one.where == "1"):
                    assert until is None or hall.now >= until + timedelta(minutes=MINUTES), (until, alarm)
            continue
        if what == "break" and hall.do(c.Pause, counter="1", why="用餐", minutes=much).refusal is None:
            until = hall.now + timedelta(minutes=much)
        elif what == "why":
            hall.do(c.Pause, counter="1", why="开会")
        elif what == "press":
            hall.do(c.Pause, counter="1")
        elif what == "take":
            hall.do(
                c.TakeTicket, ticket=f"x{hall.now.timestamp()}", service="a", override=True, by="counter/1"
            )
        elif what == "serve":
            hall.do(c.Finish if hall.state.in_hand("1") else c.CallNext, counter="1")
        elif what == "back" and hall.do(c.Reopen, counter="1").refusal is None:
            until = None


def test_saying_why_does_not_take_back_until_when() -> None:
    hall = Hall("09:00")
    hall.done(c.Pause, counter="2", minutes=30.0)
    until = hall.state.desk("2").back_at
    hall.after(60)
    hall.done(c.Pause, counter="2", why="换证")
    assert (hall.state.desk("2").back_at, hall.last(CounterPaused).why) == (until, "换证")
    hall.done(c.Pause, counter="2", minutes=5.0)
    assert (hall.state.desk("2").back_at, hall.last(CounterPaused).why) == (
        hall.now + timedelta(minutes=5),
        "换证",
    )


def test_a_break_goes_on_after_lunch() -> None:
    hall = Hall("11:50")
    hall.take("b")
    hall.done(c.Pause, counter="2", why="开会", minutes=150.0)
    hall.at("13:59")
    assert not hall.state.desk("2").is_open
    hall.at("14:00")
    desk = hall.state.desk("2")
    assert (desk.paused, desk.pause_why, desk.back_at) == (True, "开会", hall.now + timedelta(minutes=20))
    hall.at("14:34")
    assert look(hall) == []
    hall.at("14:35")
    assert [alarm.where for alarm in look(hall)] == ["2"]


@pytest.mark.parametrize("how", ["logout", "other"])
def test_a_break_ends_with_its_clerks_logout_and_is_no_other_clerks(how: str) -> None:
    hall = Hall("11:50", counters={"2": {**SMALL["counters"]["2"], "clerk": "clerk-9"}})
    if how == "other":
        hall.done(c.Logout, counter="2")
        hall.done(c.Login, counter="2", clerk="stand-in")
    hall.done(c.Pause, counter="2", minutes=150.0)
    if how == "logout":
        hall.done(c.Logout, counter="2")
    hall.at("13:00")
    hall.at("14:00")
    assert hall.last(CounterOpened).counter in ("1", "2")
    assert not hall.state.desk("2").paused
