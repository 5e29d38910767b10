"""`hallkeeper bench NAME`."""

from pathlib import Path
from typing import Annotated

import typer


def bench(
    name: Annotated[str, typer.Argument(help="path: from a touch to paper, board and loudspeaker.")],
    json: Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")] = None,
    seed: Annotated[int, typer.Option(help="For everything drawn by chance.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="path: how many tickets and calls.")] = 500,
    hall: Annotated[Path, typer.Option(help="The hall file to start from.")] = Path("examples/dezhou.toml"),
) -> None:
    """Measure, and print figures. It never fails on a slow machine: it says how slow."""
    if name != "path":
        typer.echo(f"there is no benchmark {name!r}; there is: path", err=True)
        raise typer.Exit(2)
    from bench.path import bench_path

    bench_path(hall, rounds=rounds, seed=seed, json=json)
