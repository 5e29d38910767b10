"""The journal as those see it who only ask about the past: they never hold up the one who writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hall.core.events import AnyEvent
from hall.journal import schema, upcasting
from hall.journal.chain import COLUMNS, Row
from hall.journal.errors import JournalBroken
from hall.journal.sealing import day_beginnings, sealed_days

_END: Final = 2**62
"""Behind every place there is."""


def read(path: Path, day: date) -> Iterator[AnyEvent]:
    """The events of one day of numbers, from its beginning to the next one's; raises `JournalBroken`.

    They lead to nobody: what does stands beside them, and only the controller reads it.
    """
    with closing(open_to_read(path)) as connection:
        try:
            for row in rows_of(connection, day):
                yield upcasting.read(row.type, row.v, row.body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise schema.broken(path, f"an event can't be read: {error}") from None
        except sqlite3.Error as error:
            raise schema.broken(path, error) from None


def last_day(path: Path) -> date | None:
    """The newest day of numbers; None in an empty journal. Raises `JournalBroken`."""
    with closing(open_to_read(path)) as connection:
        try:
            days = day_beginnings(connection)
        except (msgspec.MsgspecError, sqlite3.Error) as error:
            raise schema.broken(path, error) from None
    return date.fromisoformat(days[-1][1]) if days else None


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that can change nothing, seeing one moment throughout; raises `JournalBroken`."""
    if not path.is_file():
        raise JournalBroken(f"there is no journal {path}; start the hall once, or name its data folder")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        version = schema.version(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise schema.broken(path, error) from None
    except JournalBroken:
        connection.close()
        raise
    if version == schema.VERSION:
        return connection
    connection.close()
    raise JournalBroken(
        f"{path} is of version {version}; the controller brings it up to date: start the hall once"
    )


def rows_of(connection: sqlite3.Connection, day: date | None) -> Iterator[Row]:
    """The rows of a day, or of all days."""
    first, last = (1, _END) if day is None else _span(connection, day)
    loose = f"SELECT {COLUMNS} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
    for sealed in sealed_days(connection, "WHERE first >= ? AND last <= ?", first, last):
        yield from sealed.rows()
    yield from map(Row._make, connection.execute(loose, (first, last)))


def _span(connection: sqlite3.Connection, day: date) -> tuple[int, int]:
    """The places of a day's first and last event; of nothing when the journal has no such day."""
    packed = connection.execute("SELECT first, last FROM sealed WHERE day = ?", (day.isoformat(),)).fetchone()
    if packed is not None:
        return packed[0], packed[1]
    days = day_beginnings(connection)
    for (first, name), (after, _) in zip(days, [*days[1:], (_END, "")], strict=True):
        if name == day.isoformat():
            return first, after - 1
    return 1, 0
