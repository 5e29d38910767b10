"""A journal of version 1 (events without a chain, people in the events) becomes one of today."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from hall.core.events import Event, decode
from hall.journal import schema

log = logging.getLogger(__name__)

_FROM_1: Final = ("ALTER TABLE events RENAME TO events_1", "DROP INDEX events_at", "DROP INDEX events_days")


def migrate(connection: sqlite3.Connection, path: Path, append: Callable[[Iterable[Event]], None]) -> None:
    """Chain the events of version 1 by appending them anew, in one transaction; raises `JournalBroken`.

    Appending takes out of them what leads to a person, and erases it for all days that are over.
    """
    log.info("%s is of version 1: its events are being chained; this is done once", path)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in (*_FROM_1, *_statements(schema.TABLES)):
            connection.execute(statement)
        append(_events(connection, path))
        connection.execute("DROP TABLE events_1")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    # the old rows named people: their pages must not stay in the file
    connection.execute("VACUUM")


def _events(connection: sqlite3.Connection, path: Path) -> Iterator[Event]:
    rows = connection.execute("SELECT seq, body FROM events_1 ORDER BY seq")
    for expected, (seq, body) in enumerate(rows, start=1):
        if seq != expected:
            raise schema.broken(path, f"event {expected} is missing")
        try:
            yield decode(body)
        except msgspec.MsgspecError as error:
            raise schema.broken(path, f"event {seq} can't be read: {error}") from None


def _statements(script: str) -> list[str]:
    return [statement for statement in script.split(";") if statement.strip()]
