"""The device benchmark says its figures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]


def test_a_small_hall_of_devices_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "devices.json"
    ran = subprocess.run(
        [
            sys.executable, "-m", "cli.main", "bench", "devices", "--pickups", "2", "--pads", "3",
            "--printers", "1", "--boards", "1", "--seconds", "2", "--rounds", "1", "--json", str(out),
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=230, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["pickup_realtime_factor"] > 10
    assert 0 < figures["cpu_core_share"] < 2
    assert figures["memory_mb"] > 0
    assert figures["levels_per_pickup_s"] > 0
    kinds = {"ticket_printer", "id_reader", "rating_pad", "call_pad", "led_board", "mic_monitor"}
    assert set(figures["replug_s"]) == kinds
    assert all(found["n"] <= 1 for found in figures["replug_s"].values())
    assert set(figures["card_ms"]) == {"laid_to_event", "found_to_event", "over_card_and_wire"}
    assert {"machine", "config", "seed", "took_s", "ready_s"} <= set(figures)
