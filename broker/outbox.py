"""What must not be lost on its way: stored first, then resent until the controller acknowledges it.

A PUBACK proves only that the broker held the message for a moment; the `ack` of docs/bus.md proves that the
controller has written it down. Until then the event stays in a small database of the room that saw it happen.
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from broker.client import Bus, Received
from broker.messages.envelope import Ack, Event
from broker.messages.wire import Refused, encode
from broker.topics import BadTopic, Topic
from broker.transport import NotConnected

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 2.0
LAST_WAIT_S: Final = 60.0
"""docs/bus.md: resent after 2 s, 4 s, … 60 s, real seconds."""
TICK_S: Final = 1.0
"""How often the waits are looked at."""
BATCH: Final = 500
"""Resent at most in one turn, oldest first, so that a long outage does not end in a burst."""
MOST_KEPT: Final = 100_000
"""Ten days of a busy hall; beyond it the oldest is given up, loudly."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass
class _Waiting:
    """When an event is sent again."""

    due: float
    """On the clock's monotonic scale."""
    wait_s: float


class Outbox:
    """Events of one room on their way to the controller."""

    def __init__(
        self, bus: Bus, database: Path, *, most_kept: int = MOST_KEPT, sleep: Sleep = asyncio.sleep
    ) -> None:
        """Open or create `database`; what it still holds is sent on the next connection."""
        self.given_up = 0
        """Events lost because more than `most_kept` were waiting."""
        self._bus = bus
        self._sleep = sleep
        self._most_kept = most_kept
        self._acks_of: set[Topic] = set()
        self._not_empty = asyncio.Event()
        database.parent.mkdir(parents=True, exist_ok=True)
        self._connection = _open(database)
        self._waiting: dict[str, _Waiting] = {}
        for event_id, topic in self._connection.execute("SELECT id, topic FROM outbox ORDER BY place"):
            with contextlib.suppress(BadTopic):
                self._listen(Topic.parse(topic))
                self._await(event_id, 0.0)
        bus.when_up(self._resend_all)

    def __len__(self) -> int:
        """Events not yet acknowledged."""
        return len(self._waiting)

    def put(self, topic: Topic, event: Event) -> None:
        """Store `event` (marked `keep`) durably, then send it; returns once it is stored.

        Raises `sqlite3.Error` when it could not be stored.
        """
        payload = encode(msgspec.structs.replace(event, keep=True, attempt=1))
        with self._connection:
            self._connection.execute(
                "INSERT INTO outbox (id, topic, attempt, payload) VALUES (?, ?, 1, ?)",
                (event.id, str(topic), payload),
            )
        self._listen(topic)
        self._await(event.id, FIRST_WAIT_S)
        self._make_room()
        with contextlib.suppress(NotConnected):
            self._bus.send(topic, payload)

    async def run(self) -> None:
        """Resend what is due until cancelled."""
        while True:
            self.resend_due()
            await self._not_empty.wait()
            await self._sleep(TICK_S)

    def resend_due(self) -> None:
        """Send what has waited long enough for its acknowledgement, oldest first."""
        now = self._bus.clock.monotonic()
        due = [event_id for event_id, waiting in self._waiting.items() if waiting.due <= now]
        if due and self._bus.connected.is_set():
            self._send(due[:BATCH])

    def close(self) -> None:
        """Let go of the database; nothing can be put after it."""
        self._connection.close()

    def _resend_all(self) -> None:
        now = self._bus.clock.monotonic()
        for waiting in self._waiting.values():
            waiting.due, waiting.wait_s = now, FIRST_WAIT_S
        self.resend_due()

    def _await(self, event_id: str, in_s: float) -> None:
        next_wait_s = in_s * 2 or FIRST_WAIT_S
        self._waiting[event_id] = _Waiting(self._bus.clock.monotonic() + in_s, next_wait_s)
        self._not_empty.set()

    def _send(self, event_ids: list[str]) -> None:
        """One more attempt for each, as far as the broker takes them; the rest stays due."""
        with self._connection, contextlib.suppress(NotConnected):
            for event_id in event_ids:
                self._attempt(event_id)

    def _attempt(self, event_id: str) -> None:
        topic, attempt, payload = self._connection.execute(
            "UPDATE outbox SET attempt = attempt + 1 WHERE id = ? RETURNING topic, attempt, payload",
            (event_id,),
        ).fetchone()
        self._bus.send(Topic.parse(topic), _with_attempt(payload, attempt))
        waiting = self._waiting[event_id]
        waiting.due = self._bus.clock.monotonic() + waiting.wait_s
        waiting.wait_s = min(LAST_WAIT_S, waiting.wait_s * 2)

    def _listen(self, topic: Topic) -> None:
        ack = topic.sibling("ack")
        if ack not in self._acks_of:
            self._acks_of.add(ack)
            self._bus.subscribe(str(ack), self._acknowledged)

    def _acknowledged(self, received: Received) -> None:
        try:
            ack = received.message()
        except Refused as refused:
            log.debug("refused: %s", refused)
            return
        if isinstance(ack, Ack) and ack.re in self._waiting:
            self._forget(ack.re)

    def _forget(self, event_id: str) -> None:
        with self._connection:
            self._connection.execute("DELETE FROM outbox WHERE id = ?", (event_id,))
        del self._waiting[event_id]
        if not self._waiting:
            self._not_empty.clear()

    def _make_room(self) -> None:
        while len(self._waiting) > self._most_kept:
            oldest = next(iter(self._waiting))
            self._forget(oldest)
            self.given_up += 1
            log.error("the outbox is full: event %s was never acknowledged and is given up", oldest)


def _open(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS outbox (place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
        " topic TEXT NOT NULL, attempt INTEGER NOT NULL, payload BLOB NOT NULL)"
    )
    return connection


def _with_attempt(payload: bytes, attempt: int) -> bytes:
    """The stored event as it is sent now: the same but for `attempt`, whatever version of us stored it."""
    raw: dict[str, object] = msgspec.json.decode(payload)
    return msgspec.json.encode(raw | {"attempt": attempt})
