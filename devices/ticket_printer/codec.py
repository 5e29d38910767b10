"""A printer's replies told apart (protocols.md 2.1–2.5). Bytes in, replies out; no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BLOCK_PROCESS: Final = 0x22
"""Identifier of the block reply to GS ( H: everything before it has been printed."""
BLOCK_CLEARED: Final = 0x25
"""Identifier of the block reply to DLE DC4 fn 8: the buffers are empty."""
MOST_TEXT: Final = 80
"""Longest block or text reply kept; GS I texts are under 64 bytes on the printers whose manuals were read."""
FULL_HEAD: Final = b"\x10\x0f"
FULL_BYTES: Final = 6


@dataclass(frozen=True)
class RealTimeStatus:
    """The one byte that answers DLE EOT; which n it answers, only the asker knows."""

    value: int


@dataclass(frozen=True)
class FullStatus:
    """The answer to DLE EOT 20: paper, user, recoverable and unrecoverable errors, a byte each."""

    value: bytes


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


Reply = RealTimeStatus | FullStatus | BufferedStatus | AutomaticStatus | Block | Text | Flow | Unknown


class ReplyParser:
    """The printer's side of the wire, byte by byte; holds at most one unfinished reply.

    `full_status`: the printer answers DLE EOT 20. Only then ``10 0F`` begins that answer: elsewhere it would
    be the beginning of a status that was pushed.
    """

    def __init__(self, *, full_status: bool = False) -> None:
        self._full_status = full_status
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
        if self._is_full:
            return True
        if self._held[0] not in (0x37, 0x5F):
            return byte & 0x90 == 0x00
        return byte in (0x00, 0x1F) or 0x20 <= byte <= 0x7E

    def _continue(self, byte: int) -> Iterator[Reply]:
        self._held.append(byte)
        held = bytes(self._held)
        if self._is_full:
            if len(held) == FULL_BYTES:
                self._held.clear()
                yield FullStatus(held[len(FULL_HEAD) :])
        elif held[0] not in (0x37, 0x5F):
            if len(held) == 4:
                self._held.clear()
                yield AutomaticStatus(held)
        elif byte == 0x00:
            self._held.clear()
            yield Block(held[1], held[2:-1]) if held[0] == 0x37 and len(held) > 2 else Text(held[1:-1])
        elif len(held) > MOST_TEXT:
            self._held.clear()
            yield from map(Unknown, held)

    @property
    def _is_full(self) -> bool:
        return self._full_status and self._held[:2] == FULL_HEAD
