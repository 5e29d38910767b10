"""DDP: pixels over UDP 4048 (protocols.md 4.3, the specification at 3waylabs.com/ddp). Pure.

A packet puts bytes into the receiver's frame buffer at an offset; the one with the push flag has it shown.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct(">BBBBIH")
"""Flags, sequence, data type, id, offset, length; big-endian."""
_TIME_CODE_SIZE: Final = 4

VERSION: Final = 0x40
_VERSION_MASK: Final = 0xC0
_TIMED, _REPLY, _QUERY, _PUSH = 0x10, 0x04, 0x02, 0x01
RGB8: Final = 0x0B
"""Red, green, blue, eight bits each."""
DISPLAY: Final = 1
"""The id of the default output."""
LAST_SEQUENCE: Final = 15


@dataclass(frozen=True)
class Packet:
    """Bytes for the frame buffer."""

    offset: int
    data: bytes
    push: bool = False
    sequence: int = 0
    """1–15 in turn; 0: not counted."""
    data_type: int = RGB8
    id: int = DISPLAY
    query: bool = False
    reply: bool = False


def encode(packet: Packet) -> bytes:
    """The packet as it goes out."""
    flags = VERSION | _PUSH * packet.push | _QUERY * packet.query | _REPLY * packet.reply
    head = _HEADER.pack(flags, packet.sequence, packet.data_type, packet.id, packet.offset, len(packet.data))
    return head + packet.data


def decode(datagram: bytes) -> Packet | None:
    """What a datagram says; None when it is no DDP packet, or not as long as it says."""
    if len(datagram) < _HEADER.size:
        return None
    flags, sequence, data_type, id_, offset, length = _HEADER.unpack_from(datagram)
    start = _HEADER.size + (_TIME_CODE_SIZE if flags & _TIMED else 0)
    data = datagram[start : start + length]
    if flags & _VERSION_MASK != VERSION or len(data) != length:
        return None
    return Packet(
        offset,
        data,
        bool(flags & _PUSH),
        sequence & 0x0F,
        data_type,
        id_,
        bool(flags & _QUERY),
        bool(flags & _REPLY),
    )


class Sender:
    """Turns pictures into packets: all of one, or what has changed since the last."""

    def __init__(self, most: int) -> None:
        """`most` bytes of pixels in a packet, a multiple of three."""
        self._most = most
        self._sent: bytes = b""
        self._sequence = 0

    def packets(self, picture: bytes, *, whole: bool) -> Iterator[bytes]:
        """The packets of a picture, the last of them with the push flag; none when nothing has changed."""
        starts = [
            start
            for start in range(0, len(picture), self._most)
            if whole or picture[start : start + self._most] != self._sent[start : start + self._most]
        ]
        self._sent = picture
        for start in starts:
            self._sequence = self._sequence % LAST_SEQUENCE + 1
            block = picture[start : start + self._most]
            yield encode(Packet(start, block, push=start == starts[-1], sequence=self._sequence))
