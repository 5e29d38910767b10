"""The printer's driver against the simulated printer, over TCP and over a pseudo-terminal."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from broker.client import Bus
from broker.ids import ulids
from broker.inbox import SqliteInbox
from broker.memory import MemoryBroker
from broker.messages.devices import Print
from broker.messages.envelope import Reply
from devices.kit.database import open_database
from devices.kit.device import Opener, Surroundings
from devices.ticket_printer import dialogue, driver
from devices.ticket_printer.composing import composer
from devices.ticket_printer.driver import TicketPrinter
from devices.ticket_printer.jobs import JobBook
from hallfile.catalogue import Catalogue
from hallfile.devices import TicketPrinter as Entry
from hallfile.premises import Premises
from simulators.kit.stand_in import Stage
from simulators.ticket_printer import dialects, machine
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.contract.paper import FIELDS
from tests.contract.stand import Stand, standing

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"
JAM_SOON_MM = 40.0
"""Paper that ends in the middle of a ticket."""


@dataclass
class Counter:
    """A printer in service and the simulated machine at the other end of its link."""

    stand: Stand
    machine: PrinterStandIn

    async def ticket(self, job: str, **keys: Any) -> Reply:
        fields = FIELDS | keys.pop("fields", {})
        return await self.stand.ask(
            Print, job=job, layout=keys.pop("layout", "ticket"), fields=fields, **keys
        )

    async def begun(self) -> None:
        """Wait until the machine has a job in hand."""
        async with asyncio.timeout(5):
            while not self.machine.printer.busy:
                await asyncio.sleep(0.001)

    def turn(self, control: str, value: Any) -> None:
        self.machine.controls()[control].turn(value)

    @property
    def tickets(self) -> int:
        return self.machine.printer.paper.tickets


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(params=["tcp", "serial"])
def entry(request: pytest.FixtureRequest, tmp_path: Path) -> Entry:
    if request.param == "tcp":
        return Entry(link=f"tcp://127.0.0.1:{free_port()}")
    return Entry(link=f"serial:{tmp_path}/p2?baud=115200", paper_mm=58)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the loopback an answer that is not there in 0.3 s never comes, and nobody waits for paper."""
    monkeypatch.setattr(driver, "ANSWER_S", {"serial": 0.3, "tcp": 0.3})
    monkeypatch.setattr(dialogue, "LATE_S", 0.1)
    monkeypatch.setattr(driver, "POLL_S", 0.1)
    monkeypatch.setattr(machine, "CUT_S", 0.02)
    monkeypatch.setitem(dialects.DIALECTS, "generic-80", dialects.Dialect(mm_per_s=600.0))


def make(folder: Path) -> Callable[[str, Any, Opener, Surroundings], TicketPrinter]:
    """What builds the driver with its book of jobs in `folder`."""
    premises = Premises.open(DEZHOU, folder / "data", None, simulated=True)

    def built(name: str, entry: Any, opener: Opener, around: Surroundings) -> TicketPrinter:
        jobs = JobBook(folder / "devices.db", name)
        return TicketPrinter(name, entry, opener, around, jobs, composer(entry, premises.hall, DEZHOU.parent))

    return built


@asynccontextmanager
async def counter(entry: Entry, folder: Path, inbox: SqliteInbox | None = None) -> AsyncIterator[Counter]:
    """A simulated printer and its driver in service."""
    premises = Premises.open(DEZHOU, folder / "data", None, simulated=True)
    broker = MemoryBroker()
    bus = Bus("dezhou", "simulators", broker.transport("simulators"), premises.clock, ulids(premises.clock))
    with ThreadPoolExecutor(1) as studio:
        stage = Stage(premises, bus, Catalogue("zh-CN", {}), studio)
        printer = PrinterStandIn("x1", entry, stage)
        printer.plug()
        try:
            async with standing(make(folder), entry, folder, inbox=inbox) as stand:
                yield Counter(stand, printer)
        finally:
            printer.close()


