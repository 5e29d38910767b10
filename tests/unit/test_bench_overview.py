"""The hall in which all forecasts are drawn at once is as full as the figure says."""

import tomllib
from pathlib import Path

from bench.core import at_the_opening
from bench.overview import COUNTERS, ROUNDS, WAITING, bench_overview
from bench.stressday import stress_hall


def test_so_many_wait_and_every_counter_serves() -> None:
    tables = tomllib.loads(Path("examples/dezhou.toml").read_text(encoding="utf-8"))
    _, opening = at_the_opening(stress_hall(tables, 660))
    figures = bench_overview(tables, opening, 1)
    assert (figures["overview_waiting"], figures["overview_serving"]) == (WAITING, COUNTERS)
    assert figures["overview_ms"]["n"] == ROUNDS
