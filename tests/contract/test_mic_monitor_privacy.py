"""No sample of sound leaves the driver: not into a file, not onto the bus, not through a socket."""

import ast
import asyncio
import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broker.transport import Packet
from devices.kit.link import Link
from devices.mic_monitor.driver import MicMonitor
from hallfile.devices import MicMonitor as Entry
from tests.contract.sounds import RATE, noise
from tests.contract.stand import standing
from tests.links import pair

ROOT = Path(__file__).parents[2]
HEARING = [
    *sorted((ROOT / "devices" / "mic_monitor").rglob("*.py")),
    ROOT / "devices" / "kit" / "links" / "pcm.py",
    ROOT / "devices" / "kit" / "recording.py",
]
OUTWARD = {
    "socket",
    "http",
    "urllib",
    "requests",
    "httpx",
    "paho",
    "smtplib",
    "ftplib",
    "subprocess",
    "shutil",
    "tempfile",
    "pickle",
    "mmap",
}
"""Modules by which something could get out."""
WRITING = {
    "write",
    "writelines",
    "writeframes",
    "writeframesraw",
    "write_bytes",
    "write_text",
    "tofile",
    "save",
    "savez",
    "savetxt",
    "dump",
    "send",
    "sendall",
    "sendto",
}

MARKER = np.array([0x4D41, -0x524B, 0x4552, -0x2121] * 8, dtype="<i2")
"""A sound that nothing else in the world makes."""


@pytest.mark.parametrize("path", HEARING, ids=lambda path: path.stem)
def test_what_hears_has_no_way_out(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not OUTWARD & {name.partition(".")[0] for name in names}, f"{path.name} imports {names}"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in WRITING, f"{path.name}:{node.lineno} calls {called}"
            if called == "open" and isinstance(node.func, ast.Name):
                pytest.fail(f"{path.name}:{node.lineno} opens a file")


@pytest.fixture
def opened_for_writing() -> Iterator[list[str]]:
    """The files that are opened for writing, by anybody in this process, while a test runs."""
    found: list[str] = []
    watching = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open":
            path, mode, _ = arguments
            if isinstance(mode, str) and set(mode) & set("wax+"):
                found.append(str(path))
        elif watching and event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            found.append(event)

    sys.addaudithook(hook)
    yield found
    watching = False


def traces(sound: bytes) -> list[bytes]:
    """How the marker would look, were it written down in one way or another."""
    window = sound[:16]
    numbers = np.frombuffer(window, dtype="<i2")
    return [
        window,
        window.hex().encode(),
        base64.b64encode(window)[:-4],
        ",".join(map(str, numbers.tolist())).encode(),
        ", ".join(map(str, numbers.tolist())).encode(),
        (numbers / 32768).astype("<f4").tobytes(),
        (numbers / 32768).astype("<f8").tobytes(),
    ]


async def test_a_sound_that_is_marked_is_found_nowhere(tmp_path: Path, opened_for_writing: list[str]) -> None:
    packets: list[Packet] = []
    near, far = pair()

    async def opened() -> Link:
        return near

    def make(*arguments: Any) -> MicMonitor:
        return MicMonitor(*arguments, tmp_path / "devices.db")

    entry = Entry(link=f"pcm:{tmp_path}/none?rate={RATE}", counter="1", full_scale_db=120.0)
    marked = np.frombuffer(noise(3, 75), dtype="<i2").copy()
    marked[RATE : RATE + len(MARKER)] = MARKER
    async with standing(make, entry, tmp_path, opener=opened) as stand:
        stand._bus.subscribe("#", lambda received: packets.append(received.packet))
        await far.write(marked.tobytes())
        await stand.until(lambda seen: len(seen.readings) == 3)
        await asyncio.sleep(0)
    told = b"".join(packet.payload for packet in packets)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(packets) >= 3
    assert b"laeq_1s" in told
    for trace in traces(MARKER.tobytes()):
        assert trace not in told
        assert trace not in kept
    assert [path for path in opened_for_writing if not path.startswith(str(tmp_path))] == []
