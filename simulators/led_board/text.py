"""What an area's text looks like: escapes read, lines broken, pages made (protocols.md 4.2, text escapes).

This card holds fonts and nothing else: pictures, clock parts and sensors (``\\T \\D \\W``) show nothing.
"""

import re
from dataclasses import dataclass
from typing import Final

from simulators.led_board.areas import Area

FONT_PX: Final = {"000": 16, "001": 24, "002": 32}
"""Height of the fonts this card holds, Chinese (FO) and ASCII (FE) alike."""
RED: Final = 1
NOT_IN_FONT: Final = "□"

_TOKEN: Final = re.compile(
    r"\\(?P<kind>F[OE])(?P<font>\d{3})|\\C(?P<colour>[1-7])|(?P<newline>\\n|\n)"
    r"|\\T\d{3}[^|]*\||\\D[YLDWHMS]|\\WC\d\d|(?P<char>.)",
    re.DOTALL,
)


class UnknownFont(ValueError):
    """The text asks for a font the card does not hold."""


@dataclass(frozen=True)
class Glyph:
    """One character in its font and colour."""

    char: str
    px: int
    colour: int

    @property
    def width(self) -> int:
        return self.px // 2 if ord(self.char) < 0x80 else self.px


Row = tuple[Glyph, ...]


@dataclass(frozen=True)
class Pages:
    """A text broken to the size of its area."""

    pages: tuple[tuple[Row, ...], ...]

    @property
    def text(self) -> str:
        """What it says, its pages one after the other."""
        rows = ("".join(glyph.char for glyph in row) for page in self.pages for row in page)
        return "".join(rows).rstrip()


def set_text(area: Area) -> Pages:
    """Lay out an area's text; raises `UnknownFont`."""
    rows: list[Row] = []
    for line in _lines(area.text):
        rows += _broken(line, area.width)
    per_page = 1 if area.lines == 1 else max(1, area.height // (_height(rows) + area.line_spacing))
    starts = range(0, len(rows), per_page)
    return Pages(tuple(tuple(rows[start : start + per_page]) for start in starts) or ((),))


def _lines(text: bytes) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = [[]]
    fonts, colour = {"FO": 16, "FE": 16}, RED
    for token in _TOKEN.finditer(text.decode("gb18030", errors="replace")):
        if (kind := token["kind"]) is not None:
            if token["font"] not in FONT_PX:
                raise UnknownFont(f"\\{kind}{token['font']}")
            fonts[kind] = FONT_PX[token["font"]]
        elif token["colour"] is not None:
            colour = int(token["colour"])
        elif token["newline"] is not None:
            lines.append([])
        elif (char := token["char"]) is not None:
            lines[-1].append(Glyph(_in_font(char), fonts["FE" if ord(char) < 0x80 else "FO"], colour))
    return lines


def _broken(line: list[Glyph], width: int) -> list[Row]:
    rows: list[Row] = []
    row: list[Glyph] = []
    for glyph in line:
        if row and sum(other.width for other in row) + glyph.width > width:
            rows.append(tuple(row))
            row = []
        row.append(glyph)
    return [*rows, tuple(row)]


def _height(rows: list[Row]) -> int:
    return max((glyph.px for row in rows for glyph in row), default=16)


def _in_font(char: str) -> str:
    try:
        return char if len(char.encode("gbk")) <= 2 else NOT_IN_FONT
    except UnicodeEncodeError:
        return NOT_IN_FONT
