"""`hallkeeper bench kiosk`: how fast the touch screen answers, and what it costs while nobody is there."""

import json as json_
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.figures import distribution, machine, proportional_mb, write
from bench.kiosk.tasks import REACH_S, READ_S, TAP_S, Counter, counted

WIDTH: Final = 1080
HEIGHT: Final = 1920

ROWS: Final = (
    ("start_s", "from the command to the first picture, s"),
    ("idle_cpu_share", "of a core while nobody is there"),
    ("scroll_fps", "frames a second while one page slides into another"),
    ("memory_mb", "memory after all this, MB"),
)


def bench_kiosk(example: Path, *, touches: int, idle_s: float, seed: int, json: Path | None) -> None:
    """Measure one kiosk of 1080 by 1920, drawn by the processor, and print the figures."""
    began = time.monotonic()
    with Console(stderr=True).status("kiosk"):
        measured, start_s, memory = _run(example, touches, idle_s, seed)
    touch = distribution(measured.pop("touch_ms"))
    answer_s = (touch.get("p99") or 0.0) / 1000
    figures = {
        "touch_to_change": touch,
        "touch_work": distribution(measured.pop("touch_work_ms")),
        "tasks": [asdict(one) for one in counted(Counter.of(example, WIDTH, HEIGHT), answer_s)],
        **measured,
        "memory_mb": memory,
        "start_s": round(start_s, 2),
        "machine": machine(),
        "config": {"width": WIDTH, "height": HEIGHT, "touches": touches, "idle_s": idle_s},
        "seed": seed,
        "took_s": round(time.monotonic() - began, 1),
    }
    _print(figures)
    write(figures, json)


def _run(example: Path, touches: int, idle_s: float, seed: int) -> tuple[dict[str, Any], float, float]:
    """Its own figures, when it had started, and its memory before it ends."""
    began = time.monotonic()
    words = [str(example), str(touches), str(idle_s), str(seed)]
    with subprocess.Popen(
        [sys.executable, "-m", "bench.kiosk.screen", *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        start_s = None
        measured: dict[str, Any] | None = None
        memory = 0.0
        for line in process.stdout:
            if line.startswith("shown"):
                start_s = time.monotonic() - began
            elif line.startswith("{"):
                measured = json_.loads(line)
            elif line.startswith("memory"):
                memory = proportional_mb(process.pid)
    if start_s is None or measured is None:
        raise SystemExit(f"the kiosk ended with {process.returncode} before it was measured; see above")
    return measured, start_s, memory


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="kiosk", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    touch = figures["touch_to_change"]
    table.add_row("touch to first change, p50 / p99, ms", f"{touch.get('p50')} / {touch.get('p99')}")
    work = figures["touch_work"]
    table.add_row("of that, this process's own work, ms", f"{work.get('p50')} / {work.get('p99')}")
    for key, words in ROWS:
        table.add_row(words, str(figures[key]))
    Console().print(table)
    _print_tasks(figures["tasks"])
    Console().print(f"the whole run took {figures['took_s']} s")


def _print_tasks(tasks: list[dict[str, Any]]) -> None:
    modes = list(dict.fromkeys(one["mode"] for one in tasks))
    table = Table(title="from the first page to the ticket: touches, seconds", title_justify="left")
    table.add_column("")
    for mode in modes:
        table.add_column(mode, justify="right")
    for task in dict.fromkeys(one["task"] for one in tasks):
        took = {one["mode"]: one for one in tasks if one["task"] == task}
        table.add_row(task, *(f"{took[mode]['touches']}, {took[mode]['seconds']} s" for mode in modes))
    Console().print(table)
    Console().print(
        f"seconds by the keystroke-level model (Card, Moran and Newell 1980): {READ_S} s to read a new page, "
        f"{REACH_S} s to reach, {TAP_S} s to touch; with the p99 answer above, without the printer's seconds"
    )
