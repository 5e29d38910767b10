"""Each model of printer against its own dialect: what it prints, and how much can be known of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from broker.messages.devices import Print, Taken
from devices.ticket_printer import dialogue, driver
from devices.ticket_printer.driver import TicketPrinter
from devices.ticket_printer.models import model, models
from hallfile.devices import TicketPrinter as Entry
from hallfile.premises import Premises
from simulators.ticket_printer.dialects import DIALECTS
from simulators.ticket_printer.paper import QrCode, Raster
from tests.contract.stand import standing
from tests.contract.test_ticket_printer_driver import DEZHOU, FIELDS, JAM_SOON_MM, counter, free_port

NAMES = sorted(models())


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "ANSWER_S", {"serial": 0.3, "tcp": 0.3})
    monkeypatch.setattr(driver, "POLL_S", 0.1)
    monkeypatch.setattr(dialogue, "LATE_S", 0.1)


def entry(name: str, **keys: Any) -> Entry:
    link = f"tcp://127.0.0.1:{free_port()}"
    return Entry(link=link, model=name, paper_mm=min(model(name).dots), **keys)


@pytest.mark.parametrize("name", NAMES)
async def test_a_ticket_comes_out_whole_and_confirmed(name: str, tmp_path: Path) -> None:
    async with counter(entry(name), tmp_path) as at:
        await at.stand.word("online")
        at.turn("mm_per_s", 400)
        reply = await at.ticket("t-1", fields={"name": "䶮*"})
        assert (reply.ok, reply.outcome) == (True, "printed")
        printer = at.machine.printer
        assert printer.paper.tickets == 1
        assert "A001" in printer.paper.last_ticket()
        marks = [mark for _, mark in printer.paper.strip().marks]
        pictures = [mark for mark in marks if isinstance(mark, Raster)]
        codes = [mark for mark in marks if isinstance(mark, QrCode)]
        assert pictures  # 䶮 is in no printer's font
        assert bool(codes) == (model(name).qr == "native")
        assert "□" not in "".join(printer.paper.last_ticket())


async def test_a_printer_that_can_not_forget_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    """Its old ticket comes out with the new paper: nobody may print the same number again without a mark."""
    async with counter(entry("clone-80"), tmp_path) as at:
        await at.stand.word("online")
        at.turn("paper_mm", JAM_SOON_MM)
        reply = await at.ticket("t-1")
        assert (reply.ok, reply.outcome, reply.reason) == (False, "unknown", "paper_out")
        at.turn("paper_mm", 50_000)
        await at.stand.until(lambda seen: seen.state.paper == "full")
        async with asyncio.timeout(10):
            while at.tickets == 0:
                await asyncio.sleep(0.01)
        assert (await at.ticket("t-1")).outcome == "unknown"
        assert (await at.ticket("t-2")).outcome == "printed"
        assert at.tickets == 2


async def test_a_job_is_confirmed_by_its_own_id_and_no_other(tmp_path: Path) -> None:
    async with counter(entry("epson-80"), tmp_path) as at:
        await at.stand.word("online")
        at.turn("mm_per_s", 400)
        assert (await at.ticket("t-1")).outcome == "printed"
        at.machine.printer.become(DIALECTS["generic-80"])
        reply = await at.ticket("t-2", expires_s=2.0)
        assert (reply.outcome, reply.reason) == ("unknown", "no_confirmation")
        at.machine.printer.become(DIALECTS["epson-80"])
        assert (await at.ticket("t-3")).outcome == "printed"


async def test_a_change_that_is_pushed_is_told_before_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "POLL_S", 30.0)
    async with counter(entry("epson-80"), tmp_path) as at:
        await at.stand.word("online")
        at.turn("cover", True)
        assert (await at.stand.word("userError", "cover_open")).cover == "open"
        at.turn("cover", False)
        await at.stand.word("online")
        at.turn("near_end", True)
        await at.stand.until(lambda seen: seen.state.paper == "low")


async def test_a_ticket_that_is_taken_is_told(tmp_path: Path) -> None:
    async with counter(entry("custom-kpm"), tmp_path) as at:
        state = await at.stand.word("online")
        await at.stand.until(lambda seen: seen.state.media == "notPresent")
        assert state.cutter == "ok"
        at.turn("mm_per_s", 400)
        assert (await at.ticket("t-1")).outcome == "printed"
        await at.stand.until(lambda seen: seen.state.media == "present")
        assert not at.stand.events
        at.turn("ticket", False)
        await at.stand.until(lambda seen: seen.events)
        (taken,) = at.stand.events
        assert isinstance(taken, Taken)
        assert taken.job == "t-1"
        assert at.stand.state.media == "notPresent"


async def test_where_no_sensor_feels_a_ticket_nothing_is_said_of_it(tmp_path: Path) -> None:
    async with counter(entry("generic-80"), tmp_path) as at:
        await at.stand.word("online")
        await at.ticket("t-1")
        assert {state.media for state in at.stand.states} == {"unknown"}


async def test_answers_lost_now_and_then_change_nothing(tmp_path: Path) -> None:
    async with counter(entry("generic-80"), tmp_path) as at:
        await at.stand.word("online")
        await at.stand.until(lambda seen: seen.state.paper == "full")
        before = len(at.stand.states)
        at.turn("lost_answers", 10)
        asked = at.stand.device.state().received
        async with asyncio.timeout(30):
            while at.stand.device.state().received < asked + 60:
                await asyncio.sleep(0.05)
        told = at.stand.states[before:]
        assert {state.paper for state in told} <= {"full"}
        assert {state.device for state in told} <= {"online"}


async def test_answers_lost_for_good_are_not_remembered_for_long(tmp_path: Path) -> None:
    async with counter(entry("generic-80"), tmp_path) as at:
        await at.stand.word("online")
        at.turn("lost_answers", 100)
        state = await at.stand.word("offline")
        assert (state.paper, state.cover) == ("unknown", "unknown")


async def test_a_printer_that_never_answers_prints_only_where_the_hall_says_so(tmp_path: Path) -> None:
    async with counter(entry("generic-80", blind=True), tmp_path) as at:
        at.turn("lost_answers", 100)
        state = await at.stand.word("online", "printer_blind")
        assert (state.paper, state.cover, state.cutter) == ("unknown", "unknown", "unknown")
        reply = await at.ticket("t-1", expires_s=4.0)
        assert (reply.ok, reply.outcome, reply.reason) == (False, "unknown", "no_confirmation")
        async with asyncio.timeout(10):
            while at.tickets == 0:
                await asyncio.sleep(0.01)


async def test_a_slow_head_is_waited_for(tmp_path: Path) -> None:
    async with counter(entry("generic-80"), tmp_path) as at:
        await at.stand.word("online")
        at.turn("mm_per_s", 60)
        assert (await at.ticket("t-1")).outcome == "printed"


async def test_the_checklist_is_printed_by_the_same_engine(tmp_path: Path) -> None:
    fields = {"hall": "政务服务中心", "item": "出租车证核发", "materials": "身份证\n驾驶证\n照片 2 张"}
    async with counter(entry("generic-80"), tmp_path) as at:
        await at.stand.word("online")
        reply = await at.stand.ask(Print, job="l-1", layout="checklist", fields=fields)
        assert reply.outcome == "printed"
        lines = at.machine.printer.paper.last_ticket()
        assert [line for line in lines if line.startswith("□")] == ["□ 身份证", "□ 驾驶证", "□ 照片 2 张"]


async def test_a_model_that_there_is_not_is_said_and_prints_nothing(tmp_path: Path) -> None:
    premises = Premises.open(DEZHOU, tmp_path / "data", None, simulated=True)

    def build(name: str, entry: Any, opener: Any, around: Any) -> TicketPrinter:
        return TicketPrinter.build(name, entry, premises, opener, around)

    wrong = Entry(link="tcp://127.0.0.1:9", model="epson")
    async with standing(build, wrong, tmp_path) as stand:
        state = await stand.word("hardwareError", "'epson' is no model")
        assert state.model == "epson"
        reply = await stand.ask(Print, job="t-1", layout="ticket", fields=FIELDS)
        assert (reply.outcome, reply.reason) == ("failed", "device_offline")
