"""`hallkeeper bench forecast`: every forecast told on a ticket against the wait that followed.

Each scored day follows the same simulated weeks of history, from which everybody has learned; a forecaster
sees events and nothing else. `oracle` is given the simulation's true distributions.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.figures import machine, write
from bench.spread import spread
from bench.waits.scored import BUSY, SCENARIOS, Warm, scored, warm_up

HISTORY_DAYS: Final = 20
"""Working days of a month."""
WHO: Final = ("ours", "zms", "mean", "ewma", "oracle")
SOON_MIN: Final = 2.0
"""Below, a wait is no more than a clerk looking up; coverage is said for the others apart."""


@dataclass(frozen=True)
class Task:
    """One day of a scenario."""

    scenario: str
    number: int
    seed: int
    example: Path
    history: int


@dataclass(frozen=True)
class DayFigures:
    """Sums over one day's tickets."""

    scenario: str
    tickets: int
    errors: dict[str, float]
    covered: dict[str, int]
    waits: int
    """Tickets whose forecast was more than `SOON_MIN`."""
    waits_covered: int
    waited: float


def bench_forecast(
    example: Path, *, days: int, history: int, seed: int, jobs: int | None, json: Path | None
) -> None:
    """Measure, and print figures."""
    began = time.monotonic()
    tasks = [
        Task(scenario, number, seed, example, history) for scenario in SCENARIOS for number in range(days)
    ]
    done = list(spread(one_day, tasks, "days", jobs))
    figures: dict[str, Any] = {
        scenario: figures_of([day for day in done if day.scenario == scenario]) for scenario in SCENARIOS
    }
    figures |= {
        "machine": machine(),
        "config": {"days": days, "history_days": history, "busy": BUSY, "hall": str(example)},
        "seed": seed,
        "took_s": round(time.monotonic() - began, 1),
    }
    _print(figures)
    write(figures, json)


def one_day(task: Task) -> DayFigures:
    """Live and score one day."""
    warm = _warm(task.scenario if task.scenario == "fifty_desks" else "normal", task)
    scores = scored(warm, task.scenario, task.number, task.seed)
    scores = [score for score in scores if "oracle" in score.said]
    hits = {
        name: [low <= score.waited <= high for score in scores for low, _, high in (score.said[name],)]
        for name in ("ours", "oracle")
    }
    long = [index for index, score in enumerate(scores) if score.said["ours"][1] > SOON_MIN]
    return DayFigures(
        task.scenario,
        len(scores),
        {name: math.fsum(abs(score.said[name][1] - score.waited) for score in scores) for name in WHO},
        {name: sum(hit) for name, hit in hits.items()},
        len(long),
        sum(hits["ours"][index] for index in long),
        math.fsum(score.waited for score in scores),
    )


@lru_cache(maxsize=2)
def _warm_for(scenario: str, example: Path, seed: int, history: int) -> Warm:
    return warm_up(scenario, example, seed, history)


def _warm(scenario: str, task: Task) -> Warm:
    return _warm_for(scenario, task.example, task.seed, task.history)


def figures_of(days: Sequence[DayFigures]) -> dict[str, Any]:
    """One scenario's figures over its days; `over_oracle_se` is the ratio's standard error, by days."""
    tickets = sum(day.tickets for day in days)
    mae = {name: sum(day.errors[name] for day in days) / tickets for name in WHO}
    ratio = mae["ours"] / mae["oracle"]
    left = [day.errors["ours"] - ratio * day.errors["oracle"] for day in days]
    oracle = fmean(day.errors["oracle"] for day in days)
    return {
        "mae_min": {name: round(error, 3) for name, error in mae.items()},
        "over_oracle": round(ratio, 3),
        "over_oracle_se": round(math.sqrt(fmean(one * one for one in left) / len(days)) / oracle, 3),
        "coverage80": round(sum(day.covered["ours"] for day in days) / tickets, 4),
        "coverage80_waits": round(
            sum(day.waits_covered for day in days) / max(1, sum(day.waits for day in days)), 4
        ),
        "coverage80_oracle": round(sum(day.covered["oracle"] for day in days) / tickets, 4),
        "mean_wait_min": round(sum(day.waited for day in days) / tickets, 2),
        "n": tickets,
    }


def _print(figures: dict[str, Any]) -> None:
    table = Table(
        title="mean absolute error of the forecast told on the ticket, minutes", title_justify="left"
    )
    for column in ("", "tickets", "mean wait", *WHO, "ours/oracle", "coverage", "of waits > 2 min"):
        table.add_column(column, justify="right" if column else "left")
    for scenario in SCENARIOS:
        one = figures[scenario]
        table.add_row(
            scenario,
            str(one["n"]),
            f"{one['mean_wait_min']:.1f}",
            *(f"{one['mae_min'][name]:.2f}" for name in WHO),
            f"{one['over_oracle']:.3f}±{one['over_oracle_se']:.3f}",
            f"{one['coverage80']:.1%}",
            f"{one['coverage80_waits']:.1%}",
        )
    console = Console(width=max(120, Console().width))
    console.print(table)
    console.print(f"took {figures['took_s']} s")
