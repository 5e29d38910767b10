"""How the bus speaks of a person: as a hash that means nothing tomorrow.

domain.md section 4: the least, the shortest. The key of the hash is one for the whole hall and one for each
day; the day after, it is erased, and with it every way back from a hash to a number. The key of a day to come
may be made ahead, so that a booking for that day can be kept as the hash its owner's card will then have, and
not as their number (docs/decisions/2026-11-21-whose-booking-it-is.md).
"""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32
HASH_LETTERS: Final = 32
"""128 bits of the HMAC-SHA256, in hexadecimal: no two people of a day will share them."""

FOLDER: Final = "keys"
"""Where the keys lie, in the hall's data folder."""

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"

NewKey = Callable[[], bytes]


def fresh_key() -> bytes:
    """A key nobody has had before."""
    return secrets.token_bytes(KEY_BYTES)


class DayKey:
    """The hall's keys of today and of days to come, in files that only the hall's own user can read.

    All readers of a hall share them, and the controller; they outlive a restart within the day.
    """

    def __init__(self, folder: Path, new_key: NewKey = fresh_key) -> None:
        self._folder = folder
        self._new_key = new_key

    def of(self, day: date) -> bytes:
        """The key of `day`, which is today: older ones are erased. Raises `OSError` when it can't be kept."""
        self.forget_before(day)
        return self.ahead(day)

    def ahead(self, day: date) -> bytes:
        """The key of `day`, which may be to come; raises `OSError` when it can't be kept."""
        return stored_key(self._file(day), self._new_key)

    def _file(self, day: date) -> Path:
        return self._folder / f"person-of-{day.isoformat()}.key"

    def forget_before(self, day: date) -> None:
        """Erase the keys of the days before `day`; raises `OSError`."""
        today = self._file(day).name
        for file in self._folder.glob("person-of-*.key"):
            # the one of an earlier program names no day
            if file.name < today or file.name == "person-of-the-day.key":
                file.unlink(missing_ok=True)


def stored_key(file: Path, new_key: NewKey = fresh_key) -> bytes:
    """The key in `file`; one is made where there is none. Of two who make it at once both get the same.

    Raises `OSError` when it can't be kept.
    """
    found = _read(file)
    if found is not None:
        return found
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as written:
            written.write(f"{new_key().hex()}\n")
        if file.exists():  # and holds no key
            fresh.replace(file)
        else:
            with suppress(FileExistsError):
                os.link(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)
    made = _read(file)
    if made is None:
        raise OSError(f"{file} could not be kept")
    return made


def _read(file: Path) -> bytes | None:
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def person_hash(number: str, key: bytes) -> str:
    """The same person under the same key is the same hash; without the key it leads nowhere."""
    return hmac.new(key, number.upper().encode(), "sha256").hexdigest()[:HASH_LETTERS]


def check_digit(digits: str) -> str:
    """The 18th character for 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def has_good_check_digit(number: str) -> bool:
    """Whether `number` is 17 digits and the character that belongs to them."""
    digits, last = number[:17], number[17:]
    if len(number) != 18 or not (digits.isascii() and digits.isdigit()):
        return False
    return check_digit(digits) == last.upper()
