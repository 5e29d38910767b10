"""What can be said of a journal from outside, also while the controller writes: checked, shown, copied."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from hall.core.events import AnyEvent
from hall.journal import damage, schema, upcasting
from hall.journal.chain import Row
from hall.journal.errors import JournalBroken, JournalUnavailable
from hall.journal.reader import open_to_read, rows_of


class Verdict(NamedTuple):
    """A journal whose every event is what was written."""

    events: int
    days: int
    """Days that are sealed."""
    hash: str
    """Of the last event: two journals with the same one say the same."""


class Told(NamedTuple):
    """An event with its place and its hash. It leads to nobody: what does is not in the chain."""

    seq: int
    hash: str
    event: AnyEvent


def verify(path: Path) -> Verdict:
    """Check every page, every link of the chain, and that every event can be read; raises `JournalBroken`."""
    with closing(open_to_read(path)) as connection:
        found = damage.look_over(connection, path)
        if found is not None:
            raise JournalBroken(
                f"{path}: {found.what}; when the controller starts, it goes on after event {found.last}"
                " and keeps the damaged file aside"
            )
        last, chained = 0, b""
        for row in _readable(connection, path, None):
            last, chained = row.seq, row.hash
        days = connection.execute("SELECT count(*) FROM sealed").fetchone()[0]
    return Verdict(last, days, chained.hex())


def tell(path: Path, day: date | None = None) -> Iterator[Told]:
    """The events of a day, or of all days; raises `JournalBroken`."""
    with closing(open_to_read(path)) as connection:
        for row in _readable(connection, path, day):
            yield Told(row.seq, row.hash.hex(), upcasting.read(row.type, row.v, row.body))


def back_up(path: Path, target: Path) -> Verdict:
    """Copy the chain as it is at one moment, while the controller goes on, and check the copy.

    SQLite's own backup would copy pages, and with them what leads to people: this copies what stays. A hall
    that goes on from it today no longer knows who waits. Raises `JournalBroken`, and `JournalUnavailable`
    when the copy can't be written; a file that is already there is left alone.
    """
    if target.exists():
        raise JournalUnavailable(f"{target} is already there; name another file")
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.unlink(missing_ok=True)
        with closing(open_to_read(path)) as source, closing(sqlite3.connect(draft)) as copy:
            copy.isolation_level = None
            copy.execute("PRAGMA synchronous = FULL")
            damage.copy(source, copy)
        verdict = verify(draft)
        draft.replace(target)
    except (OSError, sqlite3.OperationalError) as error:
        raise JournalUnavailable(
            f"{target} can't be written ({error}); is there room, and may you?"
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    return verdict


def _readable(connection: sqlite3.Connection, path: Path, day: date | None) -> Iterator[Row]:
    """The rows of a day or of all, each one such that its event can be read."""
    try:
        for row in rows_of(connection, day):
            upcasting.read(row.type, row.v, row.body)
            yield row
    except (msgspec.MsgspecError, ValueError) as error:
        raise schema.broken(path, f"an event can't be read: {error}") from None
    except sqlite3.Error as error:
        raise schema.broken(path, error) from None
