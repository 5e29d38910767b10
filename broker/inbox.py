"""What was already done, by message id: a command asked twice is done once and answered the same.

The table stands in the database of whoever acts, so that remembering and acting are one transaction.
"""

import sqlite3
from datetime import timedelta
from typing import Final, Protocol

import msgspec

from broker.messages.envelope import Reply

KEPT_FOR: Final = timedelta(days=1)
"""Nobody asks again after a day, hall time."""
SWEPT_EVERY: Final = 256
"""Answers remembered between two sweeps."""


class Inbox(Protocol):
    """Where replies are remembered."""

    def reply_to(self, message_id: str) -> Reply | None:
        """What was answered to `message_id`; None when it was never taken."""
        ...

    def remember(self, message_id: str, reply: Reply) -> None:
        """Keep the answer; part of the caller's transaction."""
        ...


class MemoryInbox:
    """An inbox for what may be done again after a restart (showing a text, opening a window)."""

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._replies: dict[str, Reply] = {}

    def reply_to(self, message_id: str) -> Reply | None:
        return self._replies.get(message_id)

    def remember(self, message_id: str, reply: Reply) -> None:
        self._replies[message_id] = reply
        if len(self._replies) > self._limit:
            del self._replies[next(iter(self._replies))]


class SqliteInbox:
    """An inbox in an open database; `connection` decides when its transaction ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._until_sweep = 0
        connection.execute(
            "CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, at TEXT NOT NULL, reply BLOB NOT NULL)"
            " WITHOUT ROWID"
        )

    def reply_to(self, message_id: str) -> Reply | None:
        row = self._connection.execute("SELECT reply FROM inbox WHERE id = ?", (message_id,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Reply)

    def remember(self, message_id: str, reply: Reply) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO inbox (id, at, reply) VALUES (?, ?, ?)",
            (message_id, reply.at.isoformat(), msgspec.json.encode(reply)),
        )
        self._until_sweep -= 1
        if self._until_sweep < 0:
            self._until_sweep = SWEPT_EVERY
            self.forget_before((reply.at - KEPT_FOR).isoformat())

    def forget_before(self, at: str) -> None:
        """Drop what was answered before `at` (ISO 8601 in the hall's zone)."""
        self._connection.execute("DELETE FROM inbox WHERE at < ?", (at,))
