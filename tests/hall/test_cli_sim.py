"""A running hall's simulated devices are shown and switched from the command line."""

import asyncio
import sys
from pathlib import Path

import pytest

from bench.livehall import LiveHall, derive, live_hall
from broker.messages.devices import PrinterState
from cli.sim.controls import meant
from tests.hall.test_whole_hall import DEZHOU, two_counters
from tests.hall.watching import Witness

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]


async def sim(live: LiveHall, *words: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "sim", *words, "--hall", str(live.path), "--data", str(live.data),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_devices_are_listed_and_switched(tmp_path: Path) -> None:
    path = derive(DEZHOU, tmp_path, two_counters)
    async with live_hall(path, tmp_path / "data", "--no-crowd", "--start", "09:00", "--speed", "8") as live:
        code, said = await sim(live, "list")
        assert code == 0
        assert "p1" in said
        assert "cover off" in said
        witness = Witness(live)
        assert await sim(live, "switch", "p1", "cover", "on") == (0, "p1: cover on\n")
        await witness.until(PrinterState, "ticket_printer/p1", lambda state: state.cover == "open")
        code, said = await sim(live, "list", "p1")
        assert code == 0
        assert any(line.split()[:2] == ["cover", "on"] for line in said.splitlines()), said
        for words, says in (
            (("switch", "p1", "cover", "ajar"), "cover"),
            (("switch", "p1", "lid", "on"), "no control 'lid'; it has: cover"),
            (("switch", "p9", "cover", "on"), "no simulated device 'p9'"),
            (("list", "No Such"), "can't be the id of a device"),
        ):
            code, said = await sim(live, *words)
            assert (code, says in said) == (2, True), said
    code, said = await sim(live, "switch", "p1", "cover", "off")
    assert (code, "out of reach; start the hall" in said) == (2, True), said


@pytest.mark.parametrize(
    ("said", "stands", "value"),
    [
        ("on", False, True),
        ("关", True, False),
        ("1", False, True),
        ("1", 0.0, 1.0),
        ("2000", 80_000, 2000.0),
        ("much", 0.0, "much"),
        ("5", None, "5"),
        ("none", "c01", "none"),
    ],
)
def test_a_word_is_read_as_the_control_takes_it(said: str, stands: object, value: object) -> None:
    assert meant(said, stands) == value
