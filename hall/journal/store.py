"""The journal as its one writer has it: events and the replies to commands, in one transaction."""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from broker.inbox import SqliteInbox
from hall.core.booking_events import BookingsForgotten, ClientForgotten
from hall.core.events import AnyEvent, DayBegan, Event, PeopleForgotten, encode, type_of
from hall.core.evolve import evolve
from hall.core.state import State
from hall.journal import damage, migration, schema, snapshots, upcasting
from hall.journal.chain import COLUMNS, Row, line, link
from hall.journal.errors import JournalBroken, JournalUnavailable
from hall.journal.personal import People, given_back, without
from hall.journal.sealing import day_beginnings, seal_old_days, sealed_days, sealed_end
from hall.journal.snapshots import Snapshot

log = logging.getLogger(__name__)

CHECKPOINT_EVERY: Final = 10_000
"""Events, more than most halls have in a day: folding so many takes a quarter of a second."""
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
        self._people = People(connection)
        self._day_is_new = False
        """Whether a day began that has no snapshot yet."""
        self._scrub_due = False
        """Whether the disk may still hold something of a person that was erased."""
        self._since_snapshot = 0
        """Events since the last one."""
        self._forget_damaged = False
        """Whether the day is over until which damaged files are kept aside."""

    @classmethod
    def open(cls, path: Path, connection_class: type[sqlite3.Connection] = sqlite3.Connection) -> "Journal":
        """Open a journal, or begin one; raises `JournalBroken` for a file that must not be written to."""
        lock = _lock(path)
        connection: sqlite3.Connection | None = None
        try:
            damage.finish_mending(path)
            connection = _connect(path, connection_class)
            version = schema.version(connection, path)
            if version == 0:
                schema.create(connection)
            elif version == schema.VERSION and (found := damage.look_over(connection, path)) is not None:
                damage.mend(connection, path, found)
                connection = _connect(path, connection_class)
            journal = cls(path, connection, lock)
            if version == 1:
                migration.migrate(connection, path, journal.append)
            journal._begin()
            return journal
        except BaseException as error:
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
            os.close(lock)
            if isinstance(error, sqlite3.OperationalError):
                raise JournalBroken(
                    f"{path} can't be opened ({error}); check the folder's permissions and the disk"
                ) from None
            # a damaged file may hold names that are no text, which then stand in SQLite's message
            if isinstance(error, sqlite3.Error | UnicodeDecodeError):
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
            f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", self._chained(events)
        )

    def tend(self) -> None:
        """After what was written has been told: what a day's turn asks for, and erasing for good.

        What the disk does not take now is tried again the next time.
        """
        try:
            if self._day_is_new:
                self._turn_the_day()
                self._day_is_new = False
            if self._scrub_due:
                self._scrub()
        except (JournalUnavailable, sqlite3.Error) as error:
            log.warning("%s could not be tended (%s); it will be tried again", self.path, error)

    def probe(self) -> None:
        """Write and take back, to see whether the disk takes it; raises `JournalUnavailable`."""
        with self.transaction():
            self._connection.execute(
                f"INSERT INTO events ({COLUMNS}) VALUES (-1, 0, '', '', zeroblob(4096), '')"
            )
            self._connection.execute("DELETE FROM events WHERE seq = -1")

    def fold(self) -> State:
        """The state that all events lead to; raises `JournalBroken` at one that can't be read."""
        try:
            kept = self._snapshot()
            state, after = (State(), 0) if kept is None else (kept.state, kept.seq)
            self._people.recall(after, state)
        except sqlite3.Error as error:
            raise schema.broken(self.path, error) from None
        self._since_snapshot = 0
        for event in self.events(after):
            evolve(state, event)
            self._since_snapshot += 1
        return state

    def checkpoint(self, state: State, every: int = CHECKPOINT_EVERY) -> None:
        """Keep `state`, to which all events lead, when `every` so many have come since the last snapshot.

        It is tried again after as many when the disk does not take it.
        """
        if self._since_snapshot < every:
            return
        self._since_snapshot = 0
        try:
            with self.transaction():
                snapshots.keep_later(self._connection, Snapshot(*self._end(), state))
        except (JournalUnavailable, sqlite3.Error) as error:
            log.warning("%s: no snapshot of today could be kept (%s); a start takes longer", self.path, error)

    def events(self, after: int = 0) -> Iterator[AnyEvent]:
        """Every event behind the place `after`, in order; raises `JournalBroken` at one that can't be read.

        What leads to a person is with those events for which it is still kept.
        """
        try:
            known = self._people.known()
            for row in self._rows(after):
                yield given_back(upcasting.read(row.type, row.v, row.body), known.get(row.seq))
        except (msgspec.MsgspecError, ValueError) as error:
            raise schema.broken(self.path, f"an event can't be read: {error}") from None
        except sqlite3.Error as error:
            raise schema.broken(self.path, error) from None

    def since(self, moment: datetime, *kinds: type[Event]) -> list[AnyEvent]:
        """The events from `moment` on (in the hall's zone), all or of `kinds`; raises `JournalBroken`."""
        wanted = [str(kind.__struct_config__.tag) for kind in kinds]
        of_kinds = f" AND type IN ({', '.join('?' * len(wanted))})" if wanted else ""
        try:
            rows = self._connection.execute(
                f"SELECT type, v, body FROM events WHERE at >= ?{of_kinds} ORDER BY seq",
                (moment.isoformat(), *wanted),
            )
            return [upcasting.read(*row) for row in rows]
        except (msgspec.MsgspecError, sqlite3.Error) as error:
            raise schema.broken(self.path, error) from None

    def _begin(self) -> None:
        """What an earlier run may have left undone."""
        self._day_is_new = self._scrub_due = True
        self.tend()

    def _chained(self, events: Iterable[Event]) -> Iterator[Row]:
        """The rows of new events, each linked to the one before; what leads to a person goes beside them."""
        seq, before = self._end()
        for event in events:
            seq += 1
            bare, said = without(event)
            v, kind, at, body = upcasting.version_of(bare), type_of(bare), bare.at.isoformat(), encode(bare)
            before = link(before, line(v, kind, at, body))
            self._since_snapshot += 1
            yield Row(seq, v, kind, at, body, before)
            self._people.keep(seq, event, said)
            if self._people.forget(seq, event):
                self._scrub_due = self._scrub_due or not self._people.anybody()
            self._day_is_new = self._day_is_new or isinstance(event, DayBegan)
            if isinstance(event, DayBegan | PeopleForgotten):
                self._scrub_due = self._forget_damaged = True
            if isinstance(event, BookingsForgotten | ClientForgotten):
                self._scrub_due = True

    def _end(self) -> tuple[int, bytes]:
        """The place and the hash of the last event."""
        row = self._connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return sealed_end(self._connection) if row is None else (row[0], row[1])

    def _rows(self, after: int) -> Iterator[Row]:
        packed = (
            row
            for day in sealed_days(self._connection, "WHERE last > ?", after)
            for row in day.rows()
            if row.seq > after
        )
        loose = self._connection.execute(f"SELECT {COLUMNS} FROM events WHERE seq > ? ORDER BY seq", (after,))
        return chain(packed, map(Row._make, loose))

    def _snapshot(self) -> Snapshot | None:
        """The newest snapshot that lies on this journal's chain."""
        for kept in snapshots.newest_first(self._connection):
            row = self._connection.execute("SELECT hash FROM events WHERE seq = ?", (kept.seq,)).fetchone()
            if row is not None and row[0] == kept.hash:
                return kept
            log.warning("the snapshot at event %d is not of this journal; it is folded up again", kept.seq)
        return None

    def _turn_the_day(self) -> None:
        """Keep a snapshot of the day's beginning, and seal the days before the last."""
        try:
            self._keep_snapshot()
            with self.transaction():
                seal_old_days(self._connection)
        except (JournalUnavailable, sqlite3.Error):
            raise
        except Exception:
            log.exception(
                "%s goes on as it is: the day that is over could not be folded and sealed", self.path
            )

    def _keep_snapshot(self) -> None:
        """Fold up to the beginning of the newest day, from the last snapshot on, and keep what comes out."""
        days = day_beginnings(self._connection)
        if not days:
            return
        wanted, kept = days[-1][0], self._snapshot()
        if kept is not None and kept.seq >= wanted:
            return
        state, after = (State(), 0) if kept is None else (kept.state, kept.seq)
        chained = b""
        for row, event in zip(self._rows(after), self.events(after), strict=True):
            evolve(state, event)
            chained = row.hash
            if row.seq == wanted:
                break
        with self.transaction():
            snapshots.keep_beginning(self._connection, Snapshot(wanted, chained, state))

    def _scrub(self) -> None:
        """Leave nothing of what was erased in the log, nor in files kept aside.

        In the file itself `secure_delete` has overwritten it. A reader who is reading delays the log's end.
        """
        # the hall must not wait for a reader: the next time will do
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        self._scrub_due = bool(busy)
        if self._forget_damaged:
            damage.forget_damaged(self.path)
            self._forget_damaged = False


def _connect(path: Path, connection_class: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, factory=connection_class)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    # a transaction that has been told of must outlive a power cut
    connection.execute("PRAGMA synchronous = FULL")
    # what is erased is overwritten, not only unlinked (domain.md section 4: the shortest)
    connection.execute("PRAGMA secure_delete = ON")
    return connection


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
