"""`hallkeeper bench kiosk` measures a real process and says all of its figures."""

import json
from pathlib import Path

import pytest

from bench.kiosk.report import bench_kiosk

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@pytest.mark.timeout(240)
def test_the_touch_screen_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.json"
    bench_kiosk(EXAMPLE, touches=3, idle_s=1.0, seed=1, json=path)
    figures = json.loads(path.read_text(encoding="utf-8"))
    assert figures["touch_to_change"]["n"] == 3
    assert figures["touch_work"]["p50"] > 0
    assert figures["scroll_fps"] > 10
    assert 0 < figures["memory_mb"] < 150
    assert figures["idle_cpu_share"] < 0.5
    assert figures["start_s"] > 0
    assert {"machine", "config", "seed", "took_s"} <= figures.keys()
