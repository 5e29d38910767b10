"""What a printer can't print by itself is drawn: characters it has no font for, and QR codes."""

import logging
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.ticket_printer.layout import PrintedQr, PrintedText, cells
from devices.ticket_printer.models import DOTS_A_COLUMN
from devices.ticket_printer.symbols import qr_picture
from hallfile.ticket_layout import Align

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

log = logging.getLogger(__name__)

LINE_DOTS: Final = 24
"""Height of a line at normal size: a CJK glyph is 24×24 dots."""
DESCENT_DOTS: Final = 3
"""Of them below the base line."""

FindFont = Callable[[], tuple[Path, int] | None]
"""A font file and the face in it; None where there is none."""


class Draughtsman:
    """Draws a line as the printer would set it: glyphs in its cells, enlarged dot by dot."""

    def __init__(self, find_font: FindFont) -> None:
        self._find_font = find_font
        self._face: FreeTypeFont | None = None
        self._looked = False

    def line(self, line: PrintedText, columns: int) -> bytes | None:
        """Rows of `columns` cells' dots, packed eight to a byte, 1 black; None where there is no font."""
        picture = self.picture(line)
        return None if picture is None else _across(picture, line.align, columns).tobytes()

    def qr(self, qr: PrintedQr, columns: int) -> bytes:
        """The same of a QR code."""
        return _across(qr_picture(qr.data, qr.module), qr.align, columns).tobytes()

    def picture(self, line: PrintedText) -> "Image | None":
        """The line's own dots, 1 black, as wide as its text."""
        from PIL import Image

        if (font := self._font()) is None:
            return None
        image = Image.new("1", (cells(line.text) * DOTS_A_COLUMN, LINE_DOTS))
        left = 0
        for character in line.text:
            width = cells(character) * DOTS_A_COLUMN
            image.paste(_glyph(character, width, font), (left, 0))
            left += width
        return image.resize((image.width * line.wide, image.height * line.tall))

    def _font(self) -> "FreeTypeFont | None":
        if not self._looked:
            self._looked = True
            if found := self._find_font():
                self._face = _load(*found)
            else:
                log.warning(
                    "there is no font for rare characters; install fonts-noto-cjk or name one in hall.font"
                )
        return self._face


def _glyph(character: str, width: int, font: "FreeTypeFont") -> "Image":
    """A character in the middle of its cell, made narrower where it is wider than that."""
    from PIL import Image, ImageDraw

    natural = max(1, math.ceil(font.getlength(character)))
    cell = Image.new("1", (max(width, natural), LINE_DOTS))
    ImageDraw.Draw(cell).text(
        ((cell.width - natural) // 2, LINE_DOTS - DESCENT_DOTS), character, fill=1, font=font, anchor="ls"
    )
    return cell if cell.width == width else cell.resize((width, LINE_DOTS))


def _across(image: "Image", align: Align, columns: int) -> "Image":
    """The image where it belongs on paper of so many columns."""
    from PIL import Image

    paper = Image.new("1", (columns * DOTS_A_COLUMN, image.height))
    room = paper.width - image.width
    paper.paste(image, ({"left": 0, "center": room // 2, "right": room}[align], 0))
    return paper


@cache
def _load(path: Path, face: int) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(path), LINE_DOTS - 2, index=face)
