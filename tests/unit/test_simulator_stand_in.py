"""Stand-ins by themselves, without a room: their links, their speeds, and what can't be simulated."""

import asyncio
import os
import termios
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from broker.client import Bus
from broker.clock import Clock
from broker.ids import ulids
from broker.memory import MemoryBroker
from hallfile.catalogue import Catalogue
from hallfile.load import BadHallFile, load
from hallfile.premises import Premises
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.stand_in import Stage
from simulators.room import TEXTS, run
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.conftest import HandClock
from tests.unit.simulated_hall import HALL, PATIENCE_S, set_speed, write_hall


async def test_a_late_room_still_answers_at_the_speed_it_was_asked_at(
    tmp_path: Path, clock: HandClock
) -> None:
    stage = stage_at(tmp_path, clock)
    stand_in = ReaderStandIn("r1", stage.premises.hall.id_readers["r1"], stage)
    stand_in.plug()
    port = os.open(stage.premises.run / "r1", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    stand_in.wire.on_bytes(bytes.fromhex("AA AA AA 96 69 00 03 60 04 67"))
    clock.move(10.0)
    stand_in.step()
    assert os.read(port, 64) == bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    assert stand_in.reader.speed == 9600
    stand_in.close()
    os.close(port)


async def test_two_ends_of_different_speeds_hear_noise(tmp_path: Path) -> None:
    stand_in = printer_at(tmp_path)
    stand_in.plug()
    port = os.open(tmp_path / "data" / "run" / "p1", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    ticket = b"A001\n" + bytes.fromhex("1D 56 42 00")
    set_speed(port, termios.B9600)
    stand_in.wire.on_bytes(ticket)
    set_speed(port, termios.B115200)
    stand_in.printer.hang_up()
    stand_in.wire.on_bytes(b"\n" + ticket)
    stand_in.printer.advance(stand_in.stage.clock.monotonic() + 60)
    assert stand_in.printer.paper.tickets == 1
    assert stand_in.printer.paper.last_ticket()[-1] == "A001"
    stand_in.close()
    os.close(port)


def printer_at(folder: Path) -> PrinterStandIn:
    """A stand-in on a bus that nobody listens to."""
    stage = stage_at(folder)
    return PrinterStandIn("p1", stage.premises.hall.ticket_printers["p1"], stage)


def stage_at(folder: Path, clock: Clock | None = None) -> Stage:
    """A stage on a bus that nobody listens to, by `clock` or the machine's own."""
    write_hall(folder)
    premises = Premises.open(folder / "hall.toml", folder / "data", None, simulated=True)
    clock = clock or premises.clock
    bus = Bus("small", "sim", MemoryBroker().transport("sim"), clock, ulids(clock))
    return Stage(premises, bus, Catalogue.load(TEXTS, "zh-CN"), ThreadPoolExecutor(1))


async def test_a_link_whose_place_is_taken_is_stood_at_once_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("simulators.kit.stand_in.RETRY_S", 0.01)
    stand_in = printer_at(tmp_path)
    place = tmp_path / "data" / "run" / "p1"
    place.write_text("in the way", encoding="utf-8")
    running = asyncio.create_task(stand_in.run())
    async with asyncio.timeout(PATIENCE_S):
        while "can't stand at" not in caplog.text:
            await asyncio.sleep(0.005)
        place.unlink()
        while not place.is_symlink():
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not place.is_symlink()


def test_namesakes_are_refused_in_a_sentence(tmp_path: Path) -> None:
    write_hall(tmp_path, HALL.replace("r1 = {", "p1 = {"))
    with pytest.raises(BadHallFile) as refused:
        load(tmp_path / "hall.toml")
    said = "id_readers.p1: ticket_printers.p1 is simulator/p1 on the bus; choose another id"
    assert refused.value.faults == [said]


@pytest.mark.parametrize("link", ["tcp://127.0.0.1:1", "pcm:{data}/run/x"])
async def test_a_pad_on_a_wire_that_can_not_be_simulated_is_said(tmp_path: Path, link: str) -> None:
    write_hall(tmp_path, HALL.replace("evdev:{data}/run/rate-1", link))
    premises = Premises.open(tmp_path / "hall.toml", tmp_path / "data", None, simulated=True)
    bus = Bus("small", "sim", MemoryBroker().transport("sim"), premises.clock, ulids(premises.clock))
    with pytest.raises(ValueError, match=r"rating_pad rate-1: .* can't be simulated; give it evdev:PATH"):
        await run(premises, bus)
