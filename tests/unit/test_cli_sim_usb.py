"""`hallkeeper sim --usb`: what a technician reads when the simulated devices are put on virtual USB."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from cli import main, rooms
from cli.sim import on_usb
from hallfile.premises import Premises
from simulators.usb import room

pytestmark = pytest.mark.usefixtures("usbip_port")

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"

Work = Callable[[Premises, Bus], Awaitable[None]]


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return Premises.open(DEZHOU, tmp_path / "data", None, simulated=True)


def bus_of(premises: Premises) -> Bus:
    transport = MemoryBroker().transport("simulators")
    return Bus("dezhou", "simulators", transport, premises.clock, ulids(premises.clock))


async def said(premises: Premises, only: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What it says when it has begun."""
    bus, heard = bus_of(premises), ""
    async with bus.running():
        running = asyncio.create_task(on_usb.run(premises, bus, only))
        async with asyncio.timeout(10):
            while not heard and not running.done():
                await asyncio.sleep(0.01)
                heard += capsys.readouterr().out
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return heard + capsys.readouterr().out


async def test_each_device_is_told_with_its_link_and_how_to_attach_it(
    premises: Premises, usbip_port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "hindrance", lambda: "only root may attach USB devices")
    text = await said(premises, ["p1", "rate-01"], capsys)
    assert f"served by USB/IP at 127.0.0.1:{usbip_port}" in text
    assert "1-1  1209:0001  ticket_printer p1" in text
    assert 'link = "usb:1209:0001?serial=p1"' in text
    assert "1-2  1209:0002  rating_pad rate-01" in text
    assert "not attached: only root may attach USB devices" in text
    assert "sudo modprobe vhci-hcd" in text
    assert f"usbip --tcp-port {usbip_port} attach --remote 127.0.0.1 --busid 1-2" in text


async def test_what_is_attached_is_said_to_be(
    premises: Premises, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_: Any) -> None:
        """Nobody is attached in a test."""

    monkeypatch.setattr(room, "hindrance", lambda: None)
    monkeypatch.setattr(room, "keep_attached", nothing)
    assert "attached to this machine's USB" in await said(premises, ["p1"], capsys)


async def test_a_name_that_no_device_has(premises: Premises, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none has a name given with --only" in await said(premises, ["p9"], capsys)


async def test_a_port_that_is_taken_is_said(
    premises: Premises, usbip_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", usbip_port)):
        assert "end the program that serves USB/IP already" in await said(premises, ["p1"], capsys)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    async def run(_premises: Premises, _bus: Bus, only: list[str]) -> None:
        asked.append(only)

    def work_now(premises: Premises, name: str, work: Work) -> None:
        assert name == "simulators"
        asyncio.run(work(premises, bus_of(premises)))

    monkeypatch.setattr(on_usb, "run", run)
    monkeypatch.setattr(rooms, "start", work_now)
    for options in ([], ["--only", "p1, r1"]):
        line = ["sim", "run", "--usb", *options, str(DEZHOU), "--data", str(tmp_path)]
        result = CliRunner().invoke(main.app, line)
        assert result.exit_code == 0, result.output
    assert asked == [[], ["p1", "r1"]]
