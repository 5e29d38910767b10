"""SAM_V frames inside HID reports, as MIAXIS readers carry them (protocols.md 1.8). Pure.

A message is a mark, two bytes of serial number, a length, a command or result byte with its data, and the sum
of everything from the length on; it fills as many 64-byte reports as it needs, the last padded with zeros.
"""

from typing import Final

REPORT: Final = 64
"""Bytes of a report, both ways."""
_ASKS, _ANSWERS = 0x88, 0xAA
_PASS_FRAME: Final = 0xB1
_HEAD: Final = 5
"""Mark, serial number and length."""
_RESULT: Final = 3
"""The result byte of an answer and two bytes of data stand before the frame."""
_LONGEST: Final = 4096
"""No SAM_V frame is longer than 2321 bytes (protocols.md 1.5)."""


def wrap(frame: bytes) -> list[bytes]:
    """The reports that carry `frame` to the reader."""
    body = bytes([_PASS_FRAME]) + frame
    summed = len(body).to_bytes(2, "little") + body
    message = bytes([_ASKS, 0, 0]) + summed + _sum(summed)
    return [message[at : at + REPORT].ljust(REPORT, b"\0") for at in range(0, len(message), REPORT)]


class Unwrapper:
    """Finds the frames in a reader's reports; what begins no message and continues none is dropped."""

    def __init__(self) -> None:
        self.dropped = 0
        """Reports that made no sense, and messages with a wrong sum."""
        self._held = b""

    def feed(self, report: bytes) -> bytes:
        """Take one report; returns the frame it completes, or nothing."""
        if not self._held and not _begins(report):
            self.dropped += 1
            return b""
        self._held += report
        end = _HEAD + int.from_bytes(self._held[3:5], "little")
        if len(self._held) < end + 2:
            return b""
        summed, told, self._held = self._held[3:end], self._held[end : end + 2], b""
        if _sum(summed) != told:
            self.dropped += 1
            return b""
        return summed[2 + _RESULT :]

    def reset(self) -> None:
        """Forget a message that was begun and not ended."""
        self._held = b""


def _begins(report: bytes) -> bool:
    return (
        len(report) > _HEAD
        and report[0] == _ANSWERS
        and _RESULT <= int.from_bytes(report[3:5], "little") <= _LONGEST
    )


def _sum(data: bytes) -> bytes:
    return (sum(data) & 0xFFFF).to_bytes(2, "little")
