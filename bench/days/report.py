"""`hallkeeper bench days`: figures, and for a day that breaks a promise the command that lives it again."""

import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from bench.days.halls import DDAY_EVERY
from bench.days.people import PEOPLE
from bench.days.promise import Broken
from bench.days.wild import live
from bench.figures import machine, write
from bench.spread import spread

CHUNK: Final = 25
"""Days handed to a core at a time."""
SHOWN: Final = 10


@dataclass(frozen=True)
class Violation:
    """A day that went wrong."""

    seed: int
    invariant: str
    how: str


@dataclass(frozen=True)
class Lived:
    """What came of some days."""

    days: int
    events: int
    tickets: int
    refused: int
    appointments: Counter[str]
    """By what came of them."""
    violations: list[Violation]


def bench_days(*, days: int, from_seed: int, jobs: int | None, json: Path | None) -> None:
    """Live the days, and print figures."""
    began = time.monotonic()
    seeds = range(from_seed, from_seed + days)
    chunks = [tuple(seeds[start : start + CHUNK]) for start in range(0, days, CHUNK)]
    done = list(spread(live_all, chunks, "days of 25", jobs))
    violations = [violation for lived in done for violation in lived.violations]
    took = time.monotonic() - began
    figures: dict[str, Any] = {
        "days": sum(lived.days for lived in done),
        "events": sum(lived.events for lived in done),
        "tickets": sum(lived.tickets for lived in done),
        "refused": sum(lived.refused for lived in done),
        "appointments": dict(sum((lived.appointments for lived in done), Counter[str]())),
        "violations": [
            {"seed": one.seed, "invariant": one.invariant, "how": one.how, "again": again(one.seed)}
            for one in violations
        ],
        "days_per_s": round(days / took, 1),
        "machine": machine(),
        "config": {"dday_every": DDAY_EVERY, "people_in_small_halls": PEOPLE},
        "seed": from_seed,
        "took_s": round(took, 1),
    }
    _print(figures, violations)
    write(figures, json)


def live_all(seeds: tuple[int, ...]) -> Lived:
    """The days of some seeds, one after another."""
    events = tickets = refused = 0
    appointments = Counter[str]()
    violations: list[Violation] = []
    for seed in seeds:
        try:
            day = live(seed)
        except Broken as broken:
            violations.append(Violation(seed, broken.invariant, str(broken)))
        except Exception:
            violations.append(Violation(seed, "no command fails", traceback.format_exc(limit=-3)))
        else:
            events += day.watch.events
            tickets += len(day.visitor_of)
            refused += day.refused
            appointments.update(kept.status for kept in day.account.kept.values())
    return Lived(len(seeds), events, tickets, refused, appointments, violations)


def again(seed: int) -> str:
    """The command that lives a day again."""
    return f"hallkeeper bench days --days 1 --from-seed {seed}"


def _print(figures: dict[str, Any], violations: list[Violation]) -> None:
    console = Console()
    console.print(
        f"{figures['days']} days: {figures['tickets']} people, {figures['events']} events, "
        f"{figures['refused']} refusals; {figures['days_per_s']} days/s"
    )
    came_of = ", ".join(f"{many} {status}" for status, many in sorted(figures["appointments"].items()))
    console.print(f"appointments: {came_of}", highlight=False)
    if not violations:
        console.print("every promise was kept after every event")
        return
    kinds = Counter(violation.invariant for violation in violations)
    console.print(f"days that broke a promise: {dict(kinds)}", style="red", markup=False)
    for violation in violations[:SHOWN]:
        console.print(f"{violation.how}\n  {again(violation.seed)}", markup=False)
