"""A whole kiosk without a screen: the technician's door, check-ins, checklists, and what was not done."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


from broker.door import Door, Refusal
from broker.inbox import MemoryInbox
from broker.messages.bookings import CheckIn
from broker.messages.devices import Print
from broker.messages.tasks import ReportStuck
from broker.messages.visitors import PrintChecklist
from broker.topics import Topic
from hallfile.catalogue import Catalogue
from hallfile.notes import Note, Notes
from hallfile.premises import JOURNAL
from kiosk import asking
from kiosk.easel import I18N
from kiosk.presenters.requests import Report, Request
from kiosk.technician import pin
from kiosk.technician.knock import ORDER
from tests.unit.kiosk_shell import HALL, TICKET, WAIT_S, Hall, with_a_kiosk


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    async with with_a_kiosk(tmp_path, monkeypatch) as there:
        yield there


async def test_a_technician_gets_in_by_knock_and_pin_and_a_card_meanwhile_greets_nobody(
    hall: Hall, tmp_path: Path
) -> None:
    pin.keep(pin.place(tmp_path), "407218", b"salt")
    await hall.open()
    await hall.page("home")
    for corner in ORDER:
        await hall.touch_at(20 if corner == "left" else 1060, 20)
    await hall.page("technician")
    hall.lay_card()
    for digit in "111118":
        await hall.touch(f"digit-{digit}")
    await hall.touch("enter")
    for digit in "407218":
        await hall.touch(f"digit-{digit}")
    await hall.touch("enter")
    state = await hall.kiosk(lambda state: "test-p1" in state.shows["targets"])
    assert not {"language-en", "elder-on"} & state.shows["targets"].keys()
    printer = Topic(HALL, "ticket_printer", "p1", "command")
    orders: list[Print] = []

    async def print_it(command: Print) -> dict[str, Any]:
        orders.append(command)
        return {"outcome": "printed"}

    door = Door(hall.bus, printer, print_it, MemoryInbox(), str)
    try:
        await hall.touch("test-p1")
        async with asyncio.timeout(WAIT_S):
            while not orders:
                await asyncio.sleep(0.01)
        assert (orders[0].by, orders[0].layout) == ("kiosk/k1", "checklist")
        await hall.touch("leave")
        state = await hall.page("home")
        assert "language-en" in state.shows["targets"]
    finally:
        await door.close()


async def test_without_a_pin_no_knock_opens(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    for corner in ORDER:
        await hall.touch_at(20 if corner == "left" else 1060, 20)
    await hall.touch("elder-on")
    state = await hall.kiosk(lambda state: "elder-off" in state.shows["targets"])
    assert state.shows["screen"] == "home"


async def test_a_code_becomes_a_check_in_and_a_late_one_says_so(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: {**TICKET, "details": {"booking": "b-1", "late": True}}
    await hall.touch("door-check-in")
    for key in "k7q2t9":
        await hall.touch(f"key-{key}")
    await hall.touch("check-in")
    await hall.page("ticket")
    command = hall.asked[0]
    assert isinstance(command, CheckIn)
    assert (command.code, command.kiosk, command.person) == ("K7Q2T9", "k1", UNSET)


async def test_a_checklist_is_asked_of_the_controller_and_its_outcome_shown(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: {"outcome": "printed"}
    await hall.touch("door-guide")
    await hall.touch("department-tax")
    await hall.touch("item-001")
    await hall.touch("checklist-001")
    await hall.kiosk(lambda state: "checklist-001" in state.shows["targets"] and bool(hall.asked))
    command = hall.asked[0]
    assert isinstance(command, PrintChecklist)
    assert (command.item, command.kiosk, command.printer) == ("001", "k1", "p1")


async def tick_a_reason(hall: Hall) -> str:
    """On the page of what was not done: which reason was ticked, the first."""
    await hall.touch("door-stuck")
    state = await hall.kiosk(lambda state: any(one.startswith("tick-") for one in state.shows["targets"]))
    tick = next(one for one in state.shows["targets"] if one.startswith("tick-"))
    await hall.touch(tick)
    return str(tick.removeprefix("tick-"))


async def test_reasons_are_sent_as_a_report(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: {"details": {"task": "task-1"}}
    reason = await tick_a_reason(hall)
    await hall.touch("report")
    await hall.page("reported")
    command = hall.asked[0]
    assert isinstance(command, ReportStuck)
    assert command.reasons == [reason]
    assert (command.note, command.contact) == (UNSET, UNSET)


async def test_a_visitors_number_stands_in_the_private_notes_and_never_on_the_bus(
    hall: Hall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / JOURNAL).touch()
    await hall.open()
    hall.answer = lambda _: {"details": {"task": "task-1"}}
    heard: list[bytes] = []
    hall.bus.subscribe(f"hall/{HALL}/#", lambda received: heard.append(received.packet.payload))
    await tick_a_reason(hall)
    await hall.touch("leave-phone")
    for digit in "13900001111":
        await hall.touch(f"key-{digit}")
    await hall.touch("report")
    await hall.page("reported")
    command = hall.asked[0]
    assert isinstance(command, ReportStuck)
    assert command.contact is True
    assert Notes(tmp_path).read(str(command.note)) == Note(phone="13900001111")
    assert not any(b"13900001111" in payload for payload in heard)
    assert "13900001111" not in caplog.text


@pytest.mark.parametrize("fault", ["refused", "disk"])
async def test_a_report_that_fails_leaves_no_number_behind(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "disk":
        (tmp_path / "private").touch()
    await hall.open()

    def refuse(_: Any) -> dict[str, Any]:
        raise Refusal("journal_unavailable", "不能记录")

    hall.answer = refuse
    told: asyncio.Queue[Any] = asyncio.Queue()
    sentence = Catalogue.load(I18N, "zh-CN")
    mouth = asking.Mouth(hall.bus, "k1", sentence, told.put_nowait, Notes(tmp_path))
    mouth.ask(Request("r-1", Report(("late",), None, "13900001111")))
    async with asyncio.timeout(WAIT_S):
        answer = await told.get()
    await mouth.close()
    assert answer.reason == ("phone_not_kept" if fault == "disk" else "journal_unavailable")
    if fault == "refused":
        assert Notes(tmp_path).read("r-1") is None
