"""The simulated hall on virtual USB: which devices have a body, and how they are attached and stay so."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from hallfile.catalogue import Catalogue
from hallfile.premises import Premises
from simulators.kit.stand_in import Stage
from simulators.usb import attach, hub, room
from simulators.usb.keypad import Keypad
from simulators.usb.stand_ins import Virtual, virtuals

pytestmark = pytest.mark.usefixtures("usbip_port")

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"
TOOL = """#!/bin/sh
echo "$@" >> {log}
{then}
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    premises = Premises.open(DEZHOU, tmp_path / "data", None, simulated=True)
    transport = MemoryBroker().transport("simulators")
    bus = Bus("dezhou", "simulators", transport, premises.clock, ulids(premises.clock))
    with ThreadPoolExecutor(1) as studio:
        yield Stage(premises, bus, Catalogue("zh-CN", {}), studio)


def tool(folder: Path, then: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of usbip; returns where it notes what it was told."""
    log = folder / "told"
    (folder / "usbip").write_text(TOOL.format(log=log, then=then))
    (folder / "usbip").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


def by_name(stage: Stage) -> dict[str, Virtual]:
    return {virtual.stand_in.name: virtual for virtual in virtuals(stage)}


async def test_everything_that_can_hang_on_usb_has_a_body_and_a_link_for_the_hall_file(stage: Stage) -> None:
    found = by_name(stage)
    links = {name: found[name].link for name in ("p1", "p2", "r1", "rate-01", "call-01", "mic-01")}
    assert links == {
        "p1": "usb:1209:0001?serial=p1",
        "p2": "serial:/dev/serial/by-id/usb-Hallkeeper_simulated_device_p2-if00?baud=115200",
        "r1": "serial:/dev/serial/by-id/usb-Hallkeeper_simulated_device_r1-if00?baud=115200",
        "rate-01": "evdev:/dev/input/by-id/usb-Hallkeeper_keypad_rate-01-event-kbd",
        "call-01": "evdev:/dev/input/by-id/usb-Hallkeeper_keypad_call-01-event-kbd",
        "mic-01": "pcm:device=pickup mic-01?rate=48000",
    }
    assert not {virtual.stand_in.kind for virtual in found.values()} & {"led_board", "announcer"}


async def test_keys_and_scenes_are_for_a_hand_to_choose(stage: Stage) -> None:
    found = by_name(stage)
    pad, mic = found["rate-01"].stand_in, found["mic-01"].stand_in
    pad.controls()["key"].turn("5")
    assert pad.shows() == {"last_key": "5", "pressed": 1, "unheard": 0, "lit": False}
    mic.controls()["scene"].turn("tone")
    mic.controls()["level"].turn(60.0)
    assert mic.shows()["sounding"] == pytest.approx(94.0, abs=0.1)
    for stand_in in (pad, mic):
        stand_in.plug()
        stand_in.plug()
        assert stand_in.plugged
        stand_in.controls()["unplugged"].turn(True)
        assert not stand_in.plugged
        stand_in.close()


async def test_the_room_tells_what_it_serves_and_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[str], str | None]] = []
    monkeypatch.setattr(room, "hindrance", lambda: "the tool is missing")

    def tell(devices: list[Virtual], why_not: str | None) -> None:
        told.append(([virtual.stand_in.name for virtual in devices], why_not))

    async with stage.bus.running():
        running = asyncio.create_task(room.run(stage.premises, stage.bus, ["r1", "p1"], tell))
        async with asyncio.timeout(5):
            while not told:
                await asyncio.sleep(0.01)
        assert told == [(["p1", "r1"], "the tool is missing")]
        assert list(hub.Hub.at().devices) == ["1-1", "1-2"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not hub.Hub.at().devices


async def test_what_nobody_has_is_attached_again_and_again(
    usbip_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = tool(tmp_path, "echo 'vhci is full'; exit 1", monkeypatch)
    monkeypatch.setattr(room, "LOOK_S", 0.01)
    port, pad = hub.Hub.at(), Keypad("pad").device
    port.plug(pad)
    keeping = asyncio.create_task(room.keep_attached(port))
    try:
        async with asyncio.timeout(10):
            while not log.exists() or len(log.read_text().splitlines()) < 3:
                await asyncio.sleep(0.01)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        port.unplug(pad)
    told = log.read_text().splitlines()[0]
    assert told == f"--tcp-port {usbip_port} attach --remote 127.0.0.1 --busid 1-1"
    assert caplog.text.count("vhci is full") == 1


async def test_attaching_ends_with_the_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, "exit 0", monkeypatch)
    await attach.attach(("127.0.0.1", 13299), "1-1")
    tool(tmp_path, "exec sleep 30", monkeypatch)
    monkeypatch.setattr(attach, "ATTACH_S", 0.2)
    with pytest.raises(attach.NotAttached, match=r"did not end within 0\.2 s"):
        await attach.attach(("127.0.0.1", 13299), "1-1")


def test_why_nothing_can_be_attached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attach, "VHCI", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    tool(tmp_path, "", monkeypatch)
    assert attach.hindrance() == "only root may attach USB devices"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert attach.hindrance() is None
    monkeypatch.setattr(attach, "VHCI", tmp_path / "nothing")
    assert "modprobe vhci-hcd" in str(attach.hindrance())
    monkeypatch.setattr(attach, "ELSEWHERE", "")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert "apt-get install usbip" in str(attach.hindrance())
    monkeypatch.setattr(attach.sys, "platform", "darwin")
    assert "Linux" in str(attach.hindrance())
