"""`hallkeeper bench NAME`: each benchmark is a command of its own, with `--json` and `--seed`."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")]
Seed = Annotated[int, typer.Option(help="For everything drawn by chance.")]
Hall = Annotated[Path, typer.Option(help="The hall file to start from.")]
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
