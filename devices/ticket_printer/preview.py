"""What a paper will look like: as text in a terminal, or dot by dot as a picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

from devices.ticket_printer.drawing import Draughtsman
from devices.ticket_printer.encode import LINE_DOTS, qr_squares
from devices.ticket_printer.layout import Feed, Printed, PrintedQr, PrintedText, cells
from devices.ticket_printer.models import DOTS_A_COLUMN
from devices.ticket_printer.symbols import qr_picture
from hallfile.ticket_layout import Align

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN: Final = 24
"""White around the paper's print, in dots."""
PAPER: Final = 255
INK: Final = 0


def as_text(printed: Sequence[Printed], columns: int) -> str:
    """The paper in a frame of `columns`; enlarged lines at normal size, a QR code as its words."""
    edge = f"+{'-' * columns}+"
    return "\n".join([edge, *(f"|{line}|" for item in printed for line in _lines(item, columns)), edge])


def as_picture(printed: Sequence[Printed], columns: int, draughtsman: Draughtsman) -> "Image":
    """The paper, one pixel a dot of the head; raises `LookupError` where there is no font to draw with."""
    from PIL import Image

    width = columns * DOTS_A_COLUMN
    stencils = [_stencil(item, columns, draughtsman) for item in printed]
    height = sum(height for _, height in stencils)
    paper = Image.new("L", (width + 2 * MARGIN, height + 2 * MARGIN), PAPER)
    top = MARGIN
    for item, (stencil, height) in zip(printed, stencils, strict=True):
        if stencil is not None and not isinstance(item, Feed):
            paper.paste(INK, (MARGIN + _left(item.align, width - stencil.width), top), stencil)
        top += height
    return paper


def _lines(item: Printed, columns: int) -> list[str]:
    match item:
        case Feed(lines):
            return [" " * columns] * lines
        case PrintedQr(data, align, _):
            words = f"[QR {data.decode()}]"
            pieces = [words[start : start + columns] for start in range(0, len(words), columns)]
            return [_placed(piece, align, columns) for piece in pieces]
        case PrintedText(text, align):
            return [_placed(text, align, columns)]


def _placed(text: str, align: Align, columns: int) -> str:
    room = max(0, columns - cells(text))
    left = _left(align, room)
    return " " * left + _spread(text) + " " * (room - left)


def _spread(text: str) -> str:
    """Give what is wide on paper and narrow in a terminal, “–” for one, its second cell."""
    return "".join(
        one + " " if cells(one) == 2 and east_asian_width(one) not in ("W", "F") else one for one in text
    )


def _stencil(item: Printed, columns: int, draughtsman: Draughtsman) -> "tuple[Image | None, int]":
    """An item's dots, and the paper it moves."""
    match item:
        case Feed(lines):
            return None, lines * LINE_DOTS
        case PrintedQr(data, _, module):
            code = qr_picture(data, max(1, min(module, columns * DOTS_A_COLUMN // qr_squares(len(data)))))
            return code, code.height
        case PrintedText():
            text = draughtsman.picture(item)
            if text is None:
                raise LookupError("there is no font to draw with; install fonts-noto-cjk")
            return text, max(LINE_DOTS, text.height)


def _left(align: Align, room: int) -> int:
    return {"left": 0, "center": room // 2, "right": room}[align]
