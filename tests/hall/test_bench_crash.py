"""The controller killed, the disk gone wrong, the speed of the core: small, and with all their figures."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bench.disk import disk_faults
from hall.core import Rules
from hall.texts import texts
from tests.hall.kit import FRIDAY, small

ROOT = Path(__file__).parents[2]


def figures(out: Path, *words: str) -> dict[str, object]:
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", *words, "--json", str(out)],
        cwd=ROOT, capture_output=True, text=True, timeout=230, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found: dict[str, object] = json.loads(out.read_text(encoding="utf-8"))
    assert {"machine", "config", "seed", "took_s"} <= set(found)
    return found


@pytest.mark.timeout(180)
def test_wherever_the_disk_goes_wrong_nothing_answered_is_lost() -> None:
    faults = disk_faults(Rules(small(), texts("zh-CN")), FRIDAY + timedelta(hours=9), seed=1)
    assert faults.points > 300
    assert (faults.lost, faults.doubled) == (0, 0)


@pytest.mark.processes
@pytest.mark.timeout(240)
def test_killed_under_load_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    found = figures(tmp_path / "crash.json", "crash", "--kills", "4")
    assert found["kills"] == 4
    assert isinstance(found["acknowledged"], int)
    assert found["acknowledged"] > 0
    assert (found["lost"], found["doubled"], found["unacknowledged_grades"]) == (0, 0, 0)


@pytest.mark.processes
@pytest.mark.timeout(240)
def test_the_core_is_measured(tmp_path: Path) -> None:
    found = figures(tmp_path / "core.json", "core", "--tickets", "60")
    for key in (
        "commands_per_s",
        "commands_per_s_last_tenth",
        "durable_issues_per_s",
        "disk_commits_per_s",
        "memory_mb",
    ):
        assert isinstance(found[key], int | float)
        assert found[key]
