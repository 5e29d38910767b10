"""Killed at the worst moment, and a disk that takes nothing: nothing told is lost, nothing is done twice."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from broker.messages import hall as m
from broker.messages.devices import CallKey, OpenWindow, Print, Say, Show
from broker.messages.envelope import Ack
from hall.core.events import TicketCalled, TicketTaken
from hall.journal.store import CHECKPOINT_EVERY
from tests.conftest import HandClock
from tests.hall.stage import PERSON, Stage, hall, journaled, no_paper

OTHER = "fedcba9876543210"


async def test_killed_between_commit_and_answer_the_same_number_is_answered(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        command = stage.made(m.TakeTicket, service="a", kiosk="k1")
        async with stage.killed_before_telling():
            stage.send(command)
        assert not stage.all(m.TicketPrint)
        clock.move(2)
        await stage.start()
        await stage.hear(m.TicketPrint)
        reply = await stage.ask_made(command)
        assert (reply.ok, reply.number) == (True, "A001")
        assert len(journaled(stage, TicketTaken)) == 1
        assert len(stage.printed) == 1
        assert (await stage.ask(m.TakeTicket, service="a")).number == "A002"


async def test_killed_between_a_call_and_its_telling_it_is_told_by_the_next(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        async with stage.killed_before_telling():
            press = CallKey(id="key-1", at=clock.now(), keep=True, attempt=1, action="next")
            stage.tell("call_pad", "call-1", "event", press)
        assert not stage.all(m.Called)
        clock.move(2)
        await stage.start()
        await stage.hear(Say)
        await stage.hear(Show)
        # the pad had no acknowledgement, and sends it again
        stage.tell("call_pad", "call-1", "event", press)
        await stage.hear(Ack)
        assert len(journaled(stage, TicketCalled)) == 1


async def test_what_was_told_is_told_again_under_the_same_ids(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        await stage.ask(m.CallNext, counter="1")
        await stage.ask(m.Finish, counter="1")
        await stage.hear(m.TicketPrint)
        clock.move(2)
        await stage.stop()
        await stage.start()
        for kind in (Say, OpenWindow, m.Called, m.TicketPrint):
            await stage.hear(kind, times=2)
            told = Counter(message.id for message in stage.all(kind))
            assert set(told.values()) == {2}, kind
        assert len({paper.job for paper in stage.all(Print)}) == 1


async def test_on_a_busy_day_a_start_goes_on_from_a_snapshot_of_today_and_knows_who_is_here(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        assert stage.controller is not None
        stage.controller._ledger._journal._since_snapshot = CHECKPOINT_EVERY
        taken = await stage.ask(m.TakeTicket, service="a", person=PERSON)
        await stage.stop()
        with closing(sqlite3.connect(stage.journal_path)) as connection:
            kept = connection.execute("SELECT state FROM snapshots ORDER BY seq").fetchall()
        assert len(kept) == 2
        assert not any(PERSON.encode() in state for (state,) in kept)
        clock.move(2)
        await stage.start()
        again = await stage.ask(m.TakeTicket, service="a", person=PERSON)
        assert (again.ok, again.number) == (False, taken.number)


async def test_what_is_long_ago_is_not_told_again(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        clock.move(60)
        await stage.stop()
        await stage.start()
        await stage.ask(m.Recall, counter="1")
        await stage.hear(Say, times=2)
        assert [called.nth for called in stage.all(m.Called)] == [1, 2]


async def test_the_hall_goes_on_where_it_was(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        for person in (PERSON, OTHER):
            await stage.ask(m.TakeTicket, service="a", person=person)
        await stage.ask(m.CallNext, counter="1")
        await stage.ask(m.Pause, counter="2")
        await stage.stop()
        await stage.start()
        counter = stage.all(m.CounterState, "counter/1")[-1]
        assert (counter.status, counter.number) == ("serving", "A001")
        assert stage.all(m.CounterState, "counter/2")[-1].status == "paused"
        assert (await stage.ask(m.TakeTicket, service="a", person=OTHER)).reason == "already_waiting"
        assert (await stage.ask(m.CallNext, counter="1")).number == "A002"


async def test_a_lost_connection_tells_again_what_it_may_have_swallowed(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        await stage.hear(Show)
        stage.broker.cut("controller")
        show = await stage.hear(Show, times=2)
        assert show.id == stage.all(Show)[0].id


async def test_a_paper_that_waits_for_the_controller_is_not_printed_when_it_is_too_late(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        async with stage.killed_before_telling():
            stage.send(stage.made(m.TakeTicket, service="a", kiosk="k1"))
        clock.move(31)
        await stage.start()
        outcome = await stage.hear(m.TicketPrint)
        assert (outcome.outcome, outcome.reason) == ("failed", "expired")
        assert not stage.printed


async def test_a_disk_that_takes_nothing_refuses_and_the_hall_goes_on_when_it_does_again(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a", person=PERSON)
        connection = _connection(stage)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        refused = []
        for number in range(200):
            reply = await stage.ask(m.TakeTicket, service="a", person=f"{number:064x}")
            refused += [] if reply.ok else [reply]
        assert refused
        assert {reply.reason for reply in refused} == {"journal_unavailable"}
        assert all(reply.text for reply in refused)
        taken = journaled(stage, TicketTaken)
        press = CallKey(id="key-1", at=clock.now(), keep=True, attempt=1, action="next")
        stage.tell("call_pad", "call-1", "event", press)
        await stage.ask(m.CallNext, counter="1")
        assert not stage.all(Ack)
        connection.execute("PRAGMA max_page_count = 1000000")
        reply = await stage.ask(m.TakeTicket, service="a", person=OTHER)
        assert reply.number == f"A{len(taken) + 1:03d}"
        stage.tell("call_pad", "call-1", "event", press)
        await stage.hear(Ack)
        assert [called.number for called in stage.all(m.Called)] == ["A001"]


async def test_a_fault_of_ours_undoes_its_command_and_no_other(
    clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")

        def fail(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr("hall.core.issuing.number", fail)
            reply = await stage.ask(m.TakeTicket, service="a")
        assert (reply.ok, reply.reason) == (False, "internal_error")
        assert "a command failed" in caplog.text
        assert (await stage.ask(m.TakeTicket, service="a")).number == "A002"


async def test_a_printer_that_fails_before_and_after_a_crash_fails_once(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        stage.print_answers["p1"] = no_paper
        async with stage.killed_before_telling():
            stage.send(stage.made(m.TakeTicket, service="a", kiosk="k1"))
        await stage.start()
        outcome = await stage.hear(m.TicketPrint)
        assert outcome.outcome == "failed"
        assert stage.state.tickets[outcome.ticket].prints == ["failed"]


def _connection(stage: Stage) -> sqlite3.Connection:
    assert stage.controller is not None
    return stage.controller._ledger._journal._connection
