"""Figures as bench.md asks for them: distributions, machine, one JSON object."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Distribution = dict[str, float]


def distribution(values: Sequence[float]) -> Distribution:
    """n, p50, p99 and max of `values`; an empty one has n 0 and nothing else."""
    if not values:
        return {"n": 0}
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p99": round(ordered[min(last, int(0.99 * len(ordered)))], 3),
        "max": round(ordered[-1], 3),
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {"cores": os.cpu_count(), "python": platform.python_version()}


def proportional_mb(pid: int) -> float:
    """A process's proportional set size in MB: shared pages divided among those who share them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def resident_mb(pid: int) -> float:
    """A process's resident set size in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def write(figures: dict[str, Any], path: Path | None) -> None:
    """Write the JSON object where it was asked for."""
    if path is not None:
        path.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
