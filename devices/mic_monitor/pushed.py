"""The BB AA frames of serial noise modules: pure, bytes in, frames out (protocols.md 5.3, last row)."""

from dataclasses import dataclass
from typing import Final

_HEAD: Final = b"\xbb\xaa"
_SIZE: Final = 6
"""Head, command, two bytes of data, and the low byte of the sum of the five before it."""


@dataclass(frozen=True)
class PushedLevel:
    """The module's level, in its own steps."""

    steps: int


@dataclass(frozen=True)
class PushedVersion:
    """The version of its software, told once when it is switched on."""

    version: int


PushedFrame = PushedLevel | PushedVersion


class PushedDecoder:
    """Finds the frames in a stream; never holds more than one incomplete one."""

    def __init__(self) -> None:
        self.junk = 0
        """Bytes that belonged to no frame."""
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[PushedFrame]:
        """Take in bytes and return the frames they complete."""
        self._pending += data
        frames: list[PushedFrame] = []
        place = 0
        while (head := self._pending.find(_HEAD, place)) >= 0 and head + _SIZE <= len(self._pending):
            frame = _read(self._pending[head : head + _SIZE])
            self.junk += head - place + (0 if frame else 1)
            place = head + (_SIZE if frame else 1)
            if frame is not None:
                frames.append(frame)
        keep = len(self._pending) - head if head >= 0 else int(self._pending.endswith(_HEAD[:1]))
        whole = len(self._pending) - keep
        self.junk += max(0, whole - place)
        del self._pending[: max(place, whole)]
        return frames

    def reset(self) -> None:
        """Forget what is incomplete."""
        self.junk += len(self._pending)
        self._pending.clear()


def _read(frame: bytearray) -> PushedFrame | None:
    command, number, check = frame[2], int.from_bytes(frame[3:5], "little"), frame[5]
    if sum(frame[:5]) & 0xFF != check:
        return None
    match command:
        case 0x01:
            return PushedLevel(number)
        case 0x00:
            return PushedVersion(number)
    return None
