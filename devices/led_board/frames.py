"""The two lower layers of the Onbon BX-5K/6K protocol: framing, escapes, header, checksum (protocols.md 4.2).

Pure: bytes in, whole frames or reports of damage out. What the frames say is `devices.led_board.codec`'s.
"""

import struct
from dataclasses import dataclass
from typing import Final

START: Final = 0xA5
END: Final = 0x5A
LEAD: Final = bytes([START]) * 8
"""Eight, so that some may be lost; a receiver is content with one."""

_ESCAPES: Final = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_ESCAPED: Final = {escape: plain for plain, escape in _ESCAPES.items()}

_HEADER: Final = struct.Struct("<HH4xBBBBH")
"""Destination, source, check mode, display mode, device type, version, data length. Left out, as 0: the
reserved bytes and the bar-code option (only to set an IP address)."""
HEADER_SIZE: Final = _HEADER.size
CHECK_SIZE: Final = 2

HOST: Final = 0x8000
"""The address of a controlling computer."""
BROADCAST_WITH_REPLY: Final = 0xFFFE
ANY_DEVICE: Final = 0xFE
VERSION: Final = 2

CRC, SUM, UNCHECKED = 0, 1, 2
"""Check modes."""

MOST_PENDING: Final = 4096
"""No frame of these cards is longer: their receive buffer holds 1024 bytes, and escapes at most double it."""


@dataclass(frozen=True)
class Frame:
    """One intact frame; `data` is the data field without header and check."""

    data: bytes
    destination: int = HOST
    source: int = BROADCAST_WITH_REPLY
    device_type: int = ANY_DEVICE
    display_mode: int = 0


@dataclass(frozen=True)
class Damaged:
    """Something that began like a frame and is none; `why` is a sentence for the log."""

    why: str


def crc16(data: bytes) -> int:
    """CRC-16/ARC: x¹⁶+x¹⁵+x²+1 reflected, starting from 0, no final xor (protocols.md 4.2)."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def encode(frame: Frame) -> bytes:
    """A frame as it goes onto the wire."""
    head = _HEADER.pack(
        frame.destination,
        frame.source,
        CRC,
        frame.display_mode,
        frame.device_type,
        VERSION,
        len(frame.data),
    )
    body = head + frame.data
    body += crc16(body).to_bytes(2, "little")
    return LEAD + b"".join(_ESCAPES.get(byte) or bytes([byte]) for byte in body) + bytes([END])


class FrameDecoder:
    """Reads a stream of frames; whatever lies between them is counted and skipped."""

    def __init__(self) -> None:
        self.junk = 0
        """Bytes outside frames."""
        self._inside = False
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Frame | Damaged]:
        """Take in bytes and return what they complete."""
        found: list[Frame | Damaged] = []
        for byte in data:
            if byte == START:
                # Inside a frame A5 is always escaped, so this one begins another.
                if self._pending:
                    found.append(Damaged("a frame was cut short by the next one"))
                self._begin()
            elif not self._inside:
                self.junk += 1
            elif byte == END:
                found.append(_opened(bytes(self._pending)))
                self.reset()
            else:
                self._pending.append(byte)
                if len(self._pending) > MOST_PENDING:
                    found.append(Damaged(f"a frame did not end within {MOST_PENDING} bytes"))
                    self.reset()
        return found

    def reset(self) -> None:
        """Forget what is incomplete."""
        self._inside = False
        self._pending.clear()

    def _begin(self) -> None:
        self._inside = True
        self._pending.clear()


def _opened(escaped: bytes) -> Frame | Damaged:
    body = _unescaped(escaped)
    if body is None:
        return Damaged("a frame has a broken escape")
    if len(body) < _HEADER.size + CHECK_SIZE:
        return Damaged(f"a frame of {len(body)} bytes is too short")
    destination, source, check_mode, display_mode, device_type, _, length = _HEADER.unpack_from(body)
    data = body[_HEADER.size : -CHECK_SIZE]
    if len(data) != length:
        return Damaged(f"a frame says {length} bytes of data and has {len(data)}")
    if not _intact(body[:-CHECK_SIZE], body[-CHECK_SIZE:], check_mode):
        return Damaged("a frame's checksum is wrong")
    return Frame(data, destination, source, device_type, display_mode)


def _unescaped(escaped: bytes) -> bytes | None:
    plain = bytearray()
    position = 0
    while position < len(escaped):
        if escaped[position] in (0xA6, 0x5B):
            byte = _ESCAPED.get(escaped[position : position + 2])
            if byte is None:
                return None
            plain.append(byte)
            position += 2
        else:
            plain.append(escaped[position])
            position += 1
    return bytes(plain)


def _intact(checked: bytes, check: bytes, mode: int) -> bool:
    match mode:
        case 0:
            return crc16(checked).to_bytes(2, "little") == check
        case 1:
            return (sum(checked) & 0xFFFF).to_bytes(2, "little") == check
        case _:
            return mode == UNCHECKED


def _crc_of_byte(byte: int) -> int:
    crc = byte
    for _ in range(8):
        crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


_CRC_TABLE: Final = tuple(_crc_of_byte(byte) for byte in range(256))
