"""The codes of bookings."""

from typing import Final

from broker.ids import NewId

LETTERS: Final = 10
"""50 random bits of a ULID: a code nobody can guess, and one that can be read out."""


def new_code(new_id: NewId) -> str:
    """What the QR code of a booking says."""
    return new_id()[-LETTERS:]
