"""The journal as its one writer has it: events and the replies to commands, in one transaction."""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from broker.inbox import SqliteInbox
from hall.core.events import AnyEvent, Event, decode, encode, type_of
from hall.journal import schema
from hall.journal.errors import JournalBroken, JournalUnavailable

BUSY_MS: Final = 2000
"""A reader's lock is waited for so long; in WAL mode there is none but at a checkpoint."""


class Journal:
    """An open journal. What a transaction has written is on the disk when it ends, or was never written."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: int) -> None:
        self.path = path
        self.inbox = SqliteInbox(connection)
        """Replies to commands, written with the events they led to."""
        self._connection = connection
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> "Journal":
        """Open a journal, or begin one; raises `JournalBroken` for a file that must not be written to."""
        lock = _lock(path)
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            connection.execute("PRAGMA journal_mode = WAL")
            # a transaction that has been told of must outlive a power cut
            connection.execute("PRAGMA synchronous = FULL")
            schema.prepare(connection, path)
            schema.check(connection, path)
            return cls(path, connection, lock)
        except BaseException as error:
            if connection is not None:
                connection.close()
            os.close(lock)
            if isinstance(error, sqlite3.OperationalError):
                raise JournalBroken(
                    f"{path} can't be opened ({error}); check the folder's permissions and the disk"
                ) from None
            if isinstance(error, sqlite3.Error):
                raise schema.broken(path, error) from None
            raise

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._connection.close()
        os.close(self._lock)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside is durable at its end, or gone; raises `JournalUnavailable`."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise JournalUnavailable(f"{self.path} can't be written ({error})") from error
            raise

    def append(self, events: Iterable[Event]) -> None:
        """Write events after all others; inside a transaction."""
        self._connection.executemany(
            "INSERT INTO events (at, type, body) VALUES (?, ?, ?)",
            [(event.at.isoformat(), type_of(event), encode(event)) for event in events],
        )

    def probe(self) -> None:
        """Write and take back, to see whether the disk takes it; raises `JournalUnavailable`."""
        with self.transaction():
            self._connection.execute("INSERT INTO events (seq, at, type, body) VALUES (-1, '', '', '')")
            self._connection.execute("DELETE FROM events WHERE seq = -1")

    def events(self) -> Iterator[AnyEvent]:
        """Every event in order; raises `JournalBroken` at one that is missing or can't be read."""
        try:
            rows = self._connection.execute("SELECT seq, body FROM events ORDER BY seq")
            for expected, (seq, body) in enumerate(rows, start=1):
                if seq != expected:
                    raise schema.broken(self.path, f"event {expected} is missing")
                yield decode(body)
        except msgspec.MsgspecError as error:
            raise schema.broken(self.path, f"an event can't be read: {error}") from None
        except sqlite3.Error as error:
            raise schema.broken(self.path, error) from None

    def since(self, moment: datetime) -> list[AnyEvent]:
        """The events from `moment` on (in the hall's zone), in order; raises `JournalBroken`."""
        try:
            rows = self._connection.execute(
                "SELECT body FROM events WHERE at >= ? ORDER BY seq", (moment.isoformat(),)
            )
            return [decode(body) for (body,) in rows]
        except sqlite3.Error as error:
            raise schema.broken(self.path, error) from None


def _lock(path: Path) -> int:
    """Two controllers must never write one journal: the kernel holds this lock until the first has ended."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise JournalBroken(
            f"{path.parent} can't be written to ({error.strerror}); check its permissions and the disk"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise JournalBroken(f"another controller is working on {path}; end that one first") from None
    return lock
