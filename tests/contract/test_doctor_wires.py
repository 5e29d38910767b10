"""The doctor at real wires: simulated devices are named and left as they were, wrong speeds told."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.doctor import inventory
from cli.doctor.findings import Finding, hall_file_lines
from cli.doctor.hall import InFile, Known
from cli.doctor.wires import ask, ask_all
from devices.kit.links import open_link
from hallfile.devices import BoardArea, Device, IdReader, LedBoard, MicMonitor, TicketPrinter
from hallfile.links import parse_link
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.stand_in import Stage
from simulators.led_board.simulator import BoardStandIn
from simulators.mic_monitor.instrument import InstrumentStandIn
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.contract.simulated import plugged


def printer_at(link: str) -> Callable[[Stage], PrinterStandIn]:
    return lambda stage: PrinterStandIn("sim", TicketPrinter(link=link), stage)


def reader_at(link: str) -> Callable[[Stage], ReaderStandIn]:
    return lambda stage: ReaderStandIn("sim", IdReader(link=link), stage)


def known(kind: str, name: str, entry: Device, *, held: bool = False) -> Known:
    url = parse_link(entry.link)
    place = os.path.realpath(url.path)
    return Known({place: InFile(kind, name, url)}, frozenset([place] if held else []), frozenset([name]))


def lines(finding: Finding, *taken: str) -> list[str]:
    return hall_file_lines([finding], taken)


async def test_a_printer_is_found_at_its_speed_and_prints_nothing(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(printer_at(f"serial:{port}?baud=19200"), tmp_path) as stand_in:
        found = await ask(f"serial:{port}", Known())
        assert found.mark == "ok"
        assert "an ESC/POS ticket printer at 19200 baud" in found.sentence
        assert lines(found, "p1") == ["[ticket_printers]", f'p2 = {{ link = "serial:{port}?baud=19200" }}']
        assert stand_in.printer.paper.tickets == 0


async def test_a_printer_without_paper_says_so(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(printer_at(f"serial:{port}?baud=115200"), tmp_path) as stand_in:
        stand_in.printer.paper_mm = 0
        found = await ask(f"serial:{port}", Known())
        assert found.mark == "wrong"
        assert "paper" in found.sentence
        assert found.entry is not None


async def test_a_reader_is_found_and_named(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(reader_at(f"serial:{port}?baud=115200"), tmp_path) as stand_in:
        found = await ask(f"serial:{port}", Known())
        assert (found.mark, stand_in.reader.reads) == ("ok", 0)
        assert lines(found) == ["[id_readers]", f'r1 = {{ link = "serial:{port}?baud=115200" }}']


async def test_a_wrong_speed_is_told(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(reader_at(f"serial:{port}?baud=9600"), tmp_path):
        hall = known("id_reader", "r1", IdReader(link=f"serial:{port}?baud=115200"))
        found = await ask(f"serial:{port}", hall)
        assert found.mark == "wrong"
        assert "(id_reader r1): a SAM_V ID-card reader at 9600 baud; wrong speed" in found.sentence
        assert "write baud=9600" in found.sentence
        assert found.entry is None, "it is in the hall file already"


async def test_a_device_of_another_kind_is_told(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(reader_at(f"serial:{port}?baud=115200"), tmp_path):
        found = await ask(
            f"serial:{port}", known("ticket_printer", "p1", TicketPrinter(link=f"serial:{port}"))
        )
        assert found.mark == "wrong"
        assert "the hall file says it is ticket_printer p1" in found.sentence


@pytest.mark.parametrize("link", ["serial:{port}?baud=57600", "tcp://127.0.0.1:{tcp}"])
async def test_a_board_tells_its_size(link: str, tmp_path: Path, unused_tcp_port: int) -> None:
    link = link.format(port=tmp_path / "port", tcp=unused_tcp_port)
    area = BoardArea(x=0, y=0, width=96, height=32)
    entry = LedBoard(link=link, address=7, width=96, height=32, areas={"call": area})
    with plugged(lambda stage: BoardStandIn("sim", entry, stage), tmp_path):
        found = await ask(link.partition("?")[0], Known())
        assert found.mark == "ok", found
        assert "an Onbon LED card" in found.sentence
        assert "address = 7, width = 96, height = 32" in lines(found)[1]


async def test_usb_devices_are_asked_as_well(tmp_path: Path, unused_tcp_port: int) -> None:
    reader = f"usb:0400:C35A?via=127.0.0.1:{unused_tcp_port}"
    with plugged(reader_at(reader), tmp_path):
        found = await ask(reader, Known(), "id_reader")
        assert found.mark == "ok"
        assert lines(found) == ["[id_readers]", f'r1 = {{ link = "{reader}" }}']


async def test_a_module_that_pushes_its_level_is_heard(tmp_path: Path) -> None:
    port = tmp_path / "port"
    entry = MicMonitor(link=f"serial:{port}?baud=9600", counter="1", model="dy-pushed")
    with plugged(lambda stage: InstrumentStandIn("sim", entry, stage), tmp_path) as stand_in:
        stand_in.step()
        found = await ask(f"serial:{port}", Known())
        assert found.mark == "ok", found
        assert "a noise module that pushes its level at 9600 baud" in found.sentence
        keys = f'link = "serial:{port}?baud=9600", counter = "1", model = "dy-pushed"'
        assert lines(found) == ["[mic_monitors]", f"mic-1 = {{ {keys} }}"]


async def test_what_is_never_asked_is_no_fault(tmp_path: Path) -> None:
    port = tmp_path / "port"
    entry = MicMonitor(link=f"serial:{port}", counter="1", model="sonbest", address=1)
    with plugged(lambda stage: InstrumentStandIn("sim", entry, stage), tmp_path) as stand_in:
        stand_in.wire.on_bytes = lambda data: pytest.fail(f"{data!r} was sent to it")
        found = await ask(f"serial:{port}", known("mic_monitor", "mic-1", entry))
    assert (found.mark, "is never asked" in found.sentence) == ("note", True)


async def test_a_port_of_a_running_hall_is_left_alone(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(printer_at(f"serial:{port}"), tmp_path) as stand_in:
        stand_in.wire.on_bytes = lambda data: pytest.fail(f"{data!r} was sent to it")
        hall = known("ticket_printer", "p1", TicketPrinter(link=f"serial:{port}"), held=True)
        assert "the running hall holds it" in (await ask(f"serial:{port}", hall)).sentence
        link = await open_link(parse_link(f"serial:{port}"))
        try:
            assert "in use by another program" in (await ask(f"serial:{port}", Known())).sentence
        finally:
            await link.close()


async def test_a_connection_of_another_program_is_left_alone(tmp_path: Path, unused_tcp_port: int) -> None:
    where = f"tcp://127.0.0.1:{unused_tcp_port}"
    with plugged(printer_at(where), tmp_path):
        link = await open_link(parse_link(where))
        try:
            found = await ask(where, Known())
        finally:
            await link.close()
    assert (found.mark, "speaks with it" in found.sentence) == ("note", True)


async def test_silence_and_noise_are_not_taken_for_a_device(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(printer_at(f"serial:{port}"), tmp_path) as stand_in:
        stand_in.silent = True
        assert (await ask(f"serial:{port}", Known())).sentence.endswith("that is never asked")
        stand_in.silent = False
        stand_in.wire.on_bytes = lambda data: stand_in.wire.write(b"\xff" * len(data))
        found = await ask(f"serial:{port}", Known())
        assert found.mark == "wrong"
        assert "can't be understood" in found.sentence


async def test_nothing_there_and_nonsense_are_said() -> None:
    assert "is not there" in (await ask("serial:/dev/no-such-port", Known())).sentence
    assert (await ask("cable:1", Known())).mark == "wrong"
    assert "can be asked" in (await ask("audio:default", Known())).sentence
    await asyncio.sleep(0)


async def test_the_command_prints_what_it_found_and_the_lines_to_paste(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with plugged(reader_at(f"serial:{port}?baud=38400"), tmp_path):
        doctor = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli.main", "doctor", "--at", f"serial:{port}",
            stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        async with asyncio.timeout(50):
            said, _ = await doctor.communicate()
    assert doctor.returncode == 0
    assert "a SAM_V ID-card reader at 38400 baud" in said.decode()
    assert f'[id_readers]\nr2 = {{ link = "serial:{port}?baud=38400" }}\n' in said.decode()


async def test_a_whole_scan_never_fails_for_want_of_devices() -> None:
    nothing = Known()
    found = [*inventory.usb([], nothing), *inventory.keyboards([], nothing), *inventory.sound([])]
    assert found == []
    assert await ask_all([], nothing) == []
