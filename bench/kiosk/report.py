"""`hallkeeper bench kiosk`: how fast the touch screen answers, and what it costs while nobody is there."""

import json as json_
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.figures import distribution, machine, proportional_mb, write

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
    figures = {
        "touch_to_change": distribution(measured.pop("touch_ms")),
        "touch_work": distribution(measured.pop("touch_work_ms")),
        **measured,
        "memory_mb": memory,
        "start_s": round(start_s, 2),
        "machine": machine(),
        "config": {"width": 1080, "height": 1920, "touches": touches, "idle_s": idle_s},
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
    Console().print(f"the whole run took {figures['took_s']} s")
