"""A link recorded between driver and simulator, and the recording played back to each of them."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from broker.messages.devices import Print
from cli.tape.records import Head, TapeWriter, Turn, read_tape, turns
from cli.tape.replay import Outcome, as_device, as_host
from cli.tape.tap import Tap
from devices.id_reader.codec import STATUS
from devices.kit.device import Opener, Surroundings
from devices.kit.links import open_link
from devices.ticket_printer.driver import TicketPrinter
from hallfile.devices import IdReader
from hallfile.devices import TicketPrinter as Entry
from hallfile.links import LinkUrl, parse_link
from hallfile.premises import Premises
from simulators.id_reader.simulator import ReaderStandIn
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.contract.simulated import DEZHOU, plugged
from tests.contract.stand import Stand, standing
from tests.golden import vector

FIELDS = {"hall": "厅", "service": "纳税", "number": "A001", "ahead": "3", "qr": "http://192.0.2.1/t/1"}
MOST = 10_000_000


class Recording:
    """A tap at work, and what is on its tape so far."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.readers_heard = 0

    def turns(self) -> list[Turn]:
        return turns(read_tape(self.file)[1])

    def heard_reader(self) -> None:
        self.readers_heard += 1


@asynccontextmanager
async def tapped(
    device: LinkUrl, host: LinkUrl, folder: Path, *, raw: bool = False
) -> AsyncIterator[Recording]:
    recording = Recording(folder / "tape.jsonl")
    with recording.file.open("w", encoding="utf-8") as out:
        tap = Tap(device, host, TapeWriter(out, Head(link=str(device), masked=not raw), MOST), raw=raw)
        tap.on_reader = recording.heard_reader
        running = asyncio.create_task(tap.run())
        async with asyncio.timeout(5):
            await tap.ready.wait()
        try:
            yield recording
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def driver(folder: Path) -> Callable[[str, Any, Opener, Surroundings], TicketPrinter]:
    premises = Premises.open(DEZHOU, folder / "driver", None, simulated=True)
    return lambda name, entry, opener, around: TicketPrinter.build(name, entry, premises, opener, around)


async def printed(stand: Stand, **fields: str) -> Any:
    await stand.word("online")
    return await stand.ask(Print, job="t1-1", layout="ticket", fields=FIELDS | fields)


async def record_a_ticket(folder: Path, port: int, tap_port: int) -> list[Turn]:
    """A driver prints one ticket on a simulated printer, through a tap."""
    at = f"tcp://127.0.0.1:{port}"
    between = f"tcp://127.0.0.1:{tap_port}"
    with plugged(lambda stage: PrinterStandIn("p1", Entry(link=at), stage), folder) as machine:
        async with (
            tapped(parse_link(at), parse_link(between), folder) as recording,
            standing(driver(folder / "one"), Entry(link=between), folder) as stand,
        ):
            reply = await printed(stand)
            assert (reply.ok, machine.printer.paper.tickets) == (True, 1)
        return recording.turns()


@pytest.fixture
def ports(unused_tcp_port_factory: Callable[[], int]) -> list[int]:
    return [unused_tcp_port_factory() for _ in range(3)]


@pytest.fixture
async def tape(tmp_path: Path, ports: list[int]) -> list[Turn]:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    return await record_a_ticket(tmp_path, ports[0], ports[1])


async def replayed(tape: list[Turn], folder: Path, port: int, **fields: str) -> tuple[Outcome, Any]:
    """The recorded printer's part, played to a fresh driver that prints one ticket."""
    at = f"tcp://127.0.0.1:{port}"
    playing = asyncio.create_task(as_device(tape, parse_link(at), paced=False, tell=lambda _: None))
    try:
        async with standing(driver(folder), Entry(link=at), folder) as stand:
            reply = await printed(stand, **fields)
            async with asyncio.timeout(30):
                return await playing, reply
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


async def test_a_recorded_printer_prints_for_the_driver_again(
    tape: list[Turn], tmp_path: Path, ports: list[int]
) -> None:
    assert any("纳税".encode("gb18030") in turn.question for turn in tape)
    outcome, reply = await replayed(tape, tmp_path / "two", ports[2])
    assert outcome.same, outcome.differences
    assert (reply.ok, reply.outcome) == (True, "printed")


async def test_another_ticket_is_told_as_a_difference_and_answered_all_the_same(
    tape: list[Turn], tmp_path: Path, ports: list[int]
) -> None:
    outcome, reply = await replayed(tape, tmp_path / "two", ports[2], number="B777")
    assert reply.outcome == "printed"
    assert len(outcome.differences) == 1, outcome.differences
    assert "asks differently from byte" in outcome.differences[0]


