"""The days bench: its days are the same for the same seed, keep every promise, and a broken one is found."""

import json
from pathlib import Path

import pytest

from bench.days import report, wild
from bench.days.diary import Account
from bench.days.halls import DDAY_EVERY
from bench.days.invariants import Watch
from bench.days.promise import Broken
from hall.core import booking_events as b
from hall.core import commands as c
from hall.core import events as e
from tests.hall.booked import Booked
from tests.hall.kit import Hall


def test_a_few_days_of_all_kinds_keep_every_promise() -> None:
    lived = report.live_all(tuple(range(1, 25)))
    assert lived.violations == []
    assert lived.days == 24
    assert lived.events > 1000
    assert lived.refused > 100
    assert set(lived.appointments) == {"arrived", "late", "missed", "cancelled"}


def test_a_dday_keeps_every_promise() -> None:
    day = wild.live(DDAY_EVERY)
    assert len(day.visitor_of) > 600
    assert not day.watch.owed


@pytest.mark.parametrize("seed", [2270, 2620])
def test_a_day_that_once_broke_a_promise_keeps_it(seed: int) -> None:
    """A number given up after midnight; somebody sent on while waiting, and passed once more."""
    assert report.live_all((seed,)).violations == []


def test_the_same_seed_is_the_same_day() -> None:
    assert wild.live(7).journal == wild.live(7).journal


def test_a_broken_promise_is_reported_with_the_command_that_shows_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def forget(*_: object) -> None:
        raise Broken("nobody lost", "a001")

    monkeypatch.setattr(wild, "places_agree", forget)
    monkeypatch.setattr(report, "CHUNK", 2)
    report.bench_days(days=1, from_seed=3, jobs=None, json=tmp_path / "days.json")
    figures = json.loads((tmp_path / "days.json").read_text(encoding="utf-8"))
    assert figures["violations"][0]["seed"] == 3
    assert figures["violations"][0]["invariant"] == "nobody lost"
    assert "hallkeeper bench days --days 1 --from-seed 3" in capsys.readouterr().out


def test_a_number_given_twice_is_seen() -> None:
    hall, watch = Hall(), Watch(3)
    hall.take()
    taken = hall.last(e.TicketTaken)
    watch.after(hall.state, taken)
    with pytest.raises(Broken, match="no number twice"):
        watch.after(hall.state, taken)


def test_a_ticket_in_two_places_is_seen() -> None:
    hall, watch = Hall(), Watch(3, every=1)
    hall.take()
    watch.after(hall.state, hall.last(e.TicketTaken))
    hall.state.desks["1"].ticket = "t1"
    with pytest.raises(Broken, match="nobody in two states"):
        watch.after(hall.state, hall.last(e.CounterOpened))


def test_a_call_out_of_order_is_seen() -> None:
    hall, watch = Hall(), Watch(3)
    hall.take()
    hall.after(60)
    hall.take()
    late = e.TicketCalled(
        at=hall.now, ticket="t2", number="A002", service="a", counter="1", clerk=None, nth=1, why="no"
    )
    with pytest.raises(Broken, match="overtaking within its bound"):
        watch.before(hall.state, late, ("a",))


def booked_hall() -> tuple[Booked, Account]:
    """A hall in which one has booked for ten, and the account of it."""
    hall = Booked("08:00")
    account = Account(hall.rules)
    hall.book("10:00")
    account.after(hall.state, hall.last(b.BookingMade))
    return hall, account


def test_an_appointment_used_twice_is_seen() -> None:
    hall, account = booked_hall()
    hall.at("10:05")
    hall.check_in(code="CODE1")
    came = hall.last(b.CheckedIn)
    account.after(hall.state, came)
    with pytest.raises(Broken, match="an appointment is used once, in its time"):
        account.after(hall.state, came)


@pytest.mark.parametrize("time", ["09:00", "11:30"])
def test_an_appointment_used_out_of_its_time_is_seen(time: str) -> None:
    hall, account = booked_hall()
    hall.at("09:00")
    came = b.CheckedIn(at=hall.slot(time), booking="b1", ticket="t1", late=time > "10:30")
    with pytest.raises(Broken, match="an appointment is used once, in its time"):
        account.after(hall.state, came)


def test_a_miss_before_its_time_is_seen() -> None:
    hall, account = booked_hall()
    with pytest.raises(Broken, match="who does not come has missed it, nobody else"):
        account.after(hall.state, b.BookingMissed(at=hall.slot("10:59"), booking="b1", client="c1"))


def test_a_ticket_ended_twice_is_seen() -> None:
    hall, watch = Hall(), Watch(3)
    hall.take()
    watch.after(hall.state, hall.last(e.TicketTaken))
    hall.done(c.Cancel, ticket="t1")
    watch.after(hall.state, hall.last(e.TicketVoided))
    with pytest.raises(Broken, match="nobody ended twice"):
        watch.after(hall.state, hall.last(e.TicketVoided))
