"""The card's physical layer: escaped frames with a check at their end (protocols.md 4.2, PHY1)."""

from dataclasses import dataclass
from typing import Final

START, END = 0xA5, 0x5A
ESCAPES: Final = {(0xA6, 0x02): 0xA5, (0xA6, 0x01): 0xA6, (0x5B, 0x02): 0x5A, (0x5B, 0x01): 0x5B}
HEADER: Final = 14
BAR_CODE: Final = 16
"""Further header bytes where the bar-code flag is set."""
CRC16, PLAIN_SUM, UNCHECKED = 0, 1, 2
ANY_DEVICE: Final = 0xFE
VERSION: Final = 0x02


@dataclass(frozen=True)
class Frame:
    """A frame whose end has come. `began` is when its first byte arrived."""

    destination: int
    source: int
    data: bytes
    sound: bool
    """Whether its check and its length are right."""
    began: float
    display_mode: int = 0
    """0: dynamic areas beside a program; 1: dynamic areas before it."""


@dataclass(frozen=True)
class TooLong:
    """A frame that did not fit the receive buffer."""

    destination: int
    source: int


class FrameReader:
    """Finds frames in a stream; holds at most `limit` bytes, the size of the card's receive buffer."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._content: bytearray | None = None
        self._escape = 0
        self._began = 0.0

    def feed(self, data: bytes, now: float) -> list[Frame | TooLong]:
        """Take bytes that arrived at `now`; returns the frames they end."""
        found: list[Frame | TooLong] = []
        for byte in data:
            if byte == START:
                self._begin(now)
            elif self._content is None:
                continue
            elif byte == END:
                found += self._end()
            else:
                self._take(byte)
        return found

    def forget(self) -> None:
        """The line was cut: what was begun will not end."""
        self._content = None
        self._escape = 0

    def _begin(self, now: float) -> None:
        if self._content is None or self._content:
            self._began = now
        self._content = bytearray()
        self._escape = 0

    def _take(self, byte: int) -> None:
        assert self._content is not None
        if self._escape:
            byte, self._escape = ESCAPES.get((self._escape, byte), byte), 0
        elif byte in (0xA6, 0x5B):
            self._escape = byte
            return
        if len(self._content) <= self._limit:
            self._content.append(byte)

    def _end(self) -> list[Frame | TooLong]:
        content, self._content = bytes(self._content or b""), None
        if len(content) < HEADER + 2:
            return []
        destination, source = _u16(content, 0), _u16(content, 2)
        if len(content) > self._limit:
            return [TooLong(destination, source)]
        header = HEADER + (BAR_CODE if content[7] & 1 else 0)
        data = content[header:-2]
        sound = len(data) == _u16(content, 12) and _check(content[8], content[:-2]) in (None, content[-2:])
        return [Frame(destination, source, data, sound, self._began, content[9])]


def frame(destination: int, source: int, data: bytes) -> bytes:
    """A frame as it goes on the wire, eight A5 before it."""
    header = destination.to_bytes(2, "little") + source.to_bytes(2, "little") + bytes(6)
    content = header + bytes([ANY_DEVICE, VERSION]) + len(data).to_bytes(2, "little") + data
    content += crc16(content).to_bytes(2, "little")
    codes = {plain: bytes(pair) for pair, plain in ESCAPES.items()}
    return bytes([START] * 8) + b"".join(codes.get(byte, bytes([byte])) for byte in content) + bytes([END])


def crc16(data: bytes) -> int:
    """CRC-16/ARC: polynomial A001h reflected, beginning with 0."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _check(mode: int, content: bytes) -> bytes | None:
    """What the last two bytes must be; None where anything will do."""
    if mode == UNCHECKED:
        return None
    value = sum(content) & 0xFFFF if mode == PLAIN_SUM else crc16(content)
    return value.to_bytes(2, "little")


def _table_entry(index: int) -> int:
    for _ in range(8):
        index = index >> 1 ^ (0xA001 if index & 1 else 0)
    return index


_TABLE: Final = tuple(_table_entry(index) for index in range(256))


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
