"""Messages to people that are on their way: written down before anything is sent, and kept across restarts.

Nothing here says who anybody is: how to reach them stands in the hall's private file (hallfile.notes).
"""

import logging
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

log = logging.getLogger(__name__)

Kind = Literal["near", "done", "case"]
Fate = Literal["waiting", "sent", "dropped", "given_up"]

MOST_WAITING: Final = 5000
"""What comes while so many wait is not written down: a gateway has failed for long, and the log says so."""
KEPT: Final = 50_000
"""Messages that are over, kept so that none is sent again: more than the busiest city is told in the day for
which a case that is done is news (domain.md section 8: 8,000 cases)."""
TRIM_EVERY: Final = 200
"""So many more may be kept before they are counted: that takes longer than all else that is done to one."""

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS spool (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, gateway TEXT NOT NULL, ticket TEXT NOT NULL,
    number TEXT NOT NULL, text TEXT NOT NULL, ahead INTEGER, expires TEXT NOT NULL,
    fate TEXT NOT NULL, attempts INTEGER NOT NULL, next TEXT NOT NULL, why TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spool_waiting ON spool (next) WHERE fate = 'waiting';
CREATE INDEX IF NOT EXISTS spool_over ON spool (at) WHERE fate != 'waiting';
"""
_COLUMNS: Final = "id, at, kind, gateway, ticket, number, text, ahead, expires, fate, attempts, next, why"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one gateway. Times are the hall's."""

    id: str
    """Follows from what happened, so that the same is never written twice; a gateway may know it again."""
    at: datetime
    kind: Kind
    gateway: str
    ticket: str
    """Whose it is: their ticket; with a case, the note by which they are reached."""
    number: str
    """What they know it by: their number; with a case, the case's."""
    text: str
    ahead: int | None = None
    expires: datetime
    fate: Fate = "waiting"
    attempts: int = 0
    next: datetime
    """When it is tried, or tried again."""
    why: str = ""
    """Why it was not sent (yet)."""


class Spool:
    """The messages of one hall, in a file beside its journal. Raises `sqlite3.Error` where the disk does.

    A file that is damaged is put aside and a new one begun: reminders must not keep a hall from opening.
    """

    def __init__(self, path: Path) -> None:
        self._untrimmed = TRIM_EVERY
        """Messages that were settled since they were last counted; those of an earlier run are not known."""
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            aside = path.with_suffix(".damaged")
            log.error("%s is damaged (%s); it is put aside as %s and begun anew", path, error, aside.name)
            path.replace(aside)
            self._connection = _opened(path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def put(self, messages: Iterable[Message]) -> int:
        """Write messages down for good, and say for how many there was no room; those that are there already
        stay as they are."""
        wanted = list(messages)
        if not wanted:
            return 0
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            (waiting,) = self._connection.execute(
                "SELECT count(*) FROM spool WHERE fate = 'waiting'"
            ).fetchone()
            rows = [_row(message) for message in wanted if not self._has(message.id)]
            room = max(0, MOST_WAITING - waiting)
            self._connection.executemany(
                f"INSERT OR IGNORE INTO spool ({_COLUMNS}) VALUES ({', '.join('?' * 13)})", rows[:room]
            )
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        return len(rows[room:])

    def due(self, now: datetime, most: int) -> list[Message]:
        """What is to be tried now, the longest due first."""
        return self._where("fate = 'waiting' AND next <= ? ORDER BY next LIMIT ?", _text(now), most)

    def next_due(self) -> datetime | None:
        """When something is to be tried next; None while nothing waits."""
        (moment,) = self._connection.execute("SELECT min(next) FROM spool WHERE fate = 'waiting'").fetchone()
        return None if moment is None else datetime.fromisoformat(moment)

    def waiting(self) -> list[Message]:
        """All that is still to be sent."""
        return self._where("fate = 'waiting' ORDER BY at")

    def all(self) -> list[Message]:
        """Everything that is kept, in the order it was written for."""
        return self._where("1 ORDER BY at, id")

    def settle(self, message: Message, fate: Fate, why: str = "") -> None:
        """A message is over."""
        self._connection.execute(
            "UPDATE spool SET fate = ?, why = ?, attempts = ? WHERE id = ? AND fate = 'waiting'",
            (fate, why, message.attempts, message.id),
        )
        self._untrimmed += 1
        if self._untrimmed >= TRIM_EVERY:
            self._trim()

    def put_off(self, message: Message, until: datetime, why: str) -> None:
        """It is tried again later."""
        self._connection.execute(
            "UPDATE spool SET attempts = ?, next = ?, why = ? WHERE id = ? AND fate = 'waiting'",
            (message.attempts, _text(until), why, message.id),
        )

    def _trim(self) -> None:
        self._untrimmed = 0
        self._connection.execute(
            "DELETE FROM spool WHERE id IN"
            " (SELECT id FROM spool WHERE fate != 'waiting' ORDER BY at DESC LIMIT -1 OFFSET ?)",
            (KEPT,),
        )

    def _has(self, message_id: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM spool WHERE id = ?", (message_id,))
        return found.fetchone() is not None

    def _where(self, condition: str, *values: object) -> list[Message]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM spool WHERE {condition}", values)
        names = _COLUMNS.split(", ")
        return [msgspec.convert(dict(zip(names, row, strict=True)), Message) for row in rows]


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # a message that has been called written must outlive a power cut
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection


def _row(message: Message) -> tuple[object, ...]:
    plain = msgspec.structs.asdict(message)
    return tuple(_text(value) if isinstance(value, datetime) else value for value in plain.values())


def _text(moment: datetime) -> str:
    """All of a hall in one zone, so that as text they stand in the order of time."""
    return moment.isoformat(timespec="milliseconds")
