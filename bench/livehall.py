"""A whole hall of real processes in a folder of its own, for benchmarks and end-to-end tests."""

import asyncio
import os
import re
import signal
import socket
import sys
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomli_w

from broker.client import Bus
from broker.clock import HallClock
from broker.join import join
from hallfile.load import load
from hallfile.premises import Premises
from hallfile.schema import HallFile

READY_WITHIN_S = 60.0
GONE_WITHIN_S = 20.0

Change = Callable[[dict[str, Any]], None]
"""Changes a hall file, read as plain tables, before it is written for this run."""


@dataclass
class LiveHall:
    """A running hall."""

    hall: HallFile
    path: Path
    data: Path
    pid: int
    """Of `hallkeeper up`."""
    ready_s: float
    bus: Bus
    """On it as `bench`."""
    clock: HallClock

    def rooms(self) -> dict[str, int]:
        """Process ids by room: the children of `up`, and itself."""
        found = {"up": self.pid}
        for child in _children(self.pid):
            found[_room_name(child)] = child
        return found


def free_port() -> int:
    """A loopback port nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def derive(example: Path, folder: Path, change: Change | None = None) -> Path:
    """Write `example` into `folder` with ports of its own, so that two halls never meet."""
    tables = tomllib.loads(example.read_text(encoding="utf-8"))
    tables["broker"]["port"] = free_port()
    tables["console"]["port"] = free_port()
    for kind in ("ticket_printers", "id_readers", "led_boards"):
        for device in tables.get(kind, {}).values():
            device["link"] = re.sub(
                r"^tcp://127\.0\.0\.1:\d+", lambda _: f"tcp://127.0.0.1:{free_port()}", device["link"]
            )
    for gateway in tables.get("gateways", {}).values():
        gateway["url"] = re.sub(
            r"^http://127\.0\.0\.1:\d+", lambda _: f"http://127.0.0.1:{free_port()}", gateway["url"]
        )
    for table, key in (("simulation", "cards"), ("touch", "guide")):
        if file := tables.get(table, {}).get(key):
            tables[table][key] = str((example.parent / file).resolve())
    if change is not None:
        change(tables)
    path = folder / example.name
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


@asynccontextmanager
async def live_hall(
    path: Path, data: Path, *arguments: str, ready_within_s: float = READY_WITHIN_S
) -> AsyncIterator[LiveHall]:
    """Run `hallkeeper up` on `path` for the length of a with-block; `TimeoutError` when it is not ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "up", str(path), "--data", str(data), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    reading: asyncio.Task[None] | None = None
    try:
        ready_s = await _until_ready(process, ready_within_s)
        reading = asyncio.create_task(_read_on(process))
        hall = load(path)
        clock = _clock_of(process.pid, ZoneInfo(hall.hall.timezone))
        broker = hall.broker
        bus = join(
            hall=hall.hall.id, room="bench", host=broker.host, port=broker.port, data=data, clock=clock
        )
        async with bus.running():
            async with asyncio.timeout(10):
                await bus.connected.wait()
            yield LiveHall(hall, path, data, process.pid, ready_s, bus, clock)
    finally:
        await end(process, signal.SIGINT)
        if reading is not None:
            await reading


async def _until_ready(process: asyncio.subprocess.Process, within_s: float) -> float:
    assert process.stdout is not None
    said = b""
    try:
        async with asyncio.timeout(within_s):
            while line := await process.stdout.readline():
                said = line
                if found := re.search(rb"ready in ([0-9.]+) s", line):
                    return float(found[1])
    except TimeoutError:
        raise TimeoutError(
            f"the hall was not ready within {within_s:.0f} s; it said last: {said.decode()}"
        ) from None
    raise RuntimeError(f"the hall ended before it was ready; it said last: {said.decode()}")


async def _read_on(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.readline():
        pass


async def end(process: asyncio.subprocess.Process, by: signal.Signals) -> None:
    """Ask a process of ours to end, and make it when it does not."""
    if process.returncode is not None:
        return
    process.send_signal(by)
    try:
        async with asyncio.timeout(GONE_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def _room_name(pid: int) -> str:
    words = _command_line(pid)
    if words and os.path.basename(words[0]) == "mosquitto":
        return "broker"
    after = words.index("cli.main") if "cli.main" in words else 0
    name = words[after + 1] if len(words) > after + 1 else "unknown"
    return {"sim": "simulators"}.get(name, name)


def _command_line(pid: int) -> list[str]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        # it ended between being listed and being asked
        return []
    return [word.decode() for word in raw.split(b"\0") if word]


def _clock_of(pid: int, zone: ZoneInfo) -> HallClock:
    """The clock the rooms were given, read from the command line of one of them."""
    for child in _children(pid):
        words = _command_line(child)
        if "--clock" in words:
            return HallClock.from_spec(zone, words[words.index("--clock") + 1])
    return HallClock.real(zone)


def premises_of(live: LiveHall) -> Premises:
    """The live hall's premises."""
    return Premises(live.hall, live.path, live.data, live.clock, simulated=True)
