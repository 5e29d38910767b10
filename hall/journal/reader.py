"""The journal as those see it who only ask about the past: they never hold up the one who writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec

from hall.core.events import AnyEvent, decode
from hall.journal import schema
from hall.journal.errors import JournalBroken


def read(path: Path, day: date) -> Iterator[AnyEvent]:
    """The events of one day in the hall's zone, in order; raises `JournalBroken`."""
    with closing(_open(path)) as connection:
        try:
            rows = connection.execute(
                "SELECT body FROM events WHERE at >= ? AND at < ? ORDER BY seq",
                (day.isoformat(), (day + timedelta(days=1)).isoformat()),
            )
            for (body,) in rows:
                yield decode(body)
        except msgspec.MsgspecError as error:
            raise schema.broken(path, f"an event can't be read: {error}") from None
        except sqlite3.Error as error:
            raise schema.broken(path, error) from None


def last_day(path: Path) -> date | None:
    """The day of the newest event; None in an empty journal. Raises `JournalBroken`."""
    with closing(_open(path)) as connection:
        try:
            row = connection.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise schema.broken(path, error) from None
    return None if row is None else date.fromisoformat(row[0][:10])


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise JournalBroken(f"there is no journal {path}; start the hall once, or name its data folder")
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
