"""What the pages learn from the journal, and that they do without it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.house import House
from console.past import ASKED_AGAIN_S, FRESH_S, STALE_S, Past
from console.picture import Picture, TicketSeen
from console.views.report import report
from hall.core import events as e
from hall.journal import Journal, journal_path
from tests.conftest import HandClock
from tests.console_hall import SeededHall, premises_in


@pytest.fixture
def journal(tmp_path: Path, clock: HandClock) -> Iterator[Journal]:
    """A journal whose day has begun."""
    opened = Journal.open(journal_path(tmp_path))
    write(opened, e.DayBegan(at=clock.now(), day=clock.now().date().isoformat()))
    yield opened
    opened.close()


def write(journal: Journal, *events: e.Event) -> None:
    with journal.transaction():
        journal.append(events)


def taken(clock: HandClock, ticket: str, number: str) -> e.TicketTaken:
    return e.TicketTaken(
        at=clock.now(),
        ticket=ticket,
        number=number,
        ordinal=int(number[1:]),
        service="a",
        prefix="A",
        ahead=0,
        forecast=None,
    )


def called(clock: HandClock, ticket: str, number: str) -> e.TicketCalled:
    return e.TicketCalled(
        at=clock.now() + timedelta(minutes=4),
        ticket=ticket,
        number=number,
        service="a",
        counter="3",
        clerk="c",
        nth=1,
        why="",
    )


async def test_tickets_of_before_are_learned(tmp_path: Path, journal: Journal, clock: HandClock) -> None:
    missed = e.TicketMissed(at=clock.now(), ticket="t3", counter="3", goes="back", after=3)
    ended = e.TicketEnded(at=clock.now(), ticket="t4", reason="closing")
    write(journal, *(taken(clock, f"t{place}", f"A00{place}") for place in range(1, 5)))
    write(journal, called(clock, "t2", "A002"), called(clock, "t3", "A003"), missed, ended)
    picture = Picture()
    await Past(tmp_path, clock).tell_tickets(picture)
    assert picture.tickets == {
        "t1": TicketSeen("A001"),
        "t2": TicketSeen("A002", "called", "3"),
        "t3": TicketSeen("A003", "left", "3"),
        "t4": TicketSeen("A004", "ended"),
    }


async def test_an_unknown_ticket_is_looked_for_but_not_at_every_knock(
    tmp_path: Path, journal: Journal, clock: HandClock
) -> None:
    past, picture = Past(tmp_path, clock), Picture()
    await past.look_for("t1", picture)
    write(journal, taken(clock, "t1", "A001"))
    await past.look_for("t1", picture)
    assert "t1" not in picture.tickets
    clock.move(ASKED_AGAIN_S + 1)
    await past.look_for("t1", picture)
    assert picture.tickets["t1"].number == "A001"


async def test_a_hall_without_a_journal_is_no_fault(tmp_path: Path, clock: HandClock) -> None:
    past, picture = Past(tmp_path, clock), Picture()
    await past.tell_tickets(picture)
    assert past.day() is None
    await past.close()
    assert picture.tickets == {}


async def test_the_report_says_every_rate_with_its_denominator(
    tmp_path: Path, journal: Journal, clock: HandClock
) -> None:
    write(journal, taken(clock, "t1", "A001"), called(clock, "t1", "A001"))
    finished = e.ServiceFinished(
        at=clock.now(),
        ticket="t1",
        number="A001",
        counter="3",
        clerk="c",
        minutes=6.0,
        window_s=20,
        rating_until=clock.now(),
    )
    write(journal, finished, e.Rated(at=clock.now(), ticket="t1", counter="3", clerk="c", grade=5))
    premises = premises_in(tmp_path)
    house = House.on(premises, SeededHall(premises).bus)
    say = house.tongue("zh-CN")
    assert "正在读取日志" in report(house, say), "a page that has just been opened waits"
    assert house.past._reading is not None
    await house.past._reading
    shown = report(house, say)
    assert "截至 09:47" in shown
    assert "100% <small" in shown
    assert "1/1" in shown
    assert "4 分" in shown
    assert "满意率" in shown


async def test_figures_of_long_ago_are_not_shown_while_new_ones_are_read(
    tmp_path: Path, journal: Journal, clock: HandClock
) -> None:
    past = Past(tmp_path, clock)
    past.day()
    assert past._reading is not None
    await past._reading
    clock.move(FRESH_S + 1)
    past.day()
    assert not past.is_reading, "a page that is watched keeps its figures while they are read again"
    await past._reading
    clock.move(STALE_S + 1)
    past.day()
    assert past.is_reading
    await past._reading
    assert not past.is_reading
    assert past.as_of == clock.now()