async def test_the_hosts_part_is_played_to_a_simulator(
    tape: list[Turn], tmp_path: Path, ports: list[int]
) -> None:
    at = f"tcp://127.0.0.1:{ports[2]}"
    with plugged(lambda stage: PrinterStandIn("p1", Entry(link=at), stage), tmp_path) as machine:
        outcome = await as_host(tape, parse_link(at), paced=False, tell=lambda _: None)
        assert outcome.same, outcome.differences
        assert machine.printer.paper.tickets == 1
        machine.printer.cover_open = True
        told: list[str] = []
        outcome = await as_host(tape[:1], parse_link(at), paced=False, tell=told.append)
        assert told == outcome.differences
        assert "answers differently from byte 0" in told[0]


@pytest.mark.parametrize("raw", [False, True])
async def test_what_a_reader_says_of_people_is_wiped(raw: bool, tmp_path: Path) -> None:
    device, host = f"serial:{tmp_path}/reader?baud=115200", f"serial:{tmp_path}/tap?baud=115200"
    with plugged(lambda stage: ReaderStandIn("r1", IdReader(link=device), stage), tmp_path) as machine:
        card = next(iter(machine.cards.values()))
        machine.reader.lay(card)
        async with tapped(parse_link(device), parse_link(host), tmp_path, raw=raw) as recording:
            link = await open_link(parse_link(host))
            try:
                heard = b"".join(
                    [await asked(link, name) for name in ("find card", "select card", "read base")]
                )
            finally:
                await link.close()
        taped = b"".join(turn.answer for turn in recording.turns())
        assert recording.readers_heard == 1
    number = card.number.encode("utf-16-le")
    assert number in heard, "the host gets all of it"
    assert len(taped) == len(heard)
    assert (number in taped) is raw
    assert (taped == heard) is raw


async def asked(link: Any, name: str) -> bytes:
    """One request of the golden vectors, and the whole frame that answers it."""
    await link.write(vector("sam_v", name).bytes)
    data = b""
    async with asyncio.timeout(10):
        while len(data) < 7 or len(data) < 7 + int.from_bytes(data[5:7], "big"):
            data += await link.read()
    return data


async def test_a_new_speed_goes_through_and_onto_the_tape(tmp_path: Path) -> None:
    device, host = f"serial:{tmp_path}/reader?baud=9600", f"serial:{tmp_path}/tap?baud=115200"
    with plugged(lambda stage: ReaderStandIn("r1", IdReader(link=device), stage), tmp_path):
        async with tapped(parse_link(f"serial:{tmp_path}/reader"), parse_link(host), tmp_path) as recording:
            link: Any = await open_link(parse_link(host))
            try:
                await link.set_speed(9600)
                await link.write(STATUS)
                async with asyncio.timeout(5):
                    assert (await link.read()).startswith(bytes.fromhex("AA AA AA 96 69"))
            finally:
                await link.close()
        assert recording.turns()[-1].baud == 9600


async def test_a_device_that_comes_later_is_waited_for(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("cli.tape.tap.REOPEN_S", 0.05)
    device = f"serial:{tmp_path}/printer"
    out = io.StringIO()
    tap = Tap(
        parse_link(device), parse_link(f"serial:{tmp_path}/tap"),
        TapeWriter(out, Head(link=device, masked=True), MOST), raw=False,
    )  # fmt: skip
    running = asyncio.create_task(tap.run())
    try:
        async with asyncio.timeout(10):
            while not os.path.lexists(tmp_path / "tap"):
                await asyncio.sleep(0.01)
            with plugged(lambda stage: PrinterStandIn("p1", Entry(link=device), stage), tmp_path):
                await tap.ready.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert '"event":"open"' in out.getvalue()


async def program(*words: str) -> asyncio.subprocess.Process:
    """`hallkeeper` with these words."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=DEZHOU.parents[1],
    )  # fmt: skip


async def test_the_commands_record_and_replay(tmp_path: Path, ports: list[int]) -> None:
    at, between = (f"tcp://127.0.0.1:{port}" for port in ports[:2])
    file = tmp_path / "seen.jsonl"
    with plugged(lambda stage: PrinterStandIn("p1", Entry(link=at), stage), tmp_path):
        capture = await program("capture", at, str(file), "--listen", between)
        assert capture.stdout is not None
        async with asyncio.timeout(30):
            assert f"write this link for the driver: {between}" in (await capture.stdout.readline()).decode()
            while not file.exists() or "open" not in file.read_text(encoding="utf-8"):
                await asyncio.sleep(0.05)
            link = await open_link(parse_link(between))
            await link.write(bytes.fromhex("10 04 01"))
            assert await link.read() == b"\x12"
            await link.close()
            capture.terminate()
            assert await capture.wait() == 0
            replay = await program("replay", str(file), "--to", at, "--as", "host", "--full-speed")
            said, _ = await replay.communicate()
    assert "1 of 1 turns as recorded" in said.decode()
    assert replay.returncode == 0
