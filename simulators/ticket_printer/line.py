"""One line of print being put together: characters in cells across the paper (protocols.md 2.4)."""

import codecs
from dataclasses import dataclass, replace
from typing import Final

from simulators.ticket_printer.dialects import Rom

CELL: Final = 12
"""Dots of an ASCII character's width; a Chinese one is two cells wide."""
TALL: Final = 24
"""Dots of a character's height."""
NOT_IN_ROM: Final = "□"
"""What comes out for a character the font memory does not have (four-byte GB18030)."""

LEFT, CENTRE, RIGHT = 0, 1, 2


@dataclass(frozen=True)
class Style:
    """How characters look until something else is said."""

    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: bool = False
    inverse: bool = False


@dataclass(frozen=True)
class Glyph:
    """One character on the paper; `x` and `width` in dots from the left edge of its line."""

    char: str
    x: int
    width: int
    style: Style


@dataclass(frozen=True)
class Line:
    """A finished line."""

    glyphs: tuple[Glyph, ...]
    align: int
    width: int
    height: int

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(glyph.char for glyph in self.glyphs)


class Composer:
    """Takes bytes of text and says which lines they fill."""

    def __init__(self, dots: int, rom: Rom = "gbk") -> None:
        self.dots = dots
        self.rom: Rom = rom
        self.reset()

    def reset(self) -> None:
        """As after switching on: Chinese-market firmware starts in Chinese mode (2.4)."""
        self.style = Style()
        self.chinese_size: tuple[int, int] | None = None
        """Size of Chinese characters set by FS ! or FS W; None means as the others (GS !)."""
        self.align = LEFT
        self.spacing = 30
        self.margin = 0
        self._chinese = self.rom != "ascii"
        self._encoding = "gb18030"
        self._glyphs: list[Glyph] = []
        self._used = 0
        self._start_decoding()

    def speak_chinese(self, on: bool) -> None:
        """FS & and FS ., which a printer without Chinese characters does not know."""
        self._chinese = on and self.rom != "ascii"
        self._start_decoding()

    def encode_as(self, n: int) -> None:
        """ESC 9 n: 0 GBK, 1 UTF-8, 3 BIG5."""
        self._encoding = {0: "gb18030", 1: "utf-8", 3: "big5"}.get(n, self._encoding)
        self._start_decoding()

    def write(self, data: bytes) -> list[Line]:
        """Set `data`; returns the lines that became full on the way."""
        full = []
        for char in self._decoder.decode(data):
            glyph = self._glyph(char)
            if self._used + glyph.width > self.dots - self.margin and self._glyphs:
                full.append(self.finish())
            self._glyphs.append(replace(glyph, x=self.margin + self._used))
            self._used += glyph.width
        return full

    def move_to(self, x: int) -> None:
        """ESC $: continue `x` dots from the left margin."""
        self._used = min(x, self.dots - self.margin)

    def tab(self) -> None:
        """HT: to the next eighth column."""
        self.move_to((self._used // (8 * CELL) + 1) * 8 * CELL)

    @property
    def empty(self) -> bool:
        return not self._glyphs

    def finish(self) -> Line:
        """End the line: what stands in it, at the height of its tallest character."""
        tallest = max((glyph.style.high for glyph in self._glyphs), default=1)
        line = Line(tuple(self._glyphs), self.align, self._used, max(self.spacing, tallest * TALL))
        self._glyphs = []
        self._used = 0
        return line

    def _glyph(self, char: str) -> Glyph:
        is_wide = self._chinese and ord(char) > 0x7F
        style = self.style
        if is_wide and self.chinese_size is not None:
            style = replace(style, wide=self.chinese_size[0], high=self.chinese_size[1])
        shown = NOT_IN_ROM if is_wide and not _in_rom(char, self.rom) else char
        return Glyph(shown, 0, CELL * (2 if is_wide else 1) * style.wide, style)

    def _start_decoding(self) -> None:
        encoding = self._encoding if self._chinese else "cp437"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")


def _in_rom(char: str, rom: Rom) -> bool:
    try:
        return rom == "gb18030" or len(char.encode("gb18030")) == 2
    except UnicodeEncodeError:
        return False
