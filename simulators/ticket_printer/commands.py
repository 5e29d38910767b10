"""The ESC/POS stream taken apart: bytes in, commands out (protocols.md 2.1–2.4).

The reader knows how long each command is and nothing of what it does. Real-time commands are found by
`Watch`, which looks at every byte as it arrives, also inside a picture's data (2.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D

LARGEST_PICTURE: Final = 128 * 1024
"""Bytes of one picture; a command that announces more is out of range, and its data prints as text."""
LONGEST_TEXT: Final = 256
"""A run of text is handed on after so many bytes, so that it needs no end."""

PARAMETERS: Final[dict[tuple[int, int], int]] = {
    (ESC, ord("@")): 0,
    (ESC, ord("a")): 1,
    (ESC, ord("!")): 1,
    (ESC, ord("E")): 1,
    (ESC, ord("G")): 1,
    (ESC, ord("-")): 1,
    (ESC, ord("M")): 1,
    (ESC, ord("2")): 0,
    (ESC, ord("3")): 1,
    (ESC, ord("d")): 1,
    (ESC, ord("J")): 1,
    (ESC, ord("t")): 1,
    (ESC, ord("R")): 1,
    (ESC, ord("9")): 1,
    (ESC, ord("i")): 0,
    (ESC, ord("m")): 0,
    (ESC, ord("B")): 2,
    (ESC, ord("p")): 3,
    (ESC, ord("$")): 2,
    (ESC, ord("c")): 2,
    (GS, ord("!")): 1,
    (GS, ord("B")): 1,
    (GS, ord("r")): 1,
    (GS, ord("a")): 1,
    (GS, ord("I")): 1,
    (GS, ord("L")): 2,
    (GS, ord("W")): 2,
    (FS, ord("&")): 0,
    (FS, ord(".")): 0,
    (FS, ord("!")): 1,
    (FS, ord("W")): 1,
    (FS, ord("-")): 1,
    (FS, ord("S")): 2,
    (FS, ord("C")): 1,
    (DLE, 0x04): 1,
    (DLE, 0x05): 1,
    (DLE, 0x14): 3,
}
"""Bytes that follow the two that name a command, where their number is fixed."""


@dataclass(frozen=True)
class Command:
    """One command: its naming bytes as text (``ESC a``, ``GS ( k``), what follows, and when it began."""

    name: str
    data: bytes = b""
    at: float = 0.0

    @property
    def n(self) -> int:
        """The first parameter."""
        return self.data[0]

    @property
    def length(self) -> int:
        """Bytes it takes in the buffer."""
        return len(self.data) + 2


VARIABLE: Final = {ord("("): 5, ord("v"): 8, ord("V"): 3}
"""GS commands that say themselves how long they are, and the bytes it takes to know."""
CUTS_AFTER_FEED: Final = b"ABab"
"""The forms of GS V that carry a distance."""

TEXT: Final = "text"
CONTROL: Final = "control"
UNKNOWN: Final = "unknown"
"""A name this printer does not know: it and its first byte are passed over, what follows prints as text."""


class CommandReader:
    """Cuts a stream into commands; keeps at most one unfinished command."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._began = 0.0

    def forget(self) -> None:
        """Drop a command whose end will never come."""
        self._held.clear()

    def feed(self, data: bytes, now: float) -> Iterator[Command]:
        """Take bytes that arrived at `now` and yield every command they complete."""
        if not self._held:
            self._began = now
        self._held += data
        start = 0
        while start < len(self._held):
            length, name = self._measure(start)
            if length == 0:
                break
            yield Command(name, bytes(self._held[start + _named_by(name) : start + length]), self._began)
            start += length
            self._began = now
        del self._held[:start]

    def _measure(self, start: int) -> tuple[int, str]:
        """Length of the command at `start` (0: not all there), and its name."""
        first = self._held[start]
        if first not in (DLE, ESC, FS, GS):
            return self._run(start)
        if not self._has(start, 2):
            return 0, ""
        second = self._held[start + 1]
        name = _name(first, second)
        if first == GS and second in VARIABLE:
            return self._variable(start, second, name)
        parameters = PARAMETERS.get((first, second))
        if parameters is None:
            return 2, UNKNOWN
        return self._whole(start, 2 + parameters), name

    def _variable(self, start: int, second: int, name: str) -> tuple[int, str]:
        if not self._has(start, VARIABLE[second]):
            return 0, ""
        if second == ord("("):
            name = f"{name} {chr(self._held[start + 2])}"
            return self._whole(start, 5 + _u16(self._held, start + 3)), name
        if second == ord("v"):
            size = _u16(self._held, start + 4) * _u16(self._held, start + 6)
            return (self._whole(start, 8 + size), name) if size <= LARGEST_PICTURE else (8, UNKNOWN)
        return self._whole(start, 4 if self._held[start + 2] in CUTS_AFTER_FEED else 3), name

    def _run(self, start: int) -> tuple[int, str]:
        if self._held[start] < 0x20:
            return 1, CONTROL
        end = start
        while end < min(len(self._held), start + LONGEST_TEXT) and self._held[end] >= 0x20:
            end += 1
        return end - start, TEXT

    def _whole(self, start: int, length: int) -> int:
        """`length`, if all of it has come."""
        return length if self._has(start, length) else 0

    def _has(self, start: int, length: int) -> bool:
        return len(self._held) - start >= length


class Watch:
    """Finds ``DLE EOT n`` and ``DLE ENQ n`` among all bytes, whatever else they belong to (2.1)."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[tuple[int, int]]:
        """The (second byte, n) of every real-time command that `data` completes."""
        seen = self._tail + data
        found = []
        at = seen.find(DLE)
        while 0 <= at < len(seen) - 2:
            if seen[at + 1] in (0x04, 0x05):
                found.append((seen[at + 1], seen[at + 2]))
                at += 2
            at = seen.find(DLE, at + 1)
        self._tail = seen[at:] if at >= 0 else b""
        return found


def _named_by(name: str) -> int:
    """How many bytes of a command are its name."""
    if name in (TEXT, CONTROL):
        return 0
    return 3 if name.startswith("GS (") else 2


def _name(first: int, second: int) -> str:
    lead = {DLE: "DLE", ESC: "ESC", FS: "FS", GS: "GS"}[first]
    real_time = {0x04: "EOT", 0x05: "ENQ", 0x14: "DC4"}
    return f"{lead} {real_time.get(second, chr(second)) if first == DLE else chr(second)}"


def _u16(data: bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
