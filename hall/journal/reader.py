"""The journal as those see it who only ask about the past: they never hold up the one who writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hall.core.events import AnyEvent, DayBegan, decode
from hall.journal import schema
from hall.journal.errors import JournalBroken

_END: Final = 2**62
"""Behind every place there is."""


def read(path: Path, day: date) -> Iterator[AnyEvent]:
    """The events of one day of numbers, from its beginning to the next one's; raises `JournalBroken`."""
    with closing(_open(path)) as connection:
        try:
            first, last = _span(connection, day)
            rows = connection.execute(
                "SELECT body FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
            )
            for (body,) in rows:
                yield decode(body)
        except msgspec.MsgspecError as error:
            raise schema.broken(path, f"an event can't be read: {error}") from None
        except sqlite3.Error as error:
            raise schema.broken(path, error) from None


def last_day(path: Path) -> date | None:
    """The newest day of numbers; None in an empty journal. Raises `JournalBroken`."""
    with closing(_open(path)) as connection:
        try:
            days = _days(connection)
        except sqlite3.Error as error:
            raise schema.broken(path, error) from None
    return date.fromisoformat(days[-1][1]) if days else None


def _days(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Where each day begins: the place of the event that says so, and the day."""
    rows = connection.execute("SELECT seq, body FROM events WHERE type = 'day_began' ORDER BY seq")
    return [(seq, event.day) for seq, body in rows if isinstance(event := decode(body), DayBegan)]


def _span(connection: sqlite3.Connection, day: date) -> tuple[int, int]:
    """The places of a day's first and last event; of nothing when the journal has no such day."""
    days = _days(connection)
    for (first, name), (after, _) in zip(days, [*days[1:], (_END, "")], strict=True):
        if name == day.isoformat():
            return first, after - 1
    return 1, 0


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise JournalBroken(f"there is no journal {path}; start the hall once, or name its data folder")
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
