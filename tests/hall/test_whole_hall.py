"""The whole hall as real processes over real wires: a touch becomes a ticket, a call, a rating, an alarm."""

import asyncio
import json
import os
import signal
import sys
import tomllib
import wave
from pathlib import Path
from typing import Any

import pytest

from bench.livehall import derive, live_hall
from broker.messages.devices import BoardState, CardRead, Finished, Level, PadState, PrinterState, Started
from broker.messages.hall import (
    Acknowledge,
    AlarmState,
    Called,
    ControllerState,
    CounterState,
    KioskState,
    Rated,
    TakeTicket,
    TicketPrint,
)
from broker.topics import Topic
from hall.core import events as happened
from hall.journal import journal_path
from hall.reports.day import last_day, read
from simulators.led_board.simulator import BoardStandIn
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.hall.watching import Witness, machine, mosquitto_sub

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"
CARDS = tomllib.loads((DEZHOU.parent / "cards.toml").read_text(encoding="utf-8"))["cards"]
KEPT = ("1", "3")
"""The counters of the small hall: one for taxes (a), one for construction (b)."""


def two_counters(tables: dict[str, Any]) -> None:
    """Cut the D-day hall down to two counters, so that it starts fast."""
    tables["counters"] = {name: tables["counters"][name] for name in KEPT}
    tables["services"] = {name: tables["services"][name] for name in ("a", "b")}
    tables["simulation"]["crowd"] = {name: tables["simulation"]["crowd"][name] for name in ("a", "b")}
    for table in ("touch", "appointments"):
        tables.pop(table, None)
    tables["stuck"].pop("service", None)
    for kind in ("rating_pads", "call_pads", "mic_monitors"):
        tables[kind] = {name: one for name, one in tables[kind].items() if one["counter"] in KEPT}


def machines_here(tables: dict[str, Any]) -> None:
    """As `two_counters`; the first printer and the board stand in the test's own process."""
    two_counters(tables)
    tables["ticket_printers"]["p1"]["simulated"] = False
    tables["led_boards"]["b1"]["simulated"] = False


async def test_a_touch_becomes_a_ticket_a_call_a_rating_and_an_alarm(tmp_path: Path) -> None:
    path = derive(DEZHOU, tmp_path, machines_here)
    data = tmp_path / "data"
    async with live_hall(path, data, "--no-crowd", "--start", "09:00") as live:
        hall = live.hall
        async with (
            mosquitto_sub(live) as seen,
            machine(live, lambda stage: PrinterStandIn("p1", hall.ticket_printers["p1"], stage)) as (
                printer,
                printed,
            ),
            machine(live, lambda stage: BoardStandIn("b1", hall.led_boards["b1"], stage)) as (board, shown),
        ):
            witness = Witness(live)
            await witness.until(PrinterState, "ticket_printer/p1", lambda state: state.device == "online")
            await witness.until(BoardState, "led_board/b1", lambda state: state.device == "online")
            await a_touch_becomes_a_ticket(witness, printer, printed)
            await a_card_becomes_a_ticket_once(witness)
            await a_call_is_shown_and_spoken(witness, board, shown, data)
            await a_bad_rating_becomes_a_task(witness)
            await a_quarrel_becomes_an_alarm_and_a_slam_does_not(witness)
        the_bus_carried_what_it_may(seen)
    the_journal_tells_the_same(data)


async def a_touch_becomes_a_ticket(witness: Witness, printer: PrinterStandIn, printed: bytearray) -> None:
    await witness.until(KioskState, "kiosk/k1", lambda state: state.screen == "home")
    printed.clear()
    await witness.touch("k1", "service-a")
    await witness.touch("k1", "take-a")
    outcome = await witness.until(TicketPrint, "controller/main")
    assert (outcome.number, outcome.printer, outcome.outcome) == ("A001", "p1", "printed")
    job = bytes(printed)
    assert "纳税".encode("gb18030") in job
    assert b"A001" in job
    assert b"\x1b\x40" in job, "the job begins with ESC @"
    assert b"\x1d\x72\x01" in job, "GS r asks whether all of it was taken (protocols.md 2.5)"
    assert b"\x10\x04\x04" in job, "DLE EOT 4 asks for paper"
    ticket = printer.printer.paper.last_ticket()
    assert any("A001" in line for line in ticket), ticket
    assert outcome.ticket in printer.shows()["qr"]


