"""`hallkeeper bookings`: appointments in and out as CSV, by the running controller's hatch."""

import asyncio
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from broker import hatch
from cli.arguments import EXAMPLE, DataPath, HallOption, fail, open_premises

app = typer.Typer(help="Appointments of a running hall, in and out as CSV.", no_args_is_help=True)

COLUMNS = ("service", "date", "time", "code", "id_number", "reference", "cancel")
"""Of the file to import: the first three, and what is there of the others."""
YES = frozenset(("1", "true", "yes", "是"))

FromDay = Annotated[
    str | None, typer.Option("--from", help="YYYY-MM-DD: from this day on; from today on without.")
]


class BadFile(ValueError):
    """The file can't be read; the message says which line and why, and never what stands in it."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV with a first line of {', '.join(COLUMNS)}.")],
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """Hand in bookings. Each row is taken or refused for itself; handed in again, nothing is doubled."""
    try:
        rows = list(read_rows(file))
    except BadFile as error:
        fail(str(error))
    if not rows:
        fail(f"{file} holds no booking; below the line with the columns it needs a line for each")
    refused = 0
    for first in range(0, len(rows), hatch.MOST_ROWS):
        part = rows[first : first + hatch.MOST_ROWS]
        for row in _asked(hall, data, hatch.Import(rows=part, by="import")).rows or []:
            if not row.ok:
                refused += 1
                # +1 for the line with the columns
                typer.echo(f"line {first + row.row + 1}: {row.text} ({row.reason})")
    typer.echo(f"{len(rows) - refused} of {len(rows)} bookings are in the hall's diary")
    if refused:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="The file to write; else to the screen.")] = None,
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
    day: FromDay = None,
) -> None:
    """All bookings and what came of them, by their codes; what is over is forgotten at midnight."""
    found = _asked(hall, data, hatch.Export(day=day)).bookings or []
    try:
        out = file.open("w", encoding="utf-8", newline="") if file else sys.stdout
        writer = csv.writer(out)
        writer.writerow(hatch.Booked.__struct_fields__)
        writer.writerows(msgspec.structs.astuple(booking) for booking in found)
        if file:
            out.close()
    except OSError as error:
        fail(f"{file} can't be written ({error.strerror}); name another")


@app.command("list")
def list_(hall: HallOption = EXAMPLE, data: DataPath = None, day: FromDay = None) -> None:
    """The bookings as a table, without their codes."""
    table = Table(box=None)
    for column in ("slot", "service", "status"):
        table.add_column(column)
    for booking in _asked(hall, data, hatch.Export(day=day)).bookings or []:
        table.add_row(f"{booking.slot[:10]} {booking.slot[11:16]}", booking.service, booking.status)
    Console().print(table)


def read_rows(file: Path) -> Iterator[hatch.Wanted]:
    """The rows of a CSV file; raises `BadFile`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            unknown = set(reader.fieldnames or ()) - set(COLUMNS)
            if unknown or not {"service", "date", "time"} <= set(reader.fieldnames or ()):
                raise BadFile(f"{file} needs a first line with the columns {', '.join(COLUMNS)}")
            for number, row in enumerate(reader, 2):
                yield _row(file, number, {key: value for key, value in row.items() if value})
    except OSError as error:
        raise BadFile(f"{file} can't be read ({error.strerror}); name another") from None
    except (UnicodeDecodeError, csv.Error):
        raise BadFile(f"{file} is no CSV in UTF-8; save it again as one") from None


def _row(file: Path, number: int, said: dict[str | None, str]) -> hatch.Wanted:
    values = {str(key): value for key, value in said.items()}
    try:
        return msgspec.convert({**values, "cancel": values.get("cancel", "") in YES}, hatch.Wanted)
    except msgspec.ValidationError as error:
        # it may quote a value, and that may be an ID number
        where = str(error).partition("`$.")[2].rstrip("`") or "columns"
        raise BadFile(f"{file}, line {number}: {where} is not written as it should be") from None


def _asked(hall: Path, data: Path | None, request: hatch.Request) -> hatch.Answer:
    premises = open_premises(hall, data, None, False)
    try:
        answer = asyncio.run(hatch.ask(premises.run, request))
    except hatch.HatchClosed as error:
        fail(str(error))
    if answer.error is not None:
        fail(answer.text or answer.error)
    return answer
