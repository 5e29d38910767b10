"""A thousand phones that follow their numbers: what they cost the console, and how soon they know."""

import asyncio
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.core import at_the_opening
from bench.figures import distribution, machine, resident_mb, write
from bench.livehall import derive, end
from bench.lonely import Epochs, Lonely, lonely
from broker.client import Bus
from broker.clock import HallClock
from broker.messages import hall as m
from broker.messages.envelope import Command, Reply
from hallfile.load import load

EVERY_S: Final = 2.0
"""A call so often: each changes every page of its queue."""
PATIENCE_S: Final = 10.0
OPENED_WITHIN_S: Final = 60.0
LOOK_S: Final = 0.1
HANDS: Final = 20
"""Numbers asked for, and pages opened, at a time."""
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass
class Phone:
    """One open page."""

    ticket: str
    service: str
    heard: float = 0.0
    """When something last came for it, `time.monotonic`."""
    bytes: int = 0
    gone: bool = False


@dataclass
class Waits:
    """What came of the calls."""

    called_ms: list[float] = field(default_factory=list)
    """From the clerk's key to the page of the one called."""
    others_ms: list[float] = field(default_factory=list)
    """… and to the pages of those behind."""
    late: int = 0
    """Pages that nothing came to."""


def bench_pages(example: Path, *, pages: int, seconds: float, seed: int, json: Path | None) -> None:
    """Measure and print."""
    _allow_files(3 * pages + 500)
    with tempfile.TemporaryDirectory(prefix="hallkeeper-bench-") as folder:
        figures = asyncio.run(_measure(example, Path(folder), pages, seconds, random.Random(seed)))
    figures |= {"machine": machine(), "config": {"pages": pages, "seconds": seconds}, "seed": seed}
    _print(figures)
    write(figures, json)


async def _measure(
    example: Path, folder: Path, pages: int, seconds: float, chance: random.Random
) -> dict[str, Any]:
    path = derive(example, folder, _for_the_bench)
    hall, data = load(path), folder / "data"
    clock = HallClock.simulated(*at_the_opening(hall), speed=1.0)
    async with lonely(hall, path, data, clock) as place:
        bus = place.join("bench")
        async with bus.running():
            await bus.connected.wait()
            epochs = Epochs(bus)
            await place.start()
            await epochs.above(0)
            async with _console(place) as pid:
                phones = await _tickets(bus, list(hall.services), pages)
                # they are known once the controller has told its lines
                await asyncio.sleep(EVERY_S)
                idle_mb = resident_mb(pid)
                async with asyncio.TaskGroup() as listening:
                    tasks = [listening.create_task(_look(place, phone)) for phone in phones]
                    await _all_hear(phones)
                    began, cpu, received = time.monotonic(), _cpu_s(pid), sum(p.bytes for p in phones)
                    waits = await _play(bus, place, phones, seconds, chance)
                    took, cpu = time.monotonic() - began, _cpu_s(pid) - cpu
                    received, memory = sum(p.bytes for p in phones) - received, resident_mb(pid)
                    for task in tasks:
                        task.cancel()
    return {
        "called_ms": distribution(waits.called_ms),
        "others_ms": distribution(waits.others_ms),
        "late": waits.late,
        "lost_pages": sum(phone.gone for phone in phones),
        "console_cpu_cores": round(cpu / took, 3),
        "console_rss_mb": {"no page open": idle_mb, "all open": memory},
        "kb_per_page_and_minute": round(received / len(phones) / 1024 / took * 60, 2),
    }


def _for_the_bench(tables: dict[str, Any]) -> None:
    tables.setdefault("calling", {})["hurry_s"] = 0


@asynccontextmanager
async def _console(place: Lonely) -> AsyncIterator[int]:
    """The console's process, once it answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "console", str(place.path),
        "--data", str(place.data), "--clock", place.clock.spec(), "--simulate",
        stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while True:
                try:
                    await _get(place, "/display")
                    break
                except OSError:
                    if process.returncode is not None:
                        raise RuntimeError("the console ended before it answered") from None
                    await asyncio.sleep(0.1)
        yield process.pid
    finally:
        await end(process, signal.SIGTERM)


async def _get(place: Lonely, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    console = place.hall.console
    reader, writer = await asyncio.open_connection(console.host, console.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {console.host}:{console.port}\r\n\r\n".encode())
    return reader, writer


async def _tickets(bus: Bus, services: list[str], many: int) -> list[Phone]:
    phones: list[Phone] = []
    for first in track(range(0, many, HANDS), "tickets", console=Console(stderr=True)):
        wanted = [services[place % len(services)] for place in range(first, min(many, first + HANDS))]
        replies = await asyncio.gather(
            *(_ask(bus, m.TakeTicket, by="console/bench", service=one, override=True) for one in wanted)
        )
        phones += [
            Phone(str(reply.ticket), one) for reply, one in zip(replies, wanted, strict=True) if reply.ok
        ]
    return phones


async def _ask(bus: Bus, kind: type[Command], by: str, **keys: Any) -> Reply:
    command = kind(id=bus.new_id(), at=bus.clock.now(), expires=bus.expires(PATIENCE_S), by=by, **keys)
    return await bus.ask(bus.topic("controller", "main", "command"), command)


async def _look(place: Lonely, phone: Phone) -> None:
    """Hold a page open, as a browser's EventSource does."""
    reader, writer = await _get(place, f"/t/{phone.ticket}/live?lang=zh-CN")
    try:
        while line := await reader.readline():
            phone.bytes += len(line)
            if line.startswith(b"data:"):
                phone.heard = time.monotonic()
        phone.gone = True
    finally:
        writer.close()


async def _all_hear(phones: list[Phone]) -> None:
    """Wait until every page has been told how it stands with it; who is not served is counted at the end."""
    for _ in range(int(OPENED_WITHIN_S / LOOK_S)):
        if all(phone.heard or phone.gone for phone in phones):
            return
        await asyncio.sleep(LOOK_S)


async def _play(bus: Bus, place: Lonely, phones: list[Phone], seconds: float, chance: random.Random) -> Waits:
    """Clerks call, one at a time, so that each page's news is known to be of that call."""
    waits, by_ticket = Waits(), {phone.ticket: phone for phone in phones}
    waiting = dict(by_ticket)
    counters = [name for name, entry in place.hall.counters.items() if entry.services]
    for _ in track(range(int(seconds / EVERY_S)), "calls", console=Console(stderr=True)):
        called_at = time.monotonic()
        counter = chance.choice(counters)
        reply = await _ask(bus, m.CallNext, by=f"counter/{counter}", counter=counter)
        await asyncio.sleep(EVERY_S)
        if not reply.ok or (called := waiting.pop(str(reply.ticket), None)) is None:
            continue
        waits.called_ms.append(1000 * (called.heard - called_at))
        for phone in waiting.values():
            if phone.service != called.service:
                continue
            if phone.heard < called_at:
                waits.late += 1
            else:
                waits.others_ms.append(1000 * (phone.heard - called_at))
    return waits


def _cpu_s(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS


def _allow_files(wanted: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), most))


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="open ticket pages", title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name, value in figures.items():
        if name not in ("machine", "config", "seed"):
            table.add_row(name, str(value))
    Console().print(table)
