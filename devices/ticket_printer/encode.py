"""Lines of paper to a print job's bytes (protocols.md 2.4). Pure: drawing rare characters is an argument."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from devices.ticket_printer import codec
from devices.ticket_printer.layout import Feed, Printed, PrintedQr, PrintedText

GETA: Final = "〓"
"""What Chinese printers set for a character they have no type for."""

Draw = Callable[[PrintedText, int], bytes | None]
"""Draws a line over so many columns and returns a raster's rows; None where there is no font."""

DOTS_A_COLUMN: Final = 12


@dataclass(frozen=True)
class Job:
    """One ticket, ready for the wire."""

    data: bytes
    lines: int
    """How much paper it moves, in lines of normal height: what it may take is reckoned from this."""


def encode(printed: Sequence[Printed], columns: int, draw: Draw) -> Job:
    """A whole job: initialised, printed, cut, and its end marked for confirmation (protocols.md 2.5 B)."""
    parts = [codec.INITIALISE, codec.CHINESE_MODE]
    parts += [_bytes(item, columns, draw) for item in printed]
    parts += [codec.CUT, codec.MARKER]
    return Job(b"".join(parts), sum(_lines(item) for item in printed))


def in_font_rom(character: str) -> bool:
    """Whether a printer's own font has it: ASCII and GBK's two-byte area, which GB18030 writes alike."""
    try:
        return len(character.encode("gbk")) <= 2
    except UnicodeEncodeError:
        return False


def _bytes(item: Printed, columns: int, draw: Draw) -> bytes:
    match item:
        case Feed(lines):
            return codec.feed(lines)
        case PrintedQr(data, align, module):
            return codec.align(align) + codec.qr(data, module)
        case PrintedText():
            return _text(item, columns, draw)


def _text(item: PrintedText, columns: int, draw: Draw) -> bytes:
    text = item.text
    if not all(map(in_font_rom, text)):
        if rows := draw(item, columns):
            return codec.align("left") + codec.raster(columns * DOTS_A_COLUMN // 8, rows)
        text = "".join(character if in_font_rom(character) else GETA for character in text)
    style = codec.align(item.align) + codec.size(item.wide, item.tall)
    return style + text.encode("gb18030") + codec.LINE_FEED


def _lines(item: Printed) -> int:
    match item:
        case Feed(lines):
            return lines
        case PrintedQr(data, _, module):
            return (17 + 4 * _qr_version(len(data))) * module // 24 + 1
        case PrintedText():
            return item.tall


def _qr_version(size: int) -> int:
    """Roughly the version a code of `size` bytes takes at level M (ISO/IEC 18004, table 7), not below it."""
    return min(40, 2 + size // 10)
