"""Keys out of a serial pad's frames, whose shape is data: header, length, checksum, key byte (pure).

No maker's protocol for rating pads is public (protocols.md 3.1). One that a maker tells a hall is written
down in a model file, as `rating_pad/keymaps/example-serial.toml` shows with a frame that nobody sells.
"""

from collections.abc import Callable
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from devices.kit.keys import Key

LONGEST_FRAME: Final = 64
"""Bytes; a pad says which key it was, no more."""

STALE_US: Final = 500_000
"""A frame comes in one go: what has waited so long for its rest (ours) will not be finished."""

Offset = Annotated[int, Meta(ge=0, lt=LONGEST_FRAME)]


class FrameShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a frame is built. Offsets count from its first byte."""

    header: str
    """What every frame begins with, in hexadecimal."""
    key_at: Offset
    """Where the byte stands that says which key."""
    size: Annotated[int, Meta(ge=1, le=LONGEST_FRAME)] | None = None
    """Bytes of a whole frame, where all are alike."""
    length_at: Offset | None = None
    """Where the byte stands that says how long the frame is, where they differ."""
    length_adds: int = 0
    """What is to be added to that byte for the size of the whole frame."""
    checksum: Literal["none", "sum8", "xor8"] = "none"
    checksum_from: Offset = 0
    """The first byte the checksum is over; it ends before the checksum itself."""
    trailer: str = ""
    """What every frame ends with, after its checksum, in hexadecimal."""

    def __post_init__(self) -> None:
        if not bytes.fromhex(self.header):
            raise ValueError("header: a frame without one can't be found; name its first bytes")
        bytes.fromhex(self.trailer)
        if (self.size is None) == (self.length_at is None):
            raise ValueError("a frame has either a size or a length_at; write one of them")


class FrameKeyDecoder:
    """Reads a stream of frames; whatever lies between them is skipped and counted."""

    def __init__(self, shape: FrameShape, now_us: Callable[[], int]) -> None:
        """`now_us` tells when a key came, in microseconds: a frame does not."""
        self.junk = 0
        self.junk_in_a_row = 0
        self._shape = shape
        self._now_us = now_us
        self._header = bytes.fromhex(shape.header)
        self._trailer = bytes.fromhex(shape.trailer)
        self._pending = bytearray()
        self._fed_us = now_us()

    def feed(self, data: bytes) -> list[Key]:
        """Take in bytes and return the presses they complete."""
        keys = []
        before_us, self._fed_us = self._fed_us, self._now_us()
        if self._fed_us - before_us >= STALE_US:
            self._skip(len(self._pending))
        for byte in data:
            self._pending.append(byte)
            while self._pending and (size := self._size()) is not None:
                if len(self._pending) < size:
                    break
                if size and self._sound(size):
                    keys.append(Key(self._pending[self._shape.key_at], True, self._now_us()))
                    del self._pending[:size]
                    self.junk_in_a_row = 0
                else:
                    self._skip(1)
        return keys

    def _skip(self, size: int) -> None:
        del self._pending[:size]
        self.junk += size
        self.junk_in_a_row += size

    def _size(self) -> int | None:
        """Of the frame that begins the pending bytes; 0 when none does, None while it can't be known."""
        shape, known = self._shape, len(self._pending)
        if self._pending[: len(self._header)] != self._header[:known]:
            return 0
        if shape.size is not None:
            size = shape.size
        elif shape.length_at is None or known <= shape.length_at:
            return None
        else:
            size = self._pending[shape.length_at] + shape.length_adds
        ends = max(len(self._header), shape.key_at + 1) + self._checksum_size + len(self._trailer)
        return size if ends <= size <= LONGEST_FRAME else 0

    def _sound(self, size: int) -> bool:
        body_end = size - len(self._trailer)
        if self._pending[body_end:size] != self._trailer:
            return False
        checked = self._pending[self._shape.checksum_from : body_end - self._checksum_size]
        match self._shape.checksum:
            case "sum8":
                return sum(checked) & 0xFF == self._pending[body_end - 1]
            case "xor8":
                check = 0
                for byte in checked:
                    check ^= byte
                return check == self._pending[body_end - 1]
            case _:
                return True

    @property
    def _checksum_size(self) -> int:
        return 0 if self._shape.checksum == "none" else 1
