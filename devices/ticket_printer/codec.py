"""ESC/POS: commands to bytes, and the printer's replies told apart (protocols.md 2.1–2.4). No I/O.

The few commands a ticket needs are written here rather than taken from python-escpos, which costs 15 MB and a
third of a second to import. Tests hold our QR and raster bytes against its encoder.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Align = Literal["left", "center", "right"]

INITIALISE: Final = b"\x1b@"
CHINESE_MODE: Final = b"\x1c&"
LINE_FEED: Final = b"\n"
CUT: Final = b"\x1dV\x42\x00"
"""GS V 66 0: feed to the cutter and cut, leaving a point so that the ticket does not fall."""
MARKER: Final = b"\x1dr\x01"
"""GS r 1, answered in buffer order: once the answer is here, everything before it was taken (2.5 B)."""
CLEAR_BUFFERS: Final = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")
"""DLE DC4 fn 8 (Epson's ESC/POS reference, Citizen CT-S300): drop what is not printed; answered 37 25 00."""
RECOVER: Final = b"\x10\x05\x02"
"""DLE ENQ 2: recover from a cutter or mechanical error after clearing the buffers (protocols.md 2.1)."""

BLOCK_CLEARED: Final = 0x25
"""Identifier of the reply to `CLEAR_BUFFERS`."""
MOST_TEXT: Final = 80
"""Longest block or text reply kept; GS I texts are under 64 bytes on the printers whose manuals were read."""
MOST_ROWS: Final = 256
"""protocols.md 2.4: raster rows a block, for printers with small buffers."""


def align(where: Align) -> bytes:
    """ESC a."""
    return bytes((0x1B, 0x61, {"left": 0, "center": 1, "right": 2}[where]))


def size(wide: int, tall: int) -> bytes:
    """GS !: characters `wide` and `tall` times as large, each 1–8."""
    return bytes((0x1D, 0x21, (wide - 1) << 4 | (tall - 1)))


def feed(lines: int) -> bytes:
    """ESC d: advance the paper, 0–255 lines."""
    return bytes((0x1B, 0x64, lines))


def qr(data: bytes, module: int) -> bytes:
    """GS ( k: a QR code, model 2, error correction M, `module` dots (1–16) a square."""
    store = (len(data) + 3).to_bytes(2, "little")
    return b"".join(
        (
            bytes.fromhex("1D 28 6B 04 00 31 41 32 00"),
            bytes.fromhex("1D 28 6B 03 00 31 43") + bytes((module,)),
            bytes.fromhex("1D 28 6B 03 00 31 45 31"),
            bytes.fromhex("1D 28 6B") + store + bytes.fromhex("31 50 30") + data,
            bytes.fromhex("1D 28 6B 03 00 31 51 30"),
        )
    )


def raster(width_bytes: int, rows: bytes) -> bytes:
    """GS v 0: dots, `width_bytes` bytes a row, leftmost dot in the highest bit, 1 is black."""
    step = width_bytes * MOST_ROWS
    return b"".join(
        _raster_block(width_bytes, rows[start : start + step]) for start in range(0, len(rows), step)
    )


def _raster_block(width_bytes: int, rows: bytes) -> bytes:
    height = len(rows) // width_bytes
    head = b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + height.to_bytes(2, "little")
    return head + _without_commands(rows)


def _without_commands(dots: bytes) -> bytes:
    """One dot more wherever dots would read as a real-time command: printers obey it even inside an image."""
    for second in (0x04, 0x05, 0x14):
        dots = dots.replace(bytes((0x10, second)), bytes((0x10, second | 0x08)))
    return dots


def ask_status(n: int) -> bytes:
    """DLE EOT n: 1 printer, 2 offline cause, 3 error cause, 4 paper; answered at once."""
    return bytes((0x10, 0x04, n))


@dataclass(frozen=True)
class RealTimeStatus:
    """The one byte that answers DLE EOT; which n it answers, only the asker knows."""

    value: int


@dataclass(frozen=True)
class BufferedStatus:
    """The one byte that answers GS r."""

    value: int


@dataclass(frozen=True)
class AutomaticStatus:
    """Four bytes sent unasked (GS a)."""

    value: bytes


@dataclass(frozen=True)
class Block:
    """A block reply: 37, identifier, data, 00."""

    identifier: int
    data: bytes


@dataclass(frozen=True)
class Text:
    """A text reply to GS I: 5F, text, 00."""

    data: bytes


@dataclass(frozen=True)
class Flow:
    """XON (`go` true) or XOFF."""

    go: bool


@dataclass(frozen=True)
class Unknown:
    """A byte that begins no reply."""

    value: int


Reply = RealTimeStatus | BufferedStatus | AutomaticStatus | Block | Text | Flow | Unknown


class ReplyParser:
    """The printer's side of the wire, byte by byte; holds at most one unfinished reply."""

    def __init__(self) -> None:
        self._held = bytearray()

    def reset(self) -> None:
        """Forget an unfinished reply."""
        self._held.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """Take in bytes; returns the replies they complete."""
        return [reply for byte in data for reply in self._take(byte)]

    def _take(self, byte: int) -> Iterator[Reply]:
        if not self._held:
            yield from self._begin(byte)
        elif self._continues(byte):
            yield from self._continue(byte)
        else:
            yield from (Unknown(held) for held in self._held)
            self._held.clear()
            yield from self._begin(byte)

    def _begin(self, byte: int) -> Iterator[Reply]:
        if byte in (0x11, 0x13):
            yield Flow(byte == 0x11)
        elif byte in (0x37, 0x5F) or byte & 0x93 == 0x10:
            self._held.append(byte)
        elif byte & 0x93 == 0x12:
            yield RealTimeStatus(byte)
        elif byte & 0x90 == 0x00:
            yield BufferedStatus(byte)
        else:
            yield Unknown(byte)

    def _continues(self, byte: int) -> bool:
        if self._held[0] not in (0x37, 0x5F):
            return byte & 0x90 == 0x00
        return byte in (0x00, 0x1F) or 0x20 <= byte <= 0x7E

    def _continue(self, byte: int) -> Iterator[Reply]:
        self._held.append(byte)
        held = bytes(self._held)
        if held[0] not in (0x37, 0x5F):
            if len(held) == 4:
                self._held.clear()
                yield AutomaticStatus(held)
        elif byte == 0x00:
            self._held.clear()
            yield Block(held[1], held[2:-1]) if held[0] == 0x37 and len(held) > 2 else Text(held[1:-1])
        elif len(held) > MOST_TEXT:
            self._held.clear()
            yield from map(Unknown, held)