async def a_card_becomes_a_ticket_once(witness: Witness) -> None:
    await witness.until(KioskState, "kiosk/k1", lambda state: state.screen == "home")
    await witness.turn("r1", "card", "c02")
    await witness.touch("k1", "door-services")
    await witness.touch("k1", "service-b")
    outcome = await witness.until(TicketPrint, "controller/main", lambda print_: print_.number == "B001")
    assert outcome.outcome == "printed"
    await witness.turn("r1", "card", "none")
    state = await witness.until(ControllerState, "controller/main", lambda state: state.tickets_today == 2)
    assert state.open
    before = witness.mark()
    person = next(message for message in witness.all_of(CardRead)).person
    again = await witness.ask("controller/main", TakeTicket, by="kiosk/k1", service="b", person=person)
    assert (again.ok, again.reason, again.number) == (False, "already_waiting", "B001")
    assert not witness.all_of(TicketPrint, before)


async def a_call_is_shown_and_spoken(
    witness: Witness, board: BoardStandIn, shown: bytearray, data: Path
) -> None:
    shown.clear()
    await witness.turn("call-01", "key", "next")
    called = await witness.until(Called, "counter/1")
    assert (called.number, called.nth) == ("A001", 1)
    assert called.why
    sentence = "请A001号到1号窗口办理"
    await witness.until(Started, "announcer/hall")
    async with asyncio.timeout(5):
        while board.shows()["areas"] == {}:
            await asyncio.sleep(0.05)
    assert sentence.encode("gb2312") in bytes(shown)
    assert sentence in str(board.shows()["areas"])
    finished = await witness.until(Finished, "announcer/hall")
    assert finished.outcome == "played"
    newest = max((data / "audio" / "ring").glob("*.wav"))
    with wave.open(str(newest)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert 4 < seconds < 20, "a chime and the sentence twice"


async def a_bad_rating_becomes_a_task(witness: Witness) -> None:
    await witness.turn("rate-01", "key", "5")
    await witness.turn("call-01", "key", "finish")
    await witness.until(PadState, "rating_pad/rate-01", lambda state: state.ticket is not None)
    assert not witness.all_of(Rated), "a key outside the window does nothing"
    await witness.turn("rate-01", "key", "2")
    rated = await witness.until(Rated, "controller/main")
    assert (rated.grade, rated.counter) == (2, "1")
    await alarm(witness, "rating")


async def alarm(witness: Witness, kind: str, since: int = 0) -> tuple[str, AlarmState]:
    """The id and first state of the alarm of a kind."""
    for place, message in witness.heard[since:]:
        if isinstance(message, AlarmState) and message.kind == kind:
            return place.removeprefix("alarm/"), message
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.1)
            for place, message in witness.heard[since:]:
                if isinstance(message, AlarmState) and message.kind == kind:
                    return place.removeprefix("alarm/"), message


async def a_quarrel_becomes_an_alarm_and_a_slam_does_not(witness: Witness) -> None:
    await witness.until(Level, "mic_monitor/mic-03", lambda level: level.calibrated)
    await witness.turn("mic-03", "scene", "slam")
    loud = await witness.until(Level, "mic_monitor/mic-03", lambda level: level.lafmax_1s > 85)
    assert loud.laeq_1s > 75
    await witness.turn("mic-01", "scene", "quarrel")
    name, raised = await alarm(witness, "noise")
    assert raised.where == "1"
    assert raised.parties == ["supervision", "hall"]
    for party in raised.parties:
        reply = await witness.ask(
            "controller/main", Acknowledge, by=f"console/{party}", alarm=name, party=party
        )
        assert reply.ok, reply
    await witness.until(
        AlarmState, f"alarm/{name}", lambda state: set(state.acknowledged) == set(raised.parties)
    )
    assert {message.where for message in witness.all_of(AlarmState) if message.kind == "noise"} == {"1"}


