"""The real drivers on virtual USB devices, without a kernel: printer, and the reader in each of its forms."""

import asyncio
from pathlib import Path

import pytest

from broker.messages.devices import CardRead, Print
from devices.id_reader.driver import IdReader
from devices.ticket_printer.driver import TicketPrinter
from hallfile.devices import IdReader as ReaderEntry
from hallfile.devices import TicketPrinter as PrinterEntry
from simulators.id_reader.machine import Pace
from simulators.id_reader.simulator import ReaderStandIn
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.contract.paper import FIELDS
from tests.contract.simulated import plugged
from tests.contract.stand import standing
from tests.contract.usb_plugs import built, free_port


@pytest.mark.parametrize("form", ["0400:C35A?form=split", "0400:C35A?form=single", "10C4:0007?form=hid"])
async def test_a_reader_is_read_pulled_out_and_read_again(form: str, tmp_path: Path) -> None:
    entry = ReaderEntry(link=f"usb:{form}&via=127.0.0.1:{free_port()}")
    with plugged(lambda stage: ReaderStandIn("x1", entry, stage), tmp_path) as machine:
        machine.reader._pace = Pace(read=0.05)
        card = machine.controls()["card"]
        async with standing(built(IdReader, tmp_path), entry, tmp_path) as stand:
            for number, (name, masked) in enumerate((("c01", "张*"), ("c02", "王*"))):
                await stand.word("online")
                card.turn(name)
                await stand.until(lambda seen, number=number: len(seen.events) > number)
                read = stand.events[number]
                assert isinstance(read, CardRead)
                assert read.name_masked == masked
                card.turn("none")
                machine.unplug()
                await stand.word("powerOff", "plug it in again")
                machine.plug()


async def test_a_reader_whose_replies_are_cut_short_is_understood_again(tmp_path: Path) -> None:
    entry = ReaderEntry(link=f"usb:0400:C35A?via=127.0.0.1:{free_port()}")
    with plugged(lambda stage: ReaderStandIn("x1", entry, stage), tmp_path) as machine:
        controls = machine.controls()
        async with standing(built(IdReader, tmp_path), entry, tmp_path) as stand:
            await stand.word("online")
            controls["fault"].turn("truncated")
            await stand.until(lambda seen: seen.state.errors or seen.device.errors)
            controls["fault"].turn("none")
            await stand.word("online")
            controls["card"].turn("c01")
            await stand.until(lambda seen: seen.events)
            assert isinstance(stand.events[0], CardRead)


async def test_a_printer_prints_is_pulled_out_and_prints_again(tmp_path: Path) -> None:
    entry = PrinterEntry(link=f"usb:1209:0001?via=127.0.0.1:{free_port()}")
    with plugged(lambda stage: PrinterStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(built(TicketPrinter, tmp_path), entry, tmp_path) as stand:
            for number in (1, 2):
                await stand.word("online")
                reply = await stand.ask(Print, job=f"j{number}", layout="ticket", fields=FIELDS)
                assert reply.ok, reply
                assert reply.outcome == "printed"
                assert machine.printer.paper.tickets == number
                machine.unplug()
                await stand.word("powerOff", "plug it in again")
                machine.plug()


async def test_a_printer_without_paper_says_so_and_finishes_nothing(tmp_path: Path) -> None:
    entry = PrinterEntry(link=f"usb:1209:0001?via=127.0.0.1:{free_port()}")
    with plugged(lambda stage: PrinterStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(built(TicketPrinter, tmp_path), entry, tmp_path) as stand:
            await stand.word("online")
            machine.controls()["paper_mm"].turn(0)
            async with asyncio.timeout(10):
                await stand.until(lambda seen: seen.state.paper == "out")
            reply = await stand.ask(Print, job="j1", layout="ticket", fields=FIELDS)
            assert not reply.ok
            assert machine.printer.paper.tickets == 0
