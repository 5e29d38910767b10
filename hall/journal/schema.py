"""The tables of a journal, and how a file is known to be one."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from hall.journal import personal, sealing, snapshots
from hall.journal.errors import JournalBroken

APPLICATION_ID: Final = 0x48414C4C
"""`HALL` in ASCII: a mark in the file's head (sqlite.org/pragma.html#pragma_application_id)."""

VERSION: Final = 2
"""Of the tables, not of the events: those carry their own. Version 1 had no chain."""

TABLES: Final = f"""
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    v INTEGER NOT NULL,
    type TEXT NOT NULL,
    at TEXT NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_days ON events (seq) WHERE type = 'day_began';
{sealing.TABLE}{snapshots.TABLE}{personal.TABLE}
CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, at TEXT NOT NULL, reply BLOB NOT NULL) WITHOUT ROWID;
"""


def version(connection: sqlite3.Connection, path: Path) -> int:
    """Which journal the file is, 0 for an empty one; raises `JournalBroken` for what is none of ours."""
    if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
        return 0
    if _number(connection, "application_id") != APPLICATION_ID:
        raise JournalBroken(f"{path} is a database of something else; name another data folder")
    found = _number(connection, "user_version")
    if not 1 <= found <= VERSION:
        raise JournalBroken(
            f"{path} is a journal of version {found}, this program reads version {VERSION};"
            " start the program that wrote it, or update this one"
        )
    return found


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty file, all or none."""
    connection.executescript(f"BEGIN; {TABLES} {MARKS} COMMIT;")


MARKS: Final = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
"""What says whose file it is, and of which version."""


def is_as_made(connection: sqlite3.Connection) -> bool:
    """Whether the tables are those of `create`: one damaged letter could hide rows from every other check."""
    return _tables(connection) == _made()


@cache
def _made() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection)
        return _tables(connection)


def _tables(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    return list(connection.execute(query))


def broken(path: Path, what: object) -> JournalBroken:
    """The sentence for a damaged file."""
    return JournalBroken(
        f"{path} is damaged ({what}); put back the last good backup (hallkeeper journal verify says whether"
        " one is good), or move it aside to begin an empty journal"
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)
