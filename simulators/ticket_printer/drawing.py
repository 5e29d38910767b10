"""The strip of paper as a picture: one dot of the head is one pixel."""

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from simulators.kit.fonts import MONOSPACED, font
from simulators.ticket_printer.line import CENTRE, RIGHT, TALL, Glyph, Line
from simulators.ticket_printer.paper import Mark, QrCode, Raster, Strip, qr_modules

PAPER: Final = 246
INK: Final = 24
"""Grey of thermal paper, unheated and heated."""
SHORTEST: Final = 320
"""Least height of the picture, so that an empty strip is still seen."""
TOOTH: Final = 8
"""Height of the jagged edge that a cut leaves, pixels."""


def draw(strip: Strip, dots: int) -> Image.Image:
    """The strip, `dots` wide; the newest stands at the bottom, where the head is."""
    height = max(SHORTEST, strip.end - strip.begin)
    origin = strip.begin - (height - (strip.end - strip.begin))
    image = Image.new("L", (dots, height), PAPER)
    for y, mark in strip.marks:
        if y + mark.height > strip.begin:
            _put(image, mark, y - origin)
    for y, full in strip.cuts:
        if y > strip.begin:
            _tear(image, y - origin, full)
    return image


def _put(image: Image.Image, mark: Mark, y: int) -> None:
    if isinstance(mark, Line):
        x = _left(image.width, mark.width, mark.align)
        for glyph in mark.glyphs:
            _put_glyph(image, glyph, x, y, mark.height)
    elif isinstance(mark, Raster):
        stencil = Image.frombytes("1", (mark.row_bytes * 8, mark.rows), mark.data)
        stencil = stencil.resize((mark.width, mark.height))
        image.paste(INK, (_left(image.width, mark.width, mark.align), y), stencil)
    elif isinstance(mark, QrCode) and mark.width:
        modules = np.array(qr_modules(mark.data, mark.level), dtype=np.uint8) * 255
        stencil = Image.fromarray(modules).resize((mark.width, mark.width), Image.Resampling.NEAREST)
        image.paste(INK, (_left(image.width, mark.width, mark.align), y), stencil)


def _put_glyph(image: Image.Image, glyph: Glyph, x: int, y: int, line_height: int) -> None:
    style = glyph.style
    size = (glyph.width, TALL * style.high)
    stencil = _stencil(glyph.char, size, style.bold)
    at = (x + glyph.x, y + line_height - size[1])
    if style.inverse:
        image.paste(INK, (*at, at[0] + size[0], at[1] + size[1]))
        image.paste(PAPER, at, stencil)
    else:
        image.paste(INK, at, stencil)
    if style.underline:
        image.paste(INK, (at[0], at[1] + size[1] - 2, at[0] + size[0], at[1] + size[1]))


@lru_cache(maxsize=512)
def _stencil(char: str, size: tuple[int, int], bold: bool) -> Image.Image:
    """A character cell as the font memory holds it: dots that are burnt or not."""
    height = size[1]
    cell_width = height // 2 if ord(char) < 0x100 else height
    cell = Image.new("L", (cell_width, height), 0)
    drawing = ImageDraw.Draw(cell)
    face = font(MONOSPACED, round(height * 0.94))
    for shift in (0, 1) if bold else (0,):
        drawing.text((cell_width / 2 + shift, height / 2), char, fill=255, font=face, anchor="mm")
    return cell.resize(size).point(lambda level: 255 if level > 112 else 0).convert("1")


def _left(paper: int, width: int, align: int) -> int:
    room = max(0, paper - width)
    return {CENTRE: room // 2, RIGHT: room}.get(align, 0)


def _tear(image: Image.Image, y: int, full: bool) -> None:
    drawing = ImageDraw.Draw(image)
    for x in range(0, image.width, 2 * TOOTH):
        drawing.line([(x, y), (x + TOOTH, y - TOOTH), (x + 2 * TOOTH, y)], fill=150, width=2)
    if not full:
        middle = image.width // 2
        drawing.rectangle((middle - 2 * TOOTH, y - TOOTH, middle + 2 * TOOTH, y + 1), fill=PAPER)
