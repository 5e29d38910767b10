"""Dynamic areas as a host sends them: A3 06 and its area records (protocols.md 4.2)."""

from dataclasses import dataclass
from typing import Final

PIXELS: Final = 0x8000
"""Set in X and width: pixels; clear: units of eight."""
LOOP, STOP_AT_LAST, DELETE_WHEN_STALE = 0, 1, 2
STATIC: Final = 1
ALL_AREAS: Final = 0xFF


class Malformed(ValueError):
    """The payload ends before it says it does, or says what no card knows."""


@dataclass(frozen=True)
class Area:
    """One area record."""

    id: int
    x: int
    y: int
    width: int
    height: int
    line_spacing: int
    run_mode: int
    timeout_s: int
    alignment: int
    """Bits 1–0 across (0 left, 1 right, 2 centre), bits 3–2 down (0 top, 1 bottom, 2 middle)."""
    lines: int
    """1 single, 2 multi."""
    wrap: int
    """1 at ``\\n`` only, 2 by itself."""
    effect: int
    stay: int
    """Half seconds a page stands."""
    text: bytes


@dataclass(frozen=True)
class Update:
    """What one A3 06 asks for."""

    clear_first: bool
    delete: tuple[int, ...]
    areas: tuple[Area, ...]


class Cursor:
    """Reads a payload from its beginning on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise Malformed(f"{count} bytes expected, {len(taken)} left")
        self._at += count
        return taken

    def number(self, size: int = 1) -> int:
        return int.from_bytes(self.take(size), "little")

    def across(self) -> int:
        """X or a width."""
        value = self.number(2)
        return value & ~PIXELS if value & PIXELS else value * 8


def read_update(process_mode: int, payload: bytes) -> Update:
    """The payload of A3 06 after its five common bytes; raises `Malformed`."""
    cursor = Cursor(payload)
    count = cursor.number()
    delete = (ALL_AREAS,) if count == ALL_AREAS else tuple(cursor.take(count))
    areas = tuple(read_area(cursor.take(cursor.number(2))) for _ in range(cursor.number()))
    return Update(process_mode == 1, delete, areas)


def read_area(record: bytes) -> Area:
    """One area record; raises `Malformed`."""
    cursor = Cursor(record)
    if cursor.number() != 0:
        raise Malformed("only text areas, type 0, are known")
    x, y, width, height = cursor.across(), cursor.number(2), cursor.across(), cursor.number(2)
    number, spacing, run_mode, timeout = cursor.number(), cursor.number(), cursor.number(), cursor.number(2)
    _pass_sound(cursor)
    cursor.take(cursor.number())
    alignment, lines, wrap, effect = (cursor.number() for _ in range(4))
    cursor.take(2)
    stay = cursor.number()
    text = cursor.take(cursor.number(4))
    return Area(
        number, x, y, width, height, spacing, run_mode, timeout, alignment, lines, wrap, effect, stay, text
    )


def _pass_sound(cursor: Cursor) -> None:
    sound = cursor.number()
    if sound:
        cursor.take(3)
    if sound == 2:
        cursor.take(cursor.number(4))
