"""`hallkeeper bench NAME`: each benchmark is a command of its own, with `--json` and `--seed`."""

import os
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")]
Seed = Annotated[int, typer.Option(help="For everything drawn by chance.")]
Hall = Annotated[Path, typer.Option(help="The hall file to start from.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes at a time; all cores when left out.")]
EXAMPLE = Path("examples/dezhou.toml")

bench = typer.Typer(
    help="Measure, and print figures. It never fails on a slow machine: it says how slow.",
    no_args_is_help=True,
)


@bench.command()
def path(
    rounds: Annotated[int, typer.Option(min=1, help="How many tickets and calls.")] = 500,
    json: Json = None,
    seed: Seed = 1,
    hall: Hall = EXAMPLE,
) -> None:
    """From a touch to paper, board and loudspeaker."""
    from bench.path import bench_path

    bench_path(hall, rounds=rounds, seed=seed, json=json)


@bench.command()
def fuzz(
    size: Annotated[int, typer.Option("--bytes", min=1, help="Garbage for each codec.")] = 10_000_000,
    json: Json = None,
    seed: Seed = 1,
) -> None:
    """Every codec under garbage: exceptions, bytes held, good frames found again."""
    from bench.fuzz.report import bench_fuzz

    bench_fuzz(size=size, seed=seed, json=json)


@bench.command()
def devices(
    pickups: Annotated[int, typer.Option(min=0, help="Microphones, 48 kHz each.")] = 100,
    pads: Annotated[int, typer.Option(min=0, help="Rating and call pads together.")] = 60,
    printers: Annotated[int, typer.Option(min=0)] = 4,
    boards: Annotated[int, typer.Option(min=0)] = 4,
    seconds: Annotated[float, typer.Option(min=1, help="How long the processor is watched.")] = 20.0,
    rounds: Annotated[int, typer.Option(min=1, help="Cards laid, and plugs pulled of each kind.")] = 5,
    json: Json = None,
    seed: Seed = 1,
    hall: Hall = EXAMPLE,
) -> None:
    """A hall full of devices in one process: processor, memory, and how soon each is back."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core means one, and numpy reads it when it loads
    from bench.devices.report import bench_devices

    counts = {"pickups": pickups, "pads": pads, "printers": printers, "boards": boards}
    bench_devices(hall, counts=counts, seconds=seconds, rounds=rounds, seed=seed, json=json)


@bench.command()
def core(
    tickets: Annotated[int, typer.Option(min=10, help="Tickets of the stress day.")] = 8000,
    json: Json = None,
    seed: Seed = 1,
    hall: Hall = EXAMPLE,
) -> None:
    """The pure core on the stress day, and tickets on the disk by fifty kiosks over the bus."""
    from bench.core import bench_core

    bench_core(hall, tickets=tickets, seed=seed, json=json)


@bench.command()
def pages(
    pages: Annotated[int, typer.Option(min=1, help="Phones that follow their number.")] = 1000,
    seconds: Annotated[float, typer.Option(min=4, help="How long clerks call, real seconds.")] = 60,
    json: Json = None,
    seed: Seed = 1,
    hall: Hall = EXAMPLE,
) -> None:
    """A thousand open ticket pages: what they cost the console, and how soon they know of a call."""
    from bench.pages import bench_pages

    bench_pages(hall, pages=pages, seconds=seconds, seed=seed, json=json)


@bench.command()
def days(
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 10_000,
    from_seed: Annotated[int, typer.Option(help="The first day's seed; the others follow.")] = 1,
    json: Json = None,
    jobs: Jobs = None,
) -> None:
    """Simulated days of all kinds of halls, every promise checked after every event."""
    from bench.days.report import bench_days

    bench_days(days=days, from_seed=from_seed, jobs=jobs, json=json)


@bench.command()
def forecast(
    days: Annotated[int, typer.Option(min=1, help="Days of each scenario.")] = 200,
    history: Annotated[int, typer.Option(min=1, help="Working days before them to learn from.")] = 20,
    json: Json = None,
    seed: Seed = 1,
    jobs: Jobs = None,
    hall: Hall = EXAMPLE,
) -> None:
    """The forecast on each ticket against the wait that followed, ours and others'."""
    from bench.waits.forecast import bench_forecast

    bench_forecast(hall, days=days, history=history, seed=seed, jobs=jobs, json=json)


@bench.command()
def fairness(
    days: Annotated[int, typer.Option(min=1, help="Days under each policy.")] = 200,
    arrivals: Annotated[float, typer.Option(min=0.1, help="So many times the hall file's people.")] = 1.0,
    json: Json = None,
    seed: Seed = 1,
    jobs: Jobs = None,
    hall: Hall = EXAMPLE,
) -> None:
    """The same days under strict priority, first come first served, and ours."""
    from bench.waits.fairness import bench_fairness

    bench_fairness(hall, days=days, arrivals=arrivals, seed=seed, jobs=jobs, json=json)


@bench.command()
def crash(
    kills: Annotated[int, typer.Option(min=1, help="How often the controller is killed.")] = 1000,
    json: Json = None,
    seed: Seed = 1,
    hall: Hall = EXAMPLE,
) -> None:
    """The controller killed under load, and a disk that fails, fills or tears a write at every point."""
    from bench.crash import bench_crash

    bench_crash(hall, kills=kills, seed=seed, json=json)


@bench.command()
def kiosk(
    touches: Annotated[int, typer.Option(min=1, help="How many touches are timed.")] = 200,
    idle: Annotated[float, typer.Option(min=1, help="How long it stands idle, seconds.")] = 15.0,
    json: Json = None,
    seed: Seed = 1,
    hall: Hall = EXAMPLE,
) -> None:
    """The touch screen in software: touch to change, frames, processor, memory, start."""
    from bench.kiosk.report import bench_kiosk

    bench_kiosk(hall, touches=touches, idle_s=idle, seed=seed, json=json)
