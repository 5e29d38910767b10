"""`hallkeeper bench devices` as a table and as JSON."""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.devices.full_hall import full_hall
from bench.devices.live import Watcher, cards, replugged, under_load
from bench.devices.one_meter import realtime_factor
from bench.figures import machine, proportional_mb, resident_mb, write
from bench.livehall import derive, live_hall

START: Final = "09:00"
READY_WITHIN_S: Final = 180.0


def bench_devices(
    example: Path, *, counts: Mapping[str, int], seconds: float, rounds: int, seed: int, json: Path | None
) -> None:
    """Measure a hall with so many devices (`pickups`, `pads`, `printers`, `boards`) and print the figures."""
    began = time.monotonic()
    console = Console(stderr=True)
    with console.status("metering sound"):
        figures: dict[str, Any] = {"pickup_realtime_factor": realtime_factor(seed)}
    with console.status("a full hall of processes"):
        figures |= asyncio.run(_measure(example, counts, seconds, rounds, Random(seed)))
    figures |= {
        "machine": machine(),
        "config": {**counts, "seconds": seconds, "rounds": rounds, "start": START},
        "seed": seed,
        "took_s": round(time.monotonic() - began, 1),
    }
    _print(figures)
    write(figures, json)


async def _measure(
    example: Path, counts: Mapping[str, int], seconds: float, rounds: int, chance: Random
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hallkeeper-bench-") as folder:
        path = derive(example, Path(folder), full_hall(**counts))
        arguments = ("--no-crowd", "--start", START)
        async with live_hall(path, Path(folder) / "data", *arguments, ready_within_s=READY_WITHIN_S) as live:
            watcher = Watcher(live)
            load = await under_load(live, watcher, seconds, chance)
            pid = live.rooms()["devices"]
            memory = {"memory_mb": proportional_mb(pid), "resident_mb": resident_mb(pid)}
            return {
                "cpu_core_share": load.cpu_core_share,
                "levels_per_pickup_s": load.levels_a_second,
                **memory,
                "card_ms": await cards(live, watcher, rounds, chance),
                "replug_s": await replugged(live, watcher, rounds, chance),
                "ready_s": live.ready_s,
            }


def _print(figures: dict[str, Any]) -> None:
    console = Console()
    table = Table(title="devices", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for words, value in (
        ("one pickup metered, times real time on one core", f"{figures['pickup_realtime_factor']:,.0f}"),
        ("the device process, share of one core", f"{100 * figures['cpu_core_share']:.1f} %"),
        ("levels from each pickup, a second", str(figures["levels_per_pickup_s"])),
        ("memory, proportional / resident", f"{figures['memory_mb']} / {figures['resident_mb']} MB"),
    ):
        table.add_row(words, value)
    console.print(table)
    for title, key in (("card, ms", "card_ms"), ("back after a re-plug, s", "replug_s")):
        console.print(_distributions(title, figures[key]))
    console.print(f"ready in {figures['ready_s']} s; the whole run took {figures['took_s']} s")


def _distributions(title: str, found: dict[str, dict[str, float]]) -> Table:
    table = Table(title=title, title_justify="left")
    columns = ("n", "p50", "p99", "max")
    for column in ("", *columns):
        table.add_column(column, justify="right" if column else "left")
    for name, values in found.items():
        table.add_row(name, *(str(values.get(column, "–")) for column in columns))
    return table
