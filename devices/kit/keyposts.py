"""Keys out of what a pad on the network posts: our own convention, a JSON object a line (pure).

``{"grade": 5}`` is a key; an empty line says that the pad is there (devices.kit.links.http).
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from devices.kit.keys import Key

LONGEST_LINE: Final = 256


class PostShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pad posts, and how often it asks."""

    field: str
    """The key of the object whose value, a whole number, says which key was pressed."""
    silent_s: Annotated[float, Meta(gt=0)] = 15.0
    """A pad not heard for so many real seconds is not there: it is to ask for the window more often."""


class PostDecoder:
    """Reads lines; one that says no key is skipped and counted."""

    def __init__(self, shape: PostShape, now_us: Callable[[], int]) -> None:
        self.junk = 0
        self.junk_in_a_row = 0
        self._field = shape.field
        self._now_us = now_us
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Key]:
        """Take in bytes and return the presses they complete."""
        keys = []
        for byte in data:
            if byte != 0x0A:
                self._pending.append(byte)
                if len(self._pending) > LONGEST_LINE:
                    self._skip()
                continue
            if not self._pending:
                self.junk_in_a_row = 0
            elif (code := self._code()) is None:
                self._skip()
            else:
                keys.append(Key(code, True, self._now_us()))
                self._pending.clear()
                self.junk_in_a_row = 0
        return keys

    def _code(self) -> int | None:
        try:
            said = msgspec.json.decode(bytes(self._pending), type=dict[str, msgspec.Raw])
            return msgspec.json.decode(said[self._field], type=int)
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            return None

    def _skip(self) -> None:
        self.junk += len(self._pending)
        self.junk_in_a_row += len(self._pending)
        self._pending.clear()
