"""SAM_V frames, as ID-card readers speak them (protocols.md 1.1–1.5). Bytes in, replies out; no I/O."""

from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Final

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
SHORTEST: Final = 4
"""Length field of a reply without data: three status bytes and the checksum."""
LONGEST: Final = 0x090A
"""Length field of the longest reply there is (30 10, with two fingerprints)."""

TEXT_BYTES: Final = 256
TEXT_AT: Final = 4
"""In the data of 30 01, after the lengths of text and photo."""


def request(command: int, parameter: int) -> bytes:
    """A whole request frame."""
    body = bytes((0x00, 0x03, command, parameter))
    return PREAMBLE + body + bytes((reduce(xor, body),))


STATUS: Final = request(0x11, 0xFF)
FIND: Final = request(0x20, 0x01)
SELECT: Final = request(0x20, 0x02)
READ_BASE: Final = request(0x30, 0x01)

OK: Final = 0x90
FOUND: Final = 0x9F
NO_CARD: Final = 0x80
HOST_CHECKSUM: Final = 0x10
"""What it was sent had a wrong checksum; to be sent again."""
REJECTED: Final = frozenset({0x32, 0x33, 0x40})
"""Foreign, false or of an unknown kind: this card will never be read."""
READ_FAILED: Final = frozenset({0x31, 0x41, 0x47, 0x81, 0x91})
"""The card was there and could not be read; laid down again, it may be."""
HOST_FAULT: Final = frozenset({HOST_CHECKSUM, 0x11, 0x21, 0x23})
"""The reader did not like what it was sent: not the card's fault, not the hardware's."""
KNOWN: Final = frozenset({OK, FOUND, NO_CARD}) | REJECTED | READ_FAILED | HOST_FAULT
"""Everything else means that the reader itself is unwell (1.4, 6.5)."""


@dataclass(frozen=True)
class Reply:
    """A frame whose checksum is right. `status` is SW3 (1.4); what it carries is never shown in a log."""

    status: int
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Damaged:
    """A frame that can't be: of impossible length, or with a wrong checksum."""


class FrameReader:
    """Finds frames in a stream. There is no escaping: the length says where a frame ends, nothing else."""

    def __init__(self) -> None:
        self.skipped = 0
        """Bytes that belonged to no frame."""
        self._held = bytearray()

    def reset(self) -> None:
        """Forget an unfinished frame."""
        self._held.clear()

    def feed(self, data: bytes) -> list[Reply | Damaged]:
        """Take in bytes; returns what they complete."""
        self._held += data
        found: list[Reply | Damaged] = []
        while self._align() and (frame := self._next()) is not None:
            found.append(frame)
        return found

    def _align(self) -> bool:
        """Drop what stands before the next preamble; says whether one is there, whole."""
        at = self._held.find(PREAMBLE)
        if at < 0:
            at = len(self._held) - _beginning(self._held)
        self.skipped += at
        del self._held[:at]
        return len(self._held) >= len(PREAMBLE) + 2

    def _next(self) -> Reply | Damaged | None:
        start = len(PREAMBLE)
        length = int.from_bytes(self._held[start : start + 2], "big")
        end = start + 2 + length
        if not SHORTEST <= length <= LONGEST:
            return self._damaged()
        if len(self._held) < end:
            return None
        body = bytes(self._held[start:end])
        if reduce(xor, body):
            return self._damaged()
        del self._held[:end]
        return Reply(status=body[4], data=body[5:-1])

    def _damaged(self) -> Damaged:
        """Give up the preamble only: the frame that follows a broken one may already be in hand."""
        self.skipped += len(PREAMBLE)
        del self._held[: len(PREAMBLE)]
        return Damaged()


def text_block(reply: Reply) -> bytes | None:
    """The 256 bytes of text in a reply to `READ_BASE`, without the photo; None where it is no such reply."""
    lengths = reply.data[:TEXT_AT]
    if reply.status != OK or lengths[:2] != TEXT_BYTES.to_bytes(2, "big"):
        return None
    text = reply.data[TEXT_AT : TEXT_AT + TEXT_BYTES]
    return text if len(text) == TEXT_BYTES else None


def _beginning(held: bytearray) -> int:
    """How many bytes at the end of `held` may be the first of a preamble."""
    return next(size for size in range(len(PREAMBLE) - 1, -1, -1) if held.endswith(PREAMBLE[:size]))
