"""python-escpos, who knows nothing of us, asks our simulated printer how it is, and prints on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from escpos.printer import Network

from hallfile.devices import TicketPrinter as Entry
from simulators.ticket_printer.paper import QrCode, Raster
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.contract.simulated import plugged
from tests.contract.test_ticket_printer_driver import free_port

T = TypeVar("T")


class Witness:
    """Its printer, each call of it in a thread: it blocks."""

    def __init__(self, port: int) -> None:
        self._printer = Network("127.0.0.1", port, timeout=3)

    async def call(self, does: Callable[[Any], T]) -> T:
        return await asyncio.to_thread(does, self._printer)


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[PrinterStandIn]:
    entry = Entry(link=f"tcp://127.0.0.1:{free_port()}")
    with plugged(lambda stage: PrinterStandIn("x1", entry, stage), tmp_path) as printer:
        yield printer


@pytest.fixture
async def witness(machine: PrinterStandIn) -> AsyncIterator[Witness]:
    found = Witness(machine.link.port)
    await found.call(lambda printer: printer.open())
    try:
        yield found
    finally:
        await found.call(lambda printer: printer.close())


async def test_it_finds_the_printer_well(witness: Witness) -> None:
    assert await witness.call(lambda printer: printer.is_online()) is True
    assert await witness.call(lambda printer: printer.paper_status()) == 2


async def test_it_sees_the_paper_run_out(witness: Witness, machine: PrinterStandIn) -> None:
    turn = machine.controls()
    turn["near_end"].turn(True)
    assert await witness.call(lambda printer: printer.paper_status()) == 1
    turn["paper_mm"].turn(0)
    assert await witness.call(lambda printer: printer.paper_status()) == 0
    assert await witness.call(lambda printer: printer.is_online()) is False


async def test_it_sees_an_open_cover_as_offline(witness: Witness, machine: PrinterStandIn) -> None:
    machine.controls()["cover"].turn(True)
    assert await witness.call(lambda printer: printer.is_online()) is False
    assert await witness.call(lambda printer: printer.paper_status()) == 2


async def test_what_it_prints_comes_out(witness: Witness, machine: PrinterStandIn) -> None:
    def job(printer: Any) -> None:
        printer.set(align="center")
        printer.textln("A001")
        printer.qr("http://192.0.2.1/t/1", native=True, size=6)
        printer.qr("A001", native=False, size=4)
        printer.cut()

    machine.controls()["mm_per_s"].turn(400)
    await witness.call(job)
    async with asyncio.timeout(10):
        while not machine.printer.paper.tickets:
            await asyncio.sleep(0.01)
    marks = [mark for _, mark in machine.printer.paper.strip().marks]
    assert "A001" in machine.printer.paper.last_ticket()
    assert machine.printer.last_qr == "http://192.0.2.1/t/1"
    assert [type(mark) for mark in marks if isinstance(mark, QrCode | Raster)] == [QrCode, Raster]
