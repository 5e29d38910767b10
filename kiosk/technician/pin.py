"""The technician's PIN: kept in the hall's data as a salted hash, set by `hallkeeper kiosk --set-pin`."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Annotated, Final

import msgspec

LEAST_DIGITS: Final = 6
MOST_DIGITS: Final = 12
SALT_BYTES: Final = 16

_N: Final = 2**14
_R: Final = 8
_P: Final = 1
"""scrypt (RFC 7914): about 40 ms and 16 MB a try."""


class BadPin(ValueError):
    """This can't be a PIN; the message says why."""


class Kept(msgspec.Struct, frozen=True):
    """What stands in the file."""

    salt: str
    hash: str
    n: Annotated[int, msgspec.Meta(ge=2, le=2**20)] = _N


def place(data: Path) -> Path:
    """Where a hall keeps it."""
    return data / "technician-pin.json"


def keep(path: Path, pin: str, salt: bytes) -> None:
    """Write the hash of `pin`; raises `BadPin`, `OSError`."""
    if not pin.isascii() or not pin.isdigit() or not LEAST_DIGITS <= len(pin) <= MOST_DIGITS:
        raise BadPin(f"a PIN is {LEAST_DIGITS} to {MOST_DIGITS} digits; choose another one")
    if len(set(pin)) < 3 or pin in "01234567890123456789876543210":
        raise BadPin(
            "that PIN is guessed at once; choose one with at least three different digits, not in order"
        )
    kept = Kept(salt.hex(), _hash(pin, salt, _N))
    unfinished = path.with_name(f".{path.name}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(msgspec.json.encode(kept))
    unfinished.replace(path)


def is_set(path: Path) -> bool:
    return path.is_file()


def is_right(path: Path, pin: str) -> bool:
    """Whether `pin` is the one that was set; False where none was, or its file can't be read."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
        return hmac.compare_digest(kept.hash, _hash(pin, bytes.fromhex(kept.salt), kept.n))
    except (OSError, ValueError, msgspec.DecodeError):
        return False


def _hash(pin: str, salt: bytes, n: int) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=_R, p=_P, maxmem=1 << 26).hex()
