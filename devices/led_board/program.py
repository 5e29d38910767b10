"""The program a card plays when nothing is shown on it: a file in its flash (protocols.md 4.2, program file).

Flash wears, so this is for a page that stays, never for calls. Pure.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from devices.led_board.areas import AreaRecord
from devices.led_board.codec import HEAD_SIZE, Request
from devices.led_board.frames import CHECK_SIZE, HEADER_SIZE, crc16

IDLE: Final = b"P000"
"""The name of our one program."""

_HEAD: Final = struct.Struct("<B4sIBHB8sBBBB")
"""Type, name, length, priority, display (0: in turn), repeats, life, week, timed, periods, areas."""
_FOREVER: Final = b"\xff" * 8
_EVERY_DAY: Final = 1
_PRIORITY: Final = 0xFF
_BLOCK_HEAD: Final = 4 + 1 + 2 + 2 + 4
"""Name, last, number, length, address."""
BLOCK_OVERHEAD: Final = HEADER_SIZE + HEAD_SIZE + _BLOCK_HEAD + CHECK_SIZE
"""What the frame of a block holds besides the block."""


def program_file(name: bytes, areas: Sequence[AreaRecord]) -> bytes:
    """A program that is played every day, for ever; its areas are numbered `IN_A_PROGRAM`.

    An area's length counts its own four bytes: so the maker's example has it (vendor document 8.1.2).
    """
    records = [area.encode() for area in areas]
    listed = b"".join((4 + len(record)).to_bytes(4, "little") + record for record in records)
    length = _HEAD.size + len(listed) + CHECK_SIZE
    head = _HEAD.pack(0, name, length, _PRIORITY, 0, 1, _FOREVER, _EVERY_DAY, 0, 0, len(records))
    return head + listed + crc16(head + listed).to_bytes(CHECK_SIZE, "little")


def start_file(name: bytes, length: int) -> Request:
    """Announce a file, in place of one of the same name."""
    return Request(0xA1, 0x05, bytes([1]) + name + length.to_bytes(4, "little"))


def write_blocks(name: bytes, content: bytes, most: int) -> Iterator[Request]:
    """Send a file in blocks of at most `most` bytes, in their order; each is answered."""
    starts = range(0, len(content), most)
    for number, start in enumerate(starts):
        block = content[start : start + most]
        last = start + most >= len(content)
        head = struct.pack("<4sBHHI", name, last, number, len(block), start)
        yield Request(0xA1, 0x06, head + block)


def delete_file(name: bytes) -> Request:
    """Take a file out of the card."""
    return Request(0xA1, 0x01, (1).to_bytes(2, "little") + name)
