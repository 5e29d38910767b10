"""Days that are over are sealed: packed into one row with one digest, so that a year is checked in a moment.

A sealed day says the same as its rows did, in a tenth of the room; they can be taken out again at any time.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Final, NamedTuple

from hall.core.events import DayBegan
from hall.journal import upcasting
from hall.journal.chain import BEGINNING, COLUMNS, Row, link

TABLE: Final = """
CREATE TABLE sealed (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    day TEXT NOT NULL,
    before BLOB NOT NULL,
    after BLOB NOT NULL,
    pack BLOB NOT NULL,
    digest BLOB NOT NULL
);
"""

ROWS_KEPT_DAYS: Final = 2
"""The newest days stay as they are: they are asked for, and an end that is torn must be theirs."""


class Sealed(NamedTuple):
    """A day that is over."""

    first: int
    """The place of its first event."""
    last: int
    day: str
    """YYYY-MM-DD; empty for events before the first day."""
    before: bytes
    """The hash before its first event."""
    after: bytes
    """The hash of its last."""
    pack: bytes
    digest: bytes

    @property
    def holds(self) -> bool:
        """Whether nothing in it has changed since it was sealed."""
        return self.digest == _digest(self.first, self.last, self.day, self.before, self.after, self.pack)

    def rows(self) -> Iterator[Row]:
        """Its events; raises `ValueError` when what is packed is not what was sealed."""
        try:
            lines = zlib.decompress(self.pack).split(b"\n")
        except zlib.error as error:
            raise ValueError(str(error)) from None
        before = self.before
        for seq, words in enumerate(lines, start=self.first):
            v, kind, at, body = words.split(b" ", 3)
            before = link(before, words)
            yield Row(seq, int(v), kind.decode(), at.decode(), body, before)
        if len(lines) != self.last - self.first + 1 or before != self.after:
            raise ValueError("its chain does not lead to the next day")


def seal(day: str, before: bytes, rows: list[Row]) -> Sealed:
    """The rows of a day as one."""
    first, last, after = rows[0].seq, rows[-1].seq, rows[-1].hash
    pack = zlib.compress(b"\n".join(row.line for row in rows))
    return Sealed(first, last, day, before, after, pack, _digest(first, last, day, before, after, pack))


def sealed_days(connection: sqlite3.Connection, where: str = "", *values: object) -> Iterator[Sealed]:
    """The sealed days in order."""
    columns = ", ".join(Sealed._fields)
    return map(
        Sealed._make, connection.execute(f"SELECT {columns} FROM sealed {where} ORDER BY first", values)
    )


def sealed_end(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """The place and the hash of the last sealed event."""
    row = connection.execute("SELECT last, after FROM sealed ORDER BY first DESC LIMIT 1").fetchone()
    return (0, BEGINNING) if row is None else (row[0], row[1])


def day_beginnings(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Where each day that is not sealed begins: the place of the event that says so, and the day."""
    rows = connection.execute("SELECT seq, v, body FROM events WHERE type = 'day_began' ORDER BY seq")
    read = ((seq, upcasting.read("day_began", v, body)) for seq, v, body in rows)
    return [(seq, event.day) for seq, event in read if isinstance(event, DayBegan)]


def seal_old_days(connection: sqlite3.Connection) -> None:
    """Seal all but the newest days; inside a transaction."""
    begins = day_beginnings(connection)
    last, before = sealed_end(connection)
    days = [(last + 1, ""), *begins] if not begins or begins[0][0] > last + 1 else begins
    for (first, day), (after, _) in pairwise(days[: 1 - ROWS_KEPT_DAYS]):
        query = f"SELECT {COLUMNS} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
        rows = [Row._make(row) for row in connection.execute(query, (first, after - 1))]
        sealed = seal(day, before, rows)
        # what is taken away must be there: packed, unpacked, and followed to its last hash
        if list(sealed.rows()) != rows:
            raise ValueError(f"the day {day} can't be sealed: its rows do not come out as they went in")
        connection.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?, ?)", sealed)
        connection.execute("DELETE FROM events WHERE seq BETWEEN ? AND ?", (first, after - 1))
        before = sealed.after


def _digest(*parts: object) -> bytes:
    digest = sha256()
    for part in parts:
        words = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(words))
        digest.update(words)
    return digest.digest()
