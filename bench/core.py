"""`hallkeeper bench core`: how fast the pure core is on the stress day, and how fast the hall writes down.

The day is played through the engine alone, each command timed. Then fifty kiosks ask a real controller on a
real broker for as many tickets, in rushes between which counters call them, so that queues stay as long as a
hall's: a ticket counts when its reply has come, and no reply leaves before the disk has it.
"""

import asyncio
import math
import os
import tempfile
import time
import tomllib
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import msgspec
import tomli_w
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.figures import Distribution, distribution, machine, proportional_mb, write
from bench.livehall import free_port
from bench.lonely import Epochs, Lonely, commits_per_s, lonely
from bench.overview import bench_overview
from bench.stressday import DAY, PLAYED_AT, StressDay, enlarged
from bench.world.halls import elsewhere
from broker.client import Bus
from broker.clock import HallClock
from broker.messages.hall import CallNext, TakeTicket
from hallfile.schema import HallFile

KIOSKS: Final = 50
START: Final = "09:00"
EXPIRES_S: Final = 30.0


def bench_core(example: Path, *, tickets: int, seed: int, json: Path | None) -> None:
    """Measure the core and print the figures."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hallkeeper-bench-") as folder:
        path = _hall_file(example, Path(folder), tickets)
        hall = msgspec.toml.decode(path.read_bytes(), type=HallFile)
        figures = _pure(hall, tickets, seed)
        afresh = _pure(hall, tickets, seed, speed=1.0)
        figures |= {f"{key}_at_speed_1": value for key, value in afresh.items()}
        small = tomllib.loads(example.read_text(encoding="utf-8"))
        figures |= bench_overview(small, at_the_opening(hall)[1], seed)
        figures |= asyncio.run(_durable(hall, path, Path(folder) / "data", tickets))
    config = {"tickets": tickets, "counters": len(hall.counters), "kiosks": KIOSKS}
    figures |= {"machine": machine(), "config": config, "seed": seed}
    figures["took_s"] = round(time.monotonic() - began, 1)
    _print(figures)
    write(figures, json)


def _pure(hall: HallFile, tickets: int, seed: int, speed: float = PLAYED_AT) -> dict[str, Any]:
    """`speed`: as if the day went by so fast; at 1, nearly every ticket has a forecast drawn afresh."""
    day = StressDay(hall, tickets, seed, speed)
    for _ in track(day.play(), description="core", console=Console(stderr=True), total=None):
        pass
    played = day.played
    return {
        "commands": len(played.moments),
        "commands_per_s": round(played.rate()),
        "commands_per_s_last_tenth": round(played.rate(0.9)),
        "forecasts_drawn": day.engine.outlooks.drawn,
    }


def _hall_file(example: Path, folder: Path, tickets: int) -> Path:
    tables = enlarged(tomllib.loads(example.read_text(encoding="utf-8")), tickets)
    tables["broker"]["port"] = free_port()
    tables = elsewhere(tables, example.parent)
    for number in range(1, KIOSKS + 1):
        tables["kiosks"][f"bench-{number}"] = {"printers": [], "screen": False}
    path = folder / example.name
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


async def _durable(hall: HallFile, path: Path, data: Path, tickets: int) -> dict[str, Any]:
    clock = HallClock.simulated(*at_the_opening(hall), speed=1.0)
    async with lonely(hall, path, data, clock) as place:
        disk = commits_per_s(data)
        bus = place.join("bench")
        async with bus.running():
            await bus.connected.wait()
            epochs = Epochs(bus)
            pid = await place.start()
            await epochs.above(0)
            rush = Rush(place, bus)
            size = max(KIOSKS, len(hall.counters))
            for _ in track(range(math.ceil(tickets / size)), "tickets", console=Console(stderr=True)):
                await rush.of(size)
            memory = proportional_mb(pid)
    issues = len(rush.waits_ms)
    return {
        "durable_issues_per_s": round(issues / rush.took_s),
        "controller_cpu_ms_per_issue": round(1000 * rush.cpu_s / issues, 2),
        "issue_ms": distribution(rush.waits_ms),
        "disk_commits_per_s": round(disk),
        "memory_mb": memory,
    }


def at_the_opening(hall: HallFile) -> tuple[Any, Any]:
    """The hall's zone, and the moment a bench day begins."""
    from datetime import datetime, time
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(hall.hall.timezone)
    return zone, datetime.combine(DAY, time.fromisoformat(START), zone)


