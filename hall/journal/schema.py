"""The tables of a journal, and how a file is known to be one."""

import sqlite3
from pathlib import Path
from typing import Final

from hall.journal.errors import JournalBroken

APPLICATION_ID: Final = 0x48414C4C
"""`HALL` in ASCII: a mark in the file's head (sqlite.org/pragma.html#pragma_application_id)."""

VERSION: Final = 1
"""Of the tables, not of the events: those carry their own."""

_TABLES: Final = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_days ON events (seq) WHERE type = 'day_began';
"""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in an empty file, or check that they are ours; raises `JournalBroken`."""
    application = _number(connection, "application_id")
    version = _number(connection, "user_version")
    if not _has_tables(connection):
        connection.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {VERSION}; COMMIT;"
        )
    elif application != APPLICATION_ID:
        raise JournalBroken(f"{path} is a database of something else; name another data folder")
    elif version != VERSION:
        raise JournalBroken(
            f"{path} is a journal of version {version}, this program reads version {VERSION};"
            " start the program that wrote it, or update this one"
        )


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Look for damage in the whole file; raises `JournalBroken`."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise broken(path, verdict)


def broken(path: Path, what: object) -> JournalBroken:
    """The sentence for a damaged file."""
    return JournalBroken(
        f"{path} is damaged ({what}); put back the last good copy, or move it aside to begin an empty one"
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
