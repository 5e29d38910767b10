"""What of a person may leave the driver: a hash that means nothing tomorrow, 张*, an age band.

domain.md section 4: the least, the shortest. The key of the hash is one for the whole hall and one for each
day; the day after, it is overwritten, and with it every way back from a hash to a number.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, Literal

from broker.messages.devices import PriorityClass

AgeBand = Literal["0-17", "18-59", "60+"]

KEY_BYTES: Final = 32
HASH_LETTERS: Final = 32
"""128 bits of the HMAC-SHA256, in hexadecimal: no two people of a day will share them."""
ELDERLY: Final = 60

NewKey = Callable[[], bytes]


class DayKey:
    """The hall's key of the day, in a file that only the hall's own user can read.

    All readers of a hall share it, and it outlives a restart within the day.
    """

    def __init__(self, folder: Path, new_key: NewKey = lambda: secrets.token_bytes(KEY_BYTES)) -> None:
        self._file = folder / "person-of-the-day.key"
        self._new_key = new_key

    def of(self, day: date) -> bytes:
        """The key of `day`; a key of another day is overwritten. Raises `OSError` when it can't be kept."""
        return self._stored(day) or self._made(day)

    def _stored(self, day: date) -> bytes | None:
        try:
            written_day, key = self._file.read_text(encoding="ascii").split()
            raw = bytes.fromhex(key)
        except (FileNotFoundError, ValueError):
            return None
        return raw if written_day == day.isoformat() and len(raw) == KEY_BYTES else None

    def _made(self, day: date) -> bytes:
        key = self._new_key()
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{day.isoformat()} {key.hex()}\n")
        fresh.replace(self._file)
        return key


def person_hash(number: str, key: bytes) -> str:
    """The same person on the same day is the same hash; without the key it leads nowhere."""
    return hmac.new(key, number.upper().encode(), "sha256").hexdigest()[:HASH_LETTERS]


def masked(name: str) -> str:
    """张* for 张伟: the first character and nothing else, not even how many follow."""
    return f"{name[:1]}*"


def age_band(age: int) -> AgeBand:
    """The band of an age in full years."""
    if age < 18:
        return "0-17"
    return "60+" if age >= ELDERLY else "18-59"


def priorities(age: int) -> list[PriorityClass]:
    """What a card alone gives a right to (domain.md section 3)."""
    return ["elderly"] if age >= ELDERLY else []
