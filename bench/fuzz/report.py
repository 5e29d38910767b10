"""`hallkeeper bench fuzz` as a table and as JSON."""

import time
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from bench.figures import machine, write
from bench.fuzz.codecs import CODECS
from bench.fuzz.run import fuzz


def bench_fuzz(*, size: int, seed: int, json: Path | None) -> None:
    """Fuzz every codec with `size` bytes and print what became of it."""
    began = time.monotonic()
    codecs: dict[str, Any] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for codec in CODECS:
            task = progress.add_task(codec.name, total=size)
            codecs[codec.name] = fuzz(codec, size, seed, partial(_show, progress, task)).figures()
            progress.remove_task(task)
    figures = {
        "codecs": codecs,
        "machine": machine(),
        "config": {"bytes": size},
        "seed": seed,
        "took_s": round(time.monotonic() - began, 1),
    }
    _print(figures)
    write(figures, json)


def _show(progress: Progress, task: TaskID, done: int) -> None:
    progress.update(task, completed=done)


def _print(figures: dict[str, Any]) -> None:
    console = Console()
    table = Table(title=f"fuzz, seed {figures['seed']}", title_justify="left")
    table.add_column("codec")
    for column in ("bytes", "MB/s", "exceptions", "planted", "found again", "at once", "most held"):
        table.add_column(column, justify="right")
    for name, one in figures["codecs"].items():
        table.add_row(
            name,
            f"{one['bytes']:,}",
            str(one["mb_per_s"]),
            str(one["exceptions"]),
            str(one["planted"]),
            str(one["resynced"]),
            str(one["at_once"]),
            f"{one['peak_buffer']:,}",
        )
    console.print(table)
    for name, one in figures["codecs"].items():
        for fault in one["faults"]:
            console.print(f"{name}: {fault}", markup=False, soft_wrap=True)
    console.print(f"the whole run took {figures['took_s']} s")