class Rush:
    """Kiosks that ask for tickets all at once, and counters that call them before the next rush."""

    def __init__(self, place: Lonely, bus: Bus) -> None:
        self.took_s = 0.0
        """While kiosks asked."""
        self.cpu_s = 0.0
        """What the controller's processor time was then."""
        self.waits_ms: list[float] = []
        hall = place.hall
        assert place.process is not None
        self._pid = place.process.pid
        self._bus = bus
        self._topic = bus.topic("controller", "main", "command")
        self._services = cycle(hall.services)
        self._counters = {
            service: cycle([name for name, counter in hall.counters.items() if service in counter.services])
            for service in hall.services
        }
        self._taken: list[str] = []

    async def of(self, tickets: int) -> None:
        """So many tickets, and a call for each; only the tickets are timed."""
        began, used = time.perf_counter(), cpu_s(self._pid)
        await self._together(partial(self._take, iter(range(tickets))))
        self.took_s += time.perf_counter() - began
        self.cpu_s += cpu_s(self._pid) - used
        await self._together(self._call)

    async def _together(self, work: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        async with asyncio.TaskGroup() as kiosks:
            for number in range(1, KIOSKS + 1):
                kiosks.create_task(work(f"bench-{number}"))

    async def _take(self, left: Iterator[int], kiosk: str) -> None:
        for _ in left:
            service = next(self._services)
            began = time.perf_counter()
            reply = await self._bus.ask(
                self._topic, TakeTicket(**self._head(f"kiosk/{kiosk}"), service=service, kiosk=kiosk)
            )
            if not reply.ok:
                raise RuntimeError(f"no ticket was given: {reply.text}")
            self.waits_ms.append(1000 * (time.perf_counter() - began))
            self._taken.append(service)

    async def _call(self, _: str) -> None:
        while self._taken:
            counter = next(self._counters[self._taken.pop()])
            await self._bus.ask(self._topic, CallNext(**self._head(f"counter/{counter}"), counter=counter))

    def _head(self, by: str) -> dict[str, Any]:
        bus = self._bus
        return {"id": bus.new_id(), "at": bus.clock.now(), "expires": bus.expires(EXPIRES_S), "by": by}


def cpu_s(pid: int) -> float:
    """Processor time a process has used, in seconds (proc(5), stat: utime and stime)."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="core", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for key, words in (
        ("commands_per_s", "commands a second, pure core"),
        ("commands_per_s_last_tenth", "the same, last tenth of the day"),
        ("forecasts_drawn", "forecasts drawn meanwhile, each for a whole line"),
        ("commands_per_s_at_speed_1", "commands a second with forecasts as in a day of real hours"),
        ("forecasts_drawn_at_speed_1", "forecasts drawn then"),
        ("durable_issues_per_s", "tickets a second on the disk, over the bus"),
        ("controller_cpu_ms_per_issue", "processor time of the controller for each, ms"),
        ("disk_commits_per_s", "bare commits a second on this disk"),
        ("memory_mb", "memory of the controller at the end, MB"),
    ):
        table.add_row(words, str(figures[key]))
    look: Distribution = figures["overview_ms"]
    seen = f"{figures['overview_waiting']} waiting, {figures['overview_serving']} counters"
    table.add_row(f"all forecasts at once, {seen}, p50 / p99, ms", f"{look['p50']} / {look['p99']}")
    issue: Distribution = figures["issue_ms"]
    table.add_row("a ticket, asked to answered, p50 / p99, ms", f"{issue['p50']} / {issue['p99']}")
    console = Console()
    console.print(table)
    console.print(f"the whole run took {figures['took_s']} s")
