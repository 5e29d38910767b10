"""The path benchmark says its figures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]


def test_the_path_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "path.json"
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", "path", "--rounds", "3", "--json", str(out)],
        cwd=ROOT, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads(out.read_text(encoding="utf-8"))
    for key in ("committed", "printer", "board", "audio"):
        assert figures[key]["n"] == 3
        assert 0 < figures[key]["p50"] <= figures[key]["max"]
    assert figures["memory_mb"]["total"] > 0
    assert {"machine", "config", "seed", "took_s", "ready_s"} <= set(figures)
