"""SAM_V frames, as ID-card readers speak them (protocols.md 1.1–1.5). Bytes in, replies out; no I/O."""

from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Final, Literal

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
SHORTEST: Final = 4
"""Length field of a reply without data: three status bytes and the checksum."""
LONGEST: Final = 0x090A
"""Length field of the longest reply there is (30 10, with two fingerprints)."""

TEXT_BYTES: Final = 256
TEXT_AT: Final = 4
"""In the data of 30 01, after the lengths of text and photo."""
ADDRESS_BYTES: Final = 70
IDENTITY_BYTES: Final = 16

SPEEDS: Final = (115200, 57600, 38400, 19200, 9600)
"""By the parameter of command 60 (protocols.md 1.2)."""


def request(command: int, parameter: int, data: bytes = b"") -> bytes:
    """A whole request frame."""
    body = (len(data) + 3).to_bytes(2, "big") + bytes((command, parameter)) + data
    return PREAMBLE + body + bytes((reduce(xor, body),))


def set_speed(baud: int) -> bytes:
    """Speak at one of `SPEEDS` from the answer on; the reader keeps it over a power cycle."""
    return request(0x60, SPEEDS.index(baud))


RESET: Final = request(0x10, 0xFF)
STATUS: Final = request(0x11, 0xFF)
IDENTITY: Final = request(0x12, 0xFF)
FIND: Final = request(0x20, 0x01)
SELECT: Final = request(0x20, 0x02)
READ_BASE: Final = request(0x30, 0x01)
READ_ADDRESS: Final = request(0x30, 0x03)

OK: Final = 0x90
FOUND: Final = 0x9F
NO_CARD: Final = 0x80
HOST_CHECKSUM: Final = 0x10
"""What it was sent had a wrong checksum; to be sent again."""

Fate = Literal["ok", "found", "no_card", "empty", "resend", "ours", "restart", "again", "rejected", "broken"]
"""What an answer leads to (the driver class of protocols.md 1.4).

`resend`: the frame was damaged on its way. `ours`: a fault of this program, or a command the reader lacks.
`restart`: out of order, so find and select anew. `again`: the card was there, and may be read another time.
`rejected`: foreign, false or of an unknown kind, never to be read. `broken`: the reader itself is unwell.
"""

FATES: Final[dict[int, Fate]] = {
    OK: "ok",
    FOUND: "found",
    HOST_CHECKSUM: "resend",
    0x11: "ours",
    0x21: "ours",
    0x23: "restart",
    0x24: "broken",
    0x31: "again",
    0x32: "rejected",
    0x33: "rejected",
    0x40: "rejected",
    0x41: "again",
    0x47: "again",
    0x60: "broken",
    0x66: "broken",
    NO_CARD: "no_card",
    0x81: "again",
    0x91: "empty",
}
"""By SW3 (protocols.md 1.4)."""


def fate(status: int) -> Fate:
    """What SW3 leads to; one in no table means that the reader is unwell."""
    return FATES.get(status, "broken")


@dataclass(frozen=True)
class Reply:
    """A frame whose checksum is right. `status` is SW3 (1.4); what it carries is never shown in a log."""

    status: int
    data: bytes = field(default=b"", repr=False)
    card_status: int = 0
    """SW1 SW2, the card's own word where a card had one."""

    def __str__(self) -> str:
        card = f", card status {self.card_status:04X}" if self.card_status else ""
        return f"SW3 {self.status:02X}{card}"


@dataclass(frozen=True)
class Damaged:
    """A frame that can't be: of impossible length, or with a wrong checksum."""


class FrameReader:
    """Finds frames in a stream. There is no escaping: the length says where a frame ends, nothing else."""

    def __init__(self) -> None:
        self.skipped = 0
        """Bytes that belonged to no frame."""
        self._held = bytearray()

    @property
    def awaited(self) -> int:
        """Bytes that the frame in hand still lacks; 0 where none has begun."""
        if len(self._held) < len(PREAMBLE) + 2:
            return len(PREAMBLE) + 2 + SHORTEST - len(self._held) if self._held else 0
        length = int.from_bytes(self._held[len(PREAMBLE) : len(PREAMBLE) + 2], "big")
        return len(PREAMBLE) + 2 + length - len(self._held)

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
        return Reply(status=body[4], data=body[5:-1], card_status=int.from_bytes(body[2:4], "big"))

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


def newest_address(reply: Reply) -> str | None:
    """The address appended to a card, in a reply to `READ_ADDRESS`; None where there is none."""
    if reply.status != OK or len(reply.data) != ADDRESS_BYTES:
        return None
    return reply.data.decode("utf-16-le", errors="replace").rstrip(" \0") or None


def identity(reply: Reply) -> str | None:
    """The module's number as it is printed on it, in a reply to `IDENTITY`; None in any other."""
    if reply.status != OK or len(reply.data) != IDENTITY_BYTES:
        return None
    sizes = (2, 2, 4, 4, 4)
    ends = [sum(sizes[: index + 1]) for index in range(len(sizes))]
    parts = [
        int.from_bytes(reply.data[end - size : end], "little") for end, size in zip(ends, sizes, strict=True)
    ]
    return "{:02}.{:02}-{:08}-{:010}-{:010}".format(*parts)


def _beginning(held: bytearray) -> int:
    """How many bytes at the end of `held` may be the first of a preamble."""
    return next(size for size in range(len(PREAMBLE) - 1, -1, -1) if held.endswith(PREAMBLE[:size]))
