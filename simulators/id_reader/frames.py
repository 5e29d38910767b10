"""SAM_V frames at the reader's end (protocols.md 1.1): requests in, replies out."""

from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
SHORTEST: Final = 3
"""CMD, PARA and CHK."""
LONGEST: Final = 256
"""No request is longer; a length beyond it is answered as wrong, not waited for."""


@dataclass(frozen=True)
class Request:
    """A whole request with a right checksum."""

    command: int
    parameter: int
    data: bytes


@dataclass(frozen=True)
class Faulty:
    """What stood in the place of one; `status` is the SW3 that answers it (1.4)."""

    status: int


BAD_CHECKSUM: Final = Faulty(0x10)
BAD_LENGTH: Final = Faulty(0x11)


class RequestReader:
    """Finds requests in a stream: what stands before a preamble is noise, after it the length rules."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun and not ended."""
        return len(self._held) > len(PREAMBLE)

    def feed(self, data: bytes) -> list[Request | Faulty]:
        """Take bytes; returns what they complete."""
        self._held += data
        found: list[Request | Faulty] = []
        while self._seek() and len(self._held) >= len(PREAMBLE) + 2:
            length = int.from_bytes(self._held[5:7], "big")
            if not SHORTEST <= length <= LONGEST:
                found.append(BAD_LENGTH)
                del self._held[: len(PREAMBLE) + 2]
                continue
            end = len(PREAMBLE) + 2 + length
            if len(self._held) < end:
                break
            found.append(_read(bytes(self._held[5:end])))
            del self._held[:end]
        return found

    def give_up(self) -> Faulty:
        """The rest of the frame does not come: its length was wrong."""
        self._held.clear()
        return BAD_LENGTH

    def _seek(self) -> bool:
        """Drop what can't be the beginning of a frame; says whether a whole preamble is there."""
        at = self._held.find(PREAMBLE)
        if at >= 0:
            del self._held[:at]
            return True
        begun = next(n for n in range(len(PREAMBLE) - 1, -1, -1) if self._held.endswith(PREAMBLE[:n]))
        del self._held[: len(self._held) - begun]
        return False


def _read(span: bytes) -> Request | Faulty:
    """`span` is the length field, the body and the checksum."""
    if reduce(xor, span) != 0:
        return BAD_CHECKSUM
    return Request(span[2], span[3], span[4:-1])


def reply(status: int, data: bytes = b"", card_status: int = 0) -> bytes:
    """A reply frame: SW1 SW2 (the card's word), SW3 (`status`), data, checksum."""
    span = (len(data) + 4).to_bytes(2, "big") + card_status.to_bytes(2, "big") + bytes([status]) + data
    return PREAMBLE + span + bytes([reduce(xor, span)])
