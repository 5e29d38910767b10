"""Modbus-RTU as noise transmitters speak it: pure, bytes in, whole replies out (protocols.md 5.3).

A frame has neither a beginning nor an end of its own: what makes a reply a reply is the function that was
asked, its length and its CRC. So every place in the stream is tried, and nothing waits for a length that was
read out of garbage.
"""

from dataclasses import dataclass
from typing import Final

READ_HOLDING, READ_INPUT = 3, 4
_FAULT: Final = 0x80
"""Set in the function of a reply that says no."""
_LONGEST: Final = 256
"""Of a frame on a serial line (MODBUS over Serial Line, 2.3)."""
_SHORTEST: Final = 5

FAULTS: Final = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
}
"""Exception codes of the application protocol, 7."""


@dataclass(frozen=True)
class Registers:
    """The registers that were asked for."""

    address: int
    function: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Refused:
    """The transmitter says that it can't."""

    address: int
    function: int
    code: int

    def __str__(self) -> str:
        return f"exception {self.code} ({FAULTS.get(self.code, 'of the maker')})"


Answer = Registers | Refused


def crc16(data: bytes) -> int:
    """CRC-16/MODBUS: polynomial A001h reflected, start FFFFh."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def read_registers(address: int, function: int, first: int, count: int = 1) -> bytes:
    """The question for `count` registers from `first` on (numbered from 0)."""
    body = bytes((address, function)) + first.to_bytes(2, "big") + count.to_bytes(2, "big")
    return _with_crc(body)


class AnswerDecoder:
    """Finds the answers in a stream; what is no answer is skipped and counted."""

    def __init__(self) -> None:
        self.junk = 0
        """Bytes that belonged to no answer."""
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """Take in bytes and return the answers they complete."""
        self._pending += data
        answers = []
        start = 0
        place = 0
        while place + _SHORTEST <= len(self._pending):
            frame = self._frame_at(place)
            if frame is None:
                place += 1
                continue
            answers.append(_read(frame))
            self.junk += place - start
            start = place = place + len(frame)
        excess = max(start, len(self._pending) - _LONGEST)
        self.junk += excess - start
        del self._pending[:excess]
        return answers

    def reset(self) -> None:
        """Forget what is incomplete: before a question nothing that comes can be its answer."""
        self.junk += len(self._pending)
        self._pending.clear()

    def _frame_at(self, place: int) -> bytes | None:
        """The whole answer that begins at `place`, if one does."""
        function, third = self._pending[place + 1], self._pending[place + 2]
        if function in (READ_HOLDING | _FAULT, READ_INPUT | _FAULT):
            size = _SHORTEST
        elif function in (READ_HOLDING, READ_INPUT) and third and third % 2 == 0:
            size = _SHORTEST + third
        else:
            return None
        frame = bytes(self._pending[place : place + size])
        if len(frame) < size or _with_crc(frame[:-2]) != frame:
            return None
        return frame


def _read(frame: bytes) -> Answer:
    address, function = frame[0], frame[1]
    if function & _FAULT:
        return Refused(address, function & ~_FAULT, frame[2])
    data = frame[3:-2]
    values = tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    return Registers(address, function, values)


def _with_crc(body: bytes) -> bytes:
    return body + crc16(body).to_bytes(2, "little")


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC_TABLE: Final = tuple(_crc_of(byte) for byte in range(256))
