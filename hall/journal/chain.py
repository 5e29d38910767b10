"""The chain: each event's hash covers its own words and the hash before it, so nothing can change unseen.

It finds damage, of a disk or of a hand that knows no better. Who can write the file can also write a new
chain: against that only a backup elsewhere helps.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

BEGINNING: Final = bytes(32)
"""What stands before the first event."""


class Row(NamedTuple):
    """An event as the file holds it."""

    seq: int
    v: int
    """Version of its type: which keys the body has."""
    type: str
    at: str
    body: bytes
    hash: bytes

    @property
    def line(self) -> bytes:
        """All that is said of the event, in one line; the body is JSON and has no line breaks."""
        return line(self.v, self.type, self.at, self.body)


COLUMNS: Final = "seq, v, type, at, body, hash"


class Fault(NamedTuple):
    """Where the chain no longer holds."""

    seq: int
    """The first event that can't be trusted."""
    torn: bool
    """Whether nothing after it can be either: an end that was not written whole."""


class Walk(NamedTuple):
    """How far the chain holds."""

    last: int
    hash: bytes
    fault: Fault | None


def line(v: int, kind: str, at: str, body: bytes) -> bytes:
    """An event in one line."""
    return b"%d %s %s %s" % (v, kind.encode(), at.encode(), body)


def link(before: bytes, words: bytes) -> bytes:
    """The hash of the event with these `words` after the one with the hash `before`."""
    return sha256(before + words).digest()


def walk(rows: Iterable[Row], last: int, before: bytes) -> Walk:
    """Follow the chain from the event `last`, whose hash is `before`."""
    broken: int | None = None
    previous, stored = last, before
    for row in rows:
        holds = row.seq == previous + 1 and _follows(row, stored)
        if broken is None and holds:
            last, before = row.seq, row.hash
        elif broken is None:
            broken = last + 1
        elif holds:
            return Walk(last, before, Fault(broken, torn=False))
        previous, stored = row.seq, row.hash
    return Walk(last, before, None if broken is None else Fault(broken, torn=True))


def _follows(row: Row, before: bytes) -> bool:
    try:
        return row.hash == link(before, row.line)
    except (TypeError, ValueError, AttributeError):
        # damage may have made a number of a text, or a text of bytes
        return False