async def test_a_ticket_is_printed_and_confirmed(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        state = await at.stand.word("online")
        assert (state.paper, state.cover, state.cutter) == ("full", "closed", "ok")
        reply = await at.ticket("t-1")
        assert (reply.ok, reply.outcome) == (True, "printed")
        assert at.tickets == 1
        assert "A001" in at.machine.printer.paper.last_ticket()
        assert "纳税" in at.machine.printer.paper.last_ticket()
        assert at.machine.printer.last_qr == FIELDS["qr"]
        await at.stand.until(lambda seen: seen.availability == "online")


async def test_one_job_is_one_ticket_however_often_it_is_asked(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        replies = await asyncio.gather(*(at.ticket("t-1") for _ in range(3)))
        assert [reply.outcome for reply in replies] == ["printed"] * 3
        assert at.tickets == 1


async def test_jobs_come_out_one_after_the_other(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        replies = await asyncio.gather(*(at.ticket(f"t-{n}") for n in range(3)))
        assert [reply.outcome for reply in replies] == ["printed"] * 3
        assert at.tickets == 3


@pytest.mark.parametrize(
    ("control", "value", "reason", "word"),
    [
        ("cover", True, "cover_open", "userError"),
        ("paper_mm", 0, "paper_out", "online"),
        ("cutter", True, "cutter_error", "hardwareError"),
        ("jam", True, "paper_jammed", "hardwareError"),
        ("overheat", True, "printer_hot", "deviceBusy"),
    ],
)
async def test_what_keeps_it_from_printing_is_said_and_nothing_is_sent(
    entry: Entry, tmp_path: Path, control: str, value: Any, reason: str, word: str
) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        at.turn(control, value)
        reply = await at.ticket("t-1")
        assert (reply.ok, reply.outcome, reply.reason) == (False, "failed", reason)
        state = await at.stand.word(word, reason)
        assert state.paper == {"paper_out": "out", "paper_jammed": "jammed"}.get(reason, "full")
        assert at.tickets == 0
        at.turn(control, 50_000 if control == "paper_mm" else False)
        await at.stand.until(lambda seen: seen.state.cause is None)
        assert (await at.ticket("t-2")).outcome == "printed"
        assert at.tickets == 1


async def test_paper_that_ends_in_the_middle_is_a_failure_and_new_paper_brings_no_old_ticket(
    entry: Entry, tmp_path: Path
) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        at.turn("paper_mm", JAM_SOON_MM)
        reply = await at.ticket("t-1")
        assert (reply.ok, reply.outcome, reply.reason) == (False, "failed", "paper_out")
        at.turn("paper_mm", 50_000)
        await at.stand.until(lambda seen: seen.state.cause is None)
        assert at.tickets == 0
        assert (await at.ticket("t-1")).outcome == "printed"
        assert at.tickets == 1


async def test_paper_that_runs_low_is_told(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        at.turn("near_end", True)
        await at.stand.until(lambda seen: seen.state.paper == "low")
        assert at.stand.state.cause is None
        assert (await at.ticket("t-1")).outcome == "printed"


async def test_a_cable_pulled_out_in_the_middle_leaves_the_outcome_unknown(
    entry: Entry, tmp_path: Path
) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        asking = asyncio.create_task(at.ticket("t-1"))
        await at.begun()
        at.turn("unplugged", True)
        reply = await asking
        assert (reply.ok, reply.outcome, reply.reason) == (False, "unknown", "link_lost")
        assert (await at.ticket("t-1")).outcome == "unknown"
        await at.stand.word("powerOff")
        refused = await at.ticket("t-2")
        assert (refused.outcome, refused.reason) == ("failed", "device_offline")
        at.turn("unplugged", False)
        await at.stand.word("online")
        assert (await at.ticket("t-3")).outcome == "printed"


async def test_a_silent_printer_is_offline_and_comes_back(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        at.turn("silent", True)
        reply = await at.ticket("t-1")
        assert (reply.outcome, reply.reason) == ("failed", "no_answer")
        state = await at.stand.word("offline")
        assert state.paper == "unknown"
        at.turn("silent", False)
        await at.stand.word("online")
        assert (await at.ticket("t-2")).outcome == "printed"


async def test_garbage_is_counted_and_survived(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        at.turn("garbage", True)
        await at.stand.until(lambda seen: seen.state.errors > 0)
        at.turn("garbage", False)
        await at.stand.word("online")
        await at.stand.until(lambda seen: seen.state.paper == "full")


async def test_what_can_t_be_composed_is_refused(entry: Entry, tmp_path: Path) -> None:
    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        reply = await at.ticket("t-1", layout="letter")
        assert (reply.outcome, reply.reason) == ("failed", "unknown_layout")
        reply = await at.ticket("t-1", fields={"footer": "长" * 500})
        assert (reply.outcome, reply.reason) == ("failed", "malformed")
        assert (await at.ticket("t-1")).outcome == "printed"


async def test_a_job_cut_short_by_a_restart_is_unknown_and_not_printed_again(
    entry: Entry, tmp_path: Path
) -> None:
    with closing(open_database(tmp_path / "devices.db")) as database:
        async with counter(entry, tmp_path, SqliteInbox(database)) as at:
            await at.stand.word("online")
            asking = asyncio.create_task(at.ticket("t-1"))
            await at.begun()
        asking.cancel()
        command = _command_of(database, "t-1")
        inbox = SqliteInbox(database)
        assert inbox.reply_to(command) is None
        async with counter(entry, tmp_path, inbox) as at:
            await at.stand.word("online")
            answer = inbox.reply_to(command)
            assert answer is not None
            assert (answer.ok, answer.outcome, answer.reason) == (False, "unknown", "no_confirmation")
            reply = await at.stand.ask(Print, job="t-1", layout="ticket", fields=FIELDS)
            assert reply.outcome == "unknown"
            assert at.tickets == 0


async def test_what_can_t_be_written_down_is_not_printed(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async with counter(entry, tmp_path) as at:
        await at.stand.word("online")
        monkeypatch.setattr(JobBook, "begin", full)
        reply = await at.ticket("t-1")
        assert (reply.outcome, reply.reason) == ("failed", "internal_error")
        assert at.tickets == 0


def _command_of(database: sqlite3.Connection, job: str) -> str:
    (command,) = database.execute("SELECT command FROM print_jobs WHERE job = ?", (job,)).fetchone()
    return str(command)
