"""Message ids: ULIDs (github.com/ulid/spec), sortable by time, from an injected clock and chance."""

import secrets
from collections.abc import Callable

from broker.clock import Clock

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

NewId = Callable[[], str]
"""What makes a fresh id; tests pass a counter."""


def ulid(milliseconds: int, randomness: int) -> str:
    """26 characters: 48 bits of `milliseconds` since 1970, then 80 bits of `randomness`."""
    value = (milliseconds & (1 << 48) - 1) << 80 | (randomness & (1 << 80) - 1)
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def ulids(clock: Clock, bits: Callable[[int], int] = secrets.randbits) -> NewId:
    """An id maker over `clock` and a source of random bits."""
    return lambda: ulid(int(clock.now().timestamp() * 1000), bits(80))
