"""The state at the beginning of a day, kept so that a start need not fold the years before it, and on a day
of many events a later one, so that it need not fold all of today.

A snapshot is a convenience and never the truth: one that does not fit the chain, or that another program
folded, is left aside, and the journal is folded up from further back. What leads to people, to those who are
here today and to those who have booked, is left out of it: that stands in a table of its own.
"""

import logging
import sqlite3
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

import hall.core
from hall.core.state import State
from hall.journal.personal import without_people

log = logging.getLogger(__name__)

TABLE: Final = """
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    program TEXT NOT NULL,
    digest BLOB NOT NULL,
    state BLOB NOT NULL
);
"""


class Snapshot(NamedTuple):
    """The state after the event `seq`, whose hash is `hash`."""

    seq: int
    hash: bytes
    state: State


@cache
def program() -> str:
    """Which program folds: the digest of the core's source. Another one may fold to another state."""
    digest = sha256(msgspec.__version__.encode())
    for file in sorted(Path(hall.core.__file__).parent.glob("*.py")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def keep_beginning(connection: sqlite3.Connection, snapshot: Snapshot) -> None:
    """Keep the snapshot of a day's beginning in place of all before it; inside a transaction."""
    connection.execute("DELETE FROM snapshots")
    _keep(connection, snapshot)


def keep_later(connection: sqlite3.Connection, snapshot: Snapshot) -> None:
    """Keep a snapshot beside that of the day's beginning, the first, and no other; inside a transaction."""
    connection.execute("DELETE FROM snapshots WHERE seq > (SELECT MIN(seq) FROM snapshots)")
    _keep(connection, snapshot)


def _keep(connection: sqlite3.Connection, snapshot: Snapshot) -> None:
    state = msgspec.json.encode(without_people(snapshot.state))
    connection.execute(
        "INSERT OR REPLACE INTO snapshots (seq, hash, program, digest, state) VALUES (?, ?, ?, ?, ?)",
        (snapshot.seq, snapshot.hash, program(), sha256(state).digest(), state),
    )


def newest_first(connection: sqlite3.Connection) -> Iterator[Snapshot]:
    """The snapshots that this program can go on from; their places are yet to be checked."""
    rows = "SELECT seq, hash, program, digest, state FROM snapshots ORDER BY seq DESC"
    for seq, chained, by, digest, state in connection.execute(rows).fetchall():
        if by != program():
            log.info("the snapshot at event %d was made by another program; it is folded up again", seq)
        elif not isinstance(state, bytes) or digest != sha256(state).digest():
            log.warning("the snapshot at event %d is damaged; it is folded up again", seq)
        else:
            try:
                yield Snapshot(seq, chained, msgspec.json.decode(state, type=State))
            except msgspec.MsgspecError as error:
                log.warning("the snapshot at event %d can't be read (%s); it is folded up again", seq, error)
