"""Looking a journal over, and what is done about what is found.

An end that was not written whole is cut off, and the file it was found in is kept aside. A journal that is
damaged further in is not worked with: what stands after the damage would hang in the air.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

from hall.journal import schema
from hall.journal.chain import BEGINNING, COLUMNS, Fault, Row, walk
from hall.journal.sealing import Sealed, sealed_days

log = logging.getLogger(__name__)

MENDED: Final = "mended"
DAMAGED: Final = "damaged"
"""Suffixes of the file that takes a damaged one's place, and of the damaged one."""


class Finding(NamedTuple):
    """What is wrong with a journal that can still be worked with, once it is mended."""

    last: int
    """The last event that can be trusted."""
    what: str


def look_over(connection: sqlite3.Connection, path: Path) -> Finding | None:
    """Check every page and the whole chain; None when all is well. Raises `JournalBroken` beyond mending."""
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if not schema.is_as_made(connection):
        raise schema.broken(path, "its tables are not as they were made")
    try:
        last, before = _sealed(connection, path)
    except (sqlite3.DatabaseError, ValueError) as error:
        raise schema.broken(path, f"a sealed day can't be read: {error}") from None
    rows = _Readable(connection, last)
    found = walk(rows, last, before)
    if found.fault is not None and not found.fault.torn:
        raise schema.broken(path, f"event {found.fault.seq} is not what was written, and others follow it")
    if rows.end < _newest(connection):
        raise schema.broken(path, f"event {rows.end + 1} can't be read, and others follow it: {verdict}")
    if found.fault is None and verdict == "ok":
        return None
    return Finding(found.last, _described(found.fault, found.last, verdict))


def mend(connection: sqlite3.Connection, path: Path, finding: Finding) -> None:
    """Put a file with all that can be trusted in the place of this one, which is kept aside; closes it."""
    aside = _free(path)
    fresh = _beside(path, MENDED)
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = FULL")
        copy(connection, target, finding.last)
        target.execute("BEGIN IMMEDIATE")
        for table in ("personal", "inbox"):
            _copy_readable(connection, target, table)
        target.execute("DELETE FROM personal WHERE seq > ?", (finding.last,))
        target.execute("COMMIT")
    with suppress(sqlite3.Error):
        connection.close()
    _move(path, aside)
    finish_mending(path)
    log.error(
        "%s was damaged at its end: %s; the hall goes on after event %d, and the damaged file is kept as %s"
        " until the day is over",
        path, finding.what, finding.last, aside,
    )  # fmt: skip


def finish_mending(path: Path) -> None:
    """Bring a mended file to its place, also where the program ended in the middle of it."""
    fresh = _beside(path, MENDED)
    if not fresh.exists():
        return
    if path.exists():
        fresh.unlink()
        return
    _move(path, _free(path))
    fresh.replace(path)
    _sync(path.parent)


def forget_damaged(path: Path) -> None:
    """Remove files kept aside: what they hold of people can't be taken out of them alone."""
    for file in path.parent.glob(f"{path.stem}.{DAMAGED}-*"):
        file.unlink(missing_ok=True)


def copy(source: sqlite3.Connection, target: sqlite3.Connection, last: int | None = None) -> None:
    """Write the chain, up to the event `last`, and nothing else into an empty file."""
    schema.create(target)
    target.execute("BEGIN IMMEDIATE")
    target.executemany("INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?, ?)", sealed_days(source))
    bound = 2**62 if last is None else last
    rows = source.execute(f"SELECT {COLUMNS} FROM events WHERE seq <= ? ORDER BY seq", (bound,))
    target.executemany(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    target.execute("COMMIT")


def _sealed(connection: sqlite3.Connection, path: Path) -> tuple[int, bytes]:
    """Check the sealed days; the place and the hash of the last event in them."""
    last, before = 0, BEGINNING
    day: Sealed
    for day in sealed_days(connection):
        if day.first != last + 1 or day.before != before or not day.holds:
            raise schema.broken(
                path, f"the sealed day {day.day} from event {last + 1} on is not what was sealed"
            )
        last, before = day.last, day.after
    return last, before


class _Readable:
    """The rows that can be read behind the place `end`, which moves along, until one can't."""

    def __init__(self, connection: sqlite3.Connection, end: int) -> None:
        self.end = end
        self._connection = connection

    def __iter__(self) -> Iterator[Row]:
        query = f"SELECT {COLUMNS} FROM events WHERE seq > ? ORDER BY seq"
        with suppress(sqlite3.DatabaseError):
            for row in map(Row._make, self._connection.execute(query, (self.end,))):
                self.end = row.seq
                yield row


def _newest(connection: sqlite3.Connection) -> int:
    """The place of the newest event that can be read when they are read from the end."""
    with suppress(sqlite3.DatabaseError):
        (newest,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        return int(newest)
    return 0


def _copy_readable(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    with suppress(sqlite3.DatabaseError):
        for row in source.execute(f"SELECT * FROM {table}"):
            marks = ", ".join("?" * len(row))
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)


def _described(fault: Fault | None, last: int, verdict: str) -> str:
    if fault is None:
        return f"no event is missing up to {last}, but the file is damaged ({verdict})"
    return f"event {fault.seq} was not written whole"


def _beside(path: Path, what: str) -> Path:
    return path.with_suffix(f".{what}{path.suffix}")


def _free(path: Path) -> Path:
    """A name for a damaged file that no other has."""
    number = 1
    while (aside := path.with_suffix(f".{DAMAGED}-{number}{path.suffix}")).exists():
        number += 1
    return aside


def _move(path: Path, aside: Path) -> None:
    """Move a database with its log; what is not there needs no moving."""
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{suffix}", f"{aside}{suffix}")
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
