"""A receiver of DDP and the frame buffer behind it (protocols.md 4.3). Time is an argument.

Like WLED's: types it does not know are taken for RGB24, ids that are no picture are ignored, and some time
after the stream has stopped it shows something of its own.
"""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

HEADER: Final = struct.Struct(">BBBBIH")
VERSION, TIMED, QUERY, PUSH = 0x40, 0x10, 0x02, 0x01
RGBW: Final = 0x1B
CONTROL_IDS: Final = (246, 250, 251)
FALLS_BACK_S: Final = 2.5
OWN_PRESET: Final = (255, 160, 0)
"""What it shows when nobody sends: WLED's orange."""


class Receiver:
    """Width × height pixels of three bytes, row by row from the upper left."""

    def __init__(self, width: int, height: int) -> None:
        self.packets = 0
        self.refused = 0
        """Datagrams that are no DDP."""
        self.out_of_order = 0
        """Packets whose sequence number is not the next."""
        self.frames = 0
        """Pictures that were pushed."""
        self._buffer = bytearray(width * height * 3)
        self._shape = (height, width, 3)
        self._shown: NDArray[np.uint8] = np.zeros(self._shape, dtype=np.uint8)
        self._last_sequence = 0
        self._heard_at: float | None = None

    def receive(self, datagram: bytes, now: float) -> None:
        """One datagram."""
        if len(datagram) < HEADER.size:
            self.refused += bool(datagram)
            return
        flags, sequence, kind, display, offset, length = HEADER.unpack_from(datagram)
        start = HEADER.size + (4 if flags & TIMED else 0)
        data = datagram[start : start + length]
        if flags & 0xC0 != VERSION or len(data) != length:
            self.refused += 1
            return
        if flags & QUERY or display in CONTROL_IDS:
            return
        self.packets += 1
        self._heard_at = now
        self._count(sequence & 0x0F)
        self._put(offset, _without_white(data) if kind == RGBW else data)
        if flags & PUSH:
            self.frames += 1
            self._shown = np.frombuffer(bytes(self._buffer), dtype=np.uint8).reshape(self._shape)

    def pixels(self, now: float) -> NDArray[np.uint8]:
        """What the lamps show."""
        if self._heard_at is None or now - self._heard_at > FALLS_BACK_S:
            own = np.zeros(self._shape, dtype=np.uint8)
            own[:, :] = OWN_PRESET
            return own // 8
        return self._shown

    def falls_back_at(self) -> float | None:
        """When it stops showing what it was sent."""
        return None if self._heard_at is None else self._heard_at + FALLS_BACK_S

    def _count(self, sequence: int) -> None:
        if sequence and self._last_sequence and sequence != self._last_sequence % 15 + 1:
            self.out_of_order += 1
        self._last_sequence = sequence

    def _put(self, offset: int, data: bytes) -> None:
        end = min(offset + len(data), len(self._buffer))
        if offset < end:
            self._buffer[offset:end] = data[: end - offset]


def _without_white(data: bytes) -> bytes:
    return bytes(byte for index, byte in enumerate(data) if index % 4 != 3)
