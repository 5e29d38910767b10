"""`hallkeeper journal`: is it whole, what does it say, and a copy of it, also while the hall runs."""

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from cli.arguments import EXAMPLE, DataPath, HallOption, HallPath, fail, open_premises
from cli.groups import HallCommand

app = typer.Typer(help="The journal: is it whole, what does it say, and a copy of it.", no_args_is_help=True)

DayOption = Annotated[str | None, typer.Option("--day", help="YYYY-MM-DD: of this day only.")]
BackUpTo = Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")]

HEADING = {"v", "at", "by", "type"}


@app.command(cls=HallCommand)
def verify(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    file: Annotated[Path | None, typer.Option(help="Another journal than the hall's, as a backup.")] = None,
) -> None:
    """Check every page and the chain from the first event to the last."""
    from hall.journal import JournalBroken
    from hall.journal.account import verify as check

    path = file or _path(hall, data)
    try:
        found = check(path)
    except JournalBroken as error:
        fail(str(error))
    typer.echo(f"{path}: {found.events} events are what was written, {found.days} days of them sealed")
    typer.echo(f"the last one's hash is {found.hash}")


@app.command(cls=HallCommand)
def show(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    day: DayOption = None,
    kind: Annotated[str | None, typer.Option("--type", help="Only events of this type.")] = None,
    last: Annotated[int, typer.Option(min=1, help="How many, from the end.")] = 40,
) -> None:
    """What happened last, as a table. It leads to nobody: what does is not in the chain."""
    from collections import deque

    from hall.core.events import type_of
    from hall.journal import JournalBroken
    from hall.journal.account import tell

    table = Table(box=None)
    for column in ("event", "time", "what", "by", ""):
        table.add_column(column, justify="right" if column == "event" else "left")
    try:
        told = (one for one in tell(_path(hall, data), _day(day)) if kind in (None, type_of(one.event)))
        for one in deque(told, maxlen=last):
            said = msgspec.to_builtins(one.event)
            rest = ", ".join(f"{key} {value}" for key, value in said.items() if key not in HEADING)
            moment = f"{one.event.at:%Y-%m-%d %H:%M:%S}"
            table.add_row(str(one.seq), moment, type_of(one.event), one.event.by, rest)
    except JournalBroken as error:
        fail(str(error))
    Console().print(table)


@app.command(cls=HallCommand)
def export(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    day: DayOption = None,
    out: Annotated[Path | None, typer.Option(help="Write here instead of to the terminal.")] = None,
) -> None:
    """Every event as a line of JSON, with its place and its hash. It leads to nobody."""
    from hall.journal import JournalBroken
    from hall.journal.account import tell

    lines = (
        msgspec.json.encode({"seq": one.seq, "hash": one.hash, "event": one.event}) + b"\n"
        for one in tell(_path(hall, data), _day(day))
    )
    try:
        if out is None:
            for line in lines:
                typer.echo(line, nl=False)
        else:
            with out.open("wb") as file:
                file.writelines(lines)
    except JournalBroken as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out or 'the output'} can't be written: {error.strerror}")


@app.command()
def backup(target: BackUpTo, hall: HallOption = EXAMPLE, data: DataPath = None) -> None:
    """Copy the journal while the hall runs, without what leads to people, and check the copy."""
    from hall.journal import JournalBroken, JournalUnavailable
    from hall.journal.account import back_up

    try:
        copied = back_up(_path(hall, data), target)
    except (JournalBroken, JournalUnavailable) as error:
        fail(str(error))
    typer.echo(f"{target}: {copied.events} events, checked; the last one's hash is {copied.hash}")


def _path(hall: Path, data: Path | None) -> Path:
    from hall.journal import journal_path

    return journal_path(open_premises(hall, data, None, False).data)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        fail(f"--day {text!r} is no date; write YYYY-MM-DD")
