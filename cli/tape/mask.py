"""Wiping what an ID-card reader says of people out of a recording. Pure.

From the first SAM_V frame on, in either direction (protocols.md 1.1), nothing the reader says is kept but
what a frame needs: preamble, length, the three status bytes and a checksum that fits what is left. Everything
else becomes zeros, also bytes that belong to no frame: a reply whose head was damaged holds the same data.
"""

from typing import Final

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
STATUS_BYTES: Final = 3
LONGEST: Final = 0x0FFF
"""Length field beyond which it was no frame."""


class PreambleWatch:
    """Says whether a preamble has gone by, however it was cut."""

    def __init__(self) -> None:
        self.seen = False
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """More bytes of one direction."""
        if not self.seen:
            self._tail += data
            self.seen = PREAMBLE in self._tail
            self._tail = self._tail[-len(PREAMBLE) + 1 :]


class ReaderMask:
    """What a reader says to its host, without anything about a person; of the same length, byte for byte."""

    def __init__(self) -> None:
        self._head = bytearray()
        """What of a frame's preamble and length has come."""
        self._body = 0
        """Bytes of the frame's body that are still to come, its checksum included."""
        self._passed = 0
        self._wiped = 0
        """XOR of the data bytes that were wiped."""

    def feed(self, data: bytes) -> bytes:
        """The bytes as they may be kept."""
        return bytes(self._one(byte) for byte in data)

    def _one(self, byte: int) -> int:
        return self._inside(byte) if self._body else self._outside(byte)

    def _inside(self, byte: int) -> int:
        self._body -= 1
        self._passed += 1
        if self._passed <= STATUS_BYTES:
            return byte
        if self._body:
            self._wiped ^= byte
            return 0
        return byte ^ self._wiped

    def _outside(self, byte: int) -> int:
        expected = len(self._head)
        if expected < len(PREAMBLE):
            if byte == PREAMBLE[expected]:
                self._head.append(byte)
                return byte
            # a fourth AA still leaves three before the 96
            self._head[:] = PREAMBLE[:3] if expected == 3 and byte == PREAMBLE[0] else b""
            if not self._head and byte == PREAMBLE[0]:
                self._head.append(byte)
            return byte if self._head else 0
        self._head.append(byte)
        if len(self._head) == len(PREAMBLE) + 2:
            length = int.from_bytes(self._head[-2:], "big")
            self._body = length if length <= LONGEST else 0
            self._head.clear()
            self._passed = self._wiped = 0
        return byte