def the_bus_carried_what_it_may(seen: list[tuple[str, bool, bytes]]) -> None:
    assert len(seen) > 100
    for topic, _, payload in seen:
        leaf = Topic.parse(topic).leaf
        if leaf == "availability":
            assert payload in (b"online", b"offline")
        elif payload:
            message = json.loads(payload)
            assert {"v", "id", "at", "type"} <= set(message), message
            if leaf == "command":
                assert {"expires", "by"} <= set(message), message
    everything = b"\n".join(payload for _, _, payload in seen).decode()
    for card in CARDS.values():
        assert card["number"] not in everything
        assert card["name"] not in everything
    carried = {Topic.parse(topic).leaf for topic, _, _ in seen}
    assert {"availability", "state", "event", "telemetry", "command", "reply", "ack"} <= carried


def the_journal_tells_the_same(data: Path) -> None:
    journal = journal_path(data)
    day = last_day(journal)
    assert day is not None
    events = list(read(journal, day))
    assert [e.number for e in events if isinstance(e, happened.TicketTaken)] == ["A001", "B001"]
    assert [e.outcome for e in events if isinstance(e, happened.PrintDone)] == ["printed", "printed"]
    assert [e.grade for e in events if isinstance(e, happened.Rated)] == [2]
    alarms = [e.kind for e in events if isinstance(e, happened.AlarmRaised)]
    assert sorted(alarms) == ["noise", "rating"]


async def test_any_room_may_be_killed_and_the_hall_goes_on(tmp_path: Path) -> None:
    path = derive(DEZHOU, tmp_path, two_counters)
    async with live_hall(path, tmp_path / "data", "--no-crowd", "--start", "09:00") as live:
        witness = Witness(live)
        numbers = [await a_number(witness)]
        for room in ("controller", "devices", "kiosk", "console", "simulators", "broker"):
            before = live.rooms()[room]
            os.kill(before, signal.SIGKILL)
            numbers.append(await a_number(witness, patiently=True))
            async with asyncio.timeout(20):
                while live.rooms().get(room, before) == before:
                    await asyncio.sleep(0.1)
        assert numbers == [f"A{ordinal:03d}" for ordinal in range(1, 8)]
        await witness.until(TicketPrint, "controller/main", lambda print_: print_.number == numbers[-1])
        outcomes = {print_.number: print_.outcome for print_ in witness.all_of(TicketPrint)}
        assert set(outcomes.values()) <= {"printed", "unknown", "failed"}
        counter = await witness.until(CounterState, "counter/1")
        assert counter.status in ("open", "serving")


async def a_number(witness: Witness, patiently: bool = False) -> str:
    """A ticket for taxes; asked again with the same id until the controller is back."""
    bus = witness.live.bus
    command = TakeTicket(
        id=bus.new_id(), at=bus.clock.now(), expires=bus.expires(60), by="kiosk/k1", service="a", kiosk="k1"
    )
    topic = bus.topic("controller", "main", "command")
    async with asyncio.timeout(60):
        while True:
            try:
                reply = await bus.ask_for(topic, command, 2.0)
                break
            except (TimeoutError, ConnectionError):
                assert patiently
                await asyncio.sleep(0.2)
    assert reply.ok, reply
    assert isinstance(reply.number, str)
    return reply.number


async def test_a_second_up_says_where_the_first_is(tmp_path: Path) -> None:
    path = derive(DEZHOU, tmp_path, two_counters)
    data = tmp_path / "data"
    async with live_hall(path, data, "--no-crowd") as live:
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli.main", "up", str(path), "--data", str(data),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert second.stdout is not None
        said = (await second.stdout.read()).decode()
        assert await second.wait() == 2
        assert "already running" in said
        assert f"http://127.0.0.1:{live.hall.console.port}" in said
