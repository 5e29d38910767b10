"""Lines of paper to a print job's bytes, as one model of printer takes them (protocols.md 2.4). Pure.

Drawing what its font lacks, and encoding QR codes and pictures, are arguments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from devices.ticket_printer import commands
from devices.ticket_printer.layout import Feed, Printed, PrintedQr, PrintedText
from devices.ticket_printer.models import DOTS_A_COLUMN, Model, Rom

GETA: Final = "〓"
"""What Chinese printers set for a character they have no type for."""
QR_HOLDS: Final = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560)
"""Bytes that a QR code holds at level M, by version from 1 (ISO/IEC 18004, table 7)."""
LINE_DOTS: Final = 30
"""Paper that a line of normal height moves, before any other spacing is set."""


class Draw(Protocol):
    """Makes dots of what a printer can't print by itself: a raster's rows over so many columns."""

    def line(self, line: PrintedText, columns: int) -> bytes | None:
        """A line of text; None where there is no font."""
        ...

    def qr(self, qr: PrintedQr, columns: int) -> bytes:
        """A QR code."""
        ...


class Encoder(Protocol):
    """Encodes what is not text (`symbols`)."""

    def qr(self, data: bytes, module: int) -> bytes:
        """A QR code that the printer draws."""
        ...

    def raster(self, width_bytes: int, rows: bytes) -> bytes:
        """A picture."""
        ...


@dataclass(frozen=True)
class Job:
    """One paper, ready for the wire."""

    data: bytes
    lines: int
    """How much paper it moves, in lines of normal height: what it may take is reckoned from this."""
    ident: bytes | None
    """The id the printer confirms it by; None where it answers a marker."""


@dataclass(frozen=True)
class Press:
    """How jobs are written for one printer: its model, its width, and who draws and encodes for it."""

    model: Model
    columns: int
    draw: Draw
    encoder: Encoder

    def encode(self, printed: Sequence[Printed], job: str) -> Job:
        """A whole job: begun, printed, cut, and its end marked so that it can be confirmed (2.5 A, B)."""
        ident = commands.process_id(job) if self.model.confirm == "process_id" else None
        fitting = [self._fitting(item) for item in printed]
        parts = [
            self._opening(),
            *map(self._bytes, fitting),
            commands.CUTS[self.model.cut],
            commands.MARKER if ident is None else commands.ask_process_id(ident),
        ]
        return Job(b"".join(parts), sum(map(_lines, fitting)), ident)

    def _opening(self) -> bytes:
        if self.model.rom == "ascii":
            return commands.INITIALISE + commands.LEAVE_CHINESE
        code = b"" if self.model.code is None else commands.chinese_code(self.model.code)
        return commands.INITIALISE + code + commands.ENTER_CHINESE

    def _fitting(self, item: Printed) -> Printed:
        """A QR code with squares small enough for the paper; anything else as it is."""
        if not isinstance(item, PrintedQr):
            return item
        most = self.columns * DOTS_A_COLUMN // qr_squares(len(item.data))
        return PrintedQr(item.data, item.align, max(1, min(item.module, most)))

    def _bytes(self, item: Printed) -> bytes:
        match item:
            case Feed(lines):
                return commands.feed(lines)
            case PrintedQr() if self.model.qr == "raster":
                return self._dots(self.draw.qr(item, self.columns))
            case PrintedQr(data, align, module):
                return commands.align(align) + self.encoder.qr(data, module)
            case PrintedText():
                return self._text(item)

    def _text(self, item: PrintedText) -> bytes:
        text, rom = item.text, self.model.rom
        if not all(in_rom(character, rom) for character in text):
            if rows := self.draw.line(item, self.columns):
                return self._dots(rows)
            missing = GETA if in_rom(GETA, rom) else "?"
            text = "".join(character if in_rom(character, rom) else missing for character in text)
        style = commands.align(item.align) + commands.size(item.wide, item.tall)
        return style + text.encode(self.model.code or "gb18030") + commands.LINE_FEED

    def _dots(self, rows: bytes) -> bytes:
        return commands.align("left") + self.encoder.raster(self.columns * DOTS_A_COLUMN // 8, rows)


def in_rom(character: str, rom: Rom) -> bool:
    """Whether a printer with this font can set the character."""
    if rom == "ascii":
        return character.isascii()
    try:
        return len(character.encode(rom)) <= (2 if rom == "gbk" else 4)
    except UnicodeEncodeError:
        return False


def qr_squares(size: int) -> int:
    """Squares along a side of the QR code for `size` bytes at level M; digits alone may need fewer."""
    version = next((number for number, holds in enumerate(QR_HOLDS, 1) if size <= holds), len(QR_HOLDS))
    return 17 + 4 * version


def _lines(item: Printed) -> int:
    match item:
        case Feed(lines):
            return lines
        case PrintedQr(data, _, module):
            return qr_squares(len(data)) * module // LINE_DOTS + 1
        case PrintedText():
            return item.tall
