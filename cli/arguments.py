"""What most commands take, and what they say when they can't go on."""

import dataclasses
import re
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hallfile.load import BadHallFile
from hallfile.premises import Premises

HallPath = Annotated[Path, typer.Argument(help="The hall file, also as --hall FILE.", show_default=True)]
"""Of a `HallCommand` (cli.groups), which takes it either way."""
HallOption = Annotated[Path, typer.Option("--hall", help="The hall file.", show_default=True)]
"""Of a command that takes other arguments."""
DataPath = Annotated[
    Path | None, typer.Option("--data", help="The hall's data folder; var/<hall> where none is given.")
]
ClockSpec = Annotated[str | None, typer.Option("--clock", help="Given by `up`: real, or a simulated time.")]
Simulate = Annotated[bool, typer.Option("--simulate", help="Simulators stand in for devices marked so.")]
EXAMPLE = Path("examples/dezhou.toml")


def fail(sentence: str) -> NoReturn:
    """End the program with a sentence that says why and what to do."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


def time_of_day(text: str | None) -> str | None:
    """The value of an option that is a time of day, or the end of the program."""
    if text is None or re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", text):
        return text
    fail(f"{text!r} is no time of day; write HH:MM, such as 08:30")


def open_premises(hall: Path, data: Path | None, clock: str | None, simulate: bool) -> Premises:
    """The premises of a hall file, or the end of the program."""
    try:
        return Premises.open(hall, data, clock, simulate)
    except (BadHallFile, ValueError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"the data folder can't be used: {error}; name another with --data")


def running_premises(hall: Path, data: Path | None) -> Premises:
    """A hall that runs, with the clock it runs by."""
    from cli.simclock import running_clock

    premises = open_premises(hall, data, None, True)
    return dataclasses.replace(premises, clock=running_clock(premises.data, premises.clock))
