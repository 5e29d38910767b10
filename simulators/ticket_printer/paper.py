"""The paper: what stands on the strip that has come out, and where it was cut."""

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

from simulators.ticket_printer.line import Line

DOTS_PER_MM: Final = 8
"""203 dpi (protocols.md 2.4)."""
CUTTER_MM: Final = 12
"""The blade stands so far behind the head: a cut without a feed goes through the last lines."""
LONGEST_DOTS: Final = 6000
"""Most of the strip that is kept, 75 cm."""
LARGEST_STRIP: Final = 400
"""Most marks that are kept."""

QR_LEVELS: Final = {
    0x30: ERROR_CORRECT_L,
    0x31: ERROR_CORRECT_M,
    0x32: ERROR_CORRECT_Q,
    0x33: ERROR_CORRECT_H,
}


@dataclass(frozen=True)
class Raster:
    """A picture: `rows` of `row_bytes` each, the leftmost dot in the highest bit, 1 = black."""

    row_bytes: int
    rows: int
    data: bytes
    wide: int
    high: int
    align: int

    @property
    def width(self) -> int:
        return self.row_bytes * 8 * self.wide

    @property
    def height(self) -> int:
        return self.rows * self.high


@dataclass(frozen=True)
class QrCode:
    """A QR code of `data`, `module` dots a module."""

    data: bytes
    level: int
    module: int
    align: int

    @property
    def width(self) -> int:
        return len(qr_modules(self.data, self.level)) * self.module

    @property
    def height(self) -> int:
        return self.width


@dataclass(frozen=True)
class Feed:
    """Blank paper."""

    height: int


@dataclass(frozen=True)
class Cut:
    """The blade; it takes time and no paper."""

    full: bool
    height: int = 0


Mark = Line | Raster | QrCode | Feed | Cut


@lru_cache(maxsize=64)
def qr_modules(data: bytes, level: int) -> tuple[tuple[bool, ...], ...]:
    """The dark and light modules of a QR code; empty where `data` is too long for one."""
    code = qrcode.QRCode(error_correction=QR_LEVELS.get(level, ERROR_CORRECT_L), border=0, mask_pattern=0)
    code.add_data(data)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        return ()
    return tuple(tuple(bool(dark) for dark in row) for row in code.get_matrix())


@dataclass(frozen=True)
class Strip:
    """What hangs out of the printer: marks and cuts by their distance from its beginning, in dots."""

    marks: tuple[tuple[int, Mark], ...]
    cuts: tuple[tuple[int, bool], ...]
    begin: int
    end: int

    def lines_between(self, begin: int, end: int) -> list[str]:
        """The text that stands on one stretch of it."""
        return [mark.text.rstrip() for y, mark in self.marks if begin <= y < end and isinstance(mark, Line)]


class Paper:
    """The strip as it grows; keeps the last two tickets and what is coming out now."""

    def __init__(self) -> None:
        self.version = 0
        """Grows whenever something new can be seen."""
        self.tickets = 0
        self._marks: deque[tuple[int, Mark]] = deque(maxlen=LARGEST_STRIP)
        self._cuts: deque[tuple[int, bool]] = deque(maxlen=3)
        self._end = 0

    def put(self, mark: Mark) -> None:
        """Let `mark` come out."""
        self.version += 1
        if isinstance(mark, Cut):
            self._cut(mark)
            return
        if not isinstance(mark, Feed):
            self._marks.append((self._end, mark))
        self._end += mark.height

    def tear(self) -> None:
        """Somebody tears off what hangs out, at the edge above the head."""
        if self._end > (self._cuts[-1][0] if self._cuts else 0):
            self._cut_at(self._end, full=True)

    def strip(self) -> Strip:
        """What is seen now; it does not change any more."""
        begin = max(self._begin, self._end - LONGEST_DOTS)
        return Strip(tuple(self._marks), tuple(self._cuts), begin, self._end)

    def last_ticket(self) -> list[str]:
        """The lines of the last ticket that was cut off."""
        if not self._cuts:
            return []
        begin = self._cuts[-2][0] if len(self._cuts) > 1 else 0
        return self.strip().lines_between(begin, self._cuts[-1][0])

    @property
    def _begin(self) -> int:
        return self._cuts[0][0] if len(self._cuts) == self._cuts.maxlen else 0

    def _cut(self, cut: Cut) -> None:
        at = max(self._end - CUTTER_MM * DOTS_PER_MM, self._cuts[-1][0] if self._cuts else 0)
        self._cut_at(at, cut.full)

    def _cut_at(self, at: int, full: bool) -> None:
        self.version += 1
        self.tickets += 1
        self._cuts.append((at, full))
        while self._marks and self._marks[0][0] < self._begin:
            self._marks.popleft()
