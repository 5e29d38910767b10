"""The state at the beginning of a day, kept so that a start need not fold the years before it.

A snapshot is a convenience and never the truth: one that does not fit the chain, or that another program
folded, is left aside, and the journal is folded up from further back. At the beginning of a day nobody has a
number yet, so it holds nothing of the day's visitors; what leads to those who have booked is left out of it.
"""

import logging
import sqlite3
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

import hall.core
from hall.core.diary import Known
from hall.core.state import State

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


def keep(connection: sqlite3.Connection, snapshot: Snapshot) -> None:
    """Keep a snapshot in place of the one before it; inside a transaction."""
    state = msgspec.json.encode(_without_people(snapshot.state))
    connection.execute("DELETE FROM snapshots")
    connection.execute(
        "INSERT INTO snapshots (seq, hash, program, digest, state) VALUES (?, ?, ?, ?, ?)",
        (snapshot.seq, snapshot.hash, program(), sha256(state).digest(), state),
    )


def newest(connection: sqlite3.Connection) -> Snapshot | None:
    """The snapshot, where there is one that this program can go on from; its place is yet to be checked."""
    row = connection.execute(
        "SELECT seq, hash, program, digest, state FROM snapshots ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    seq, chained, by, digest, state = row
    if by != program():
        log.info("the snapshot at event %d was made by another program; the journal is folded up again", seq)
        return None
    if not isinstance(state, bytes) or digest != sha256(state).digest():
        log.warning("the snapshot at event %d is damaged; the journal is folded up again", seq)
        return None
    try:
        return Snapshot(seq, chained, msgspec.json.decode(state, type=State))
    except msgspec.MsgspecError as error:
        log.warning("the snapshot at event %d can't be read (%s); the journal is folded up again", seq, error)
        return None


def _without_people(state: State) -> State:
    """The state as it may be kept: what leads to people stands in a table of its own, and is recalled."""
    return replace(state, diary=replace(state.diary, known=Known()))
