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


VARIABLE: Final = {(GS, ord("(")): 5, (GS, ord("v")): 8, (GS, ord("V")): 3, (DLE, 0x14): 3}
"""Commands that say themselves how long they are, and the bytes it takes to know."""
PULSES: Final = {3: 8, 7: 4, 8: 10}
"""Lengths of the forms of DLE DC4, by their third byte; any other has 5 bytes (Epson's ESC/POS reference)."""
CLEAR: Final = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")
"""DLE DC4 fn 8, clear buffers (Epson's ESC/POS reference; 2.5 A names what it loses)."""
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
        if (first, second) in VARIABLE:
            return self._variable(start, (first, second), name)
        parameters = PARAMETERS.get((first, second))
        if parameters is None:
            return 2, UNKNOWN
        return self._whole(start, 2 + parameters), name

    def _variable(self, start: int, named: tuple[int, int], name: str) -> tuple[int, str]:
        if not self._has(start, VARIABLE[named]):
            return 0, ""
        if named == (DLE, 0x14):
            return self._whole(start, PULSES.get(self._held[start + 2], 5)), name
        if named == (GS, ord("(")):
            name = f"{name} {chr(self._held[start + 2])}"
            return self._whole(start, 5 + _u16(self._held, start + 3)), name
        if named == (GS, ord("v")):
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


@dataclass(frozen=True)
class RealTime:
    """A real-time command: its second and third byte, and where in the bytes just fed it ended."""

    kind: int
    n: int
    end: int


class Watch:
    """Finds ``DLE EOT n``, ``DLE ENQ n`` and `CLEAR` among all bytes, whatever else they belong to (2.1)."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[RealTime]:
        """Every real-time command that `data` completes."""
        seen = self._tail + data
        found = []
        at = seen.find(DLE)
        while at >= 0 and (length := _real_time_length(seen[at : at + len(CLEAR)])) is not None:
            if length:
                found.append(RealTime(seen[at + 1], seen[at + 2], at + length - len(self._tail)))
            at = seen.find(DLE, at + max(1, length))
        self._tail = seen[at:] if at >= 0 else b""
        return found


def _real_time_length(seen: bytes) -> int | None:
    """Length of the real-time command that `seen` begins with; 0 if none, None if that can't be told yet."""
    if seen == CLEAR:
        return len(CLEAR)
    if CLEAR.startswith(seen) or (len(seen) < 3 and seen[1:2] in (b"\x04", b"\x05")):
        return None
    return 3 if seen[1] in (0x04, 0x05) else 0


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
