"""The board as it looks from the hall: lamps behind a dark mask, each a dot."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from simulators.kit.fonts import MONOSPACED, font
from simulators.led_board.holding import Lit
from simulators.led_board.text import Glyph, Row

PITCH: Final = 4
"""Pixels of the picture from lamp to lamp."""
LAMP: Final = 3
"""Pixels across one lamp; the rest is mask."""
MASK: Final = (8, 8, 10)
UNLIT: Final = (26, 26, 30)
COLOURS: Final = {
    1: (255, 45, 30),
    2: (50, 255, 70),
    3: (255, 210, 30),
    4: (60, 110, 255),
    5: (40, 235, 235),
    6: (255, 70, 220),
    7: (245, 245, 245),
}
"""By the number of ``\\C``."""

RIGHT, CENTRE = 1, 2
BOTTOM, MIDDLE = 1, 2


def draw(shown: tuple[Lit, ...], width: int, height: int, brightness: int) -> Image.Image:
    """The whole board, `brightness` 0–15."""
    lamps = np.zeros((height, width), dtype=np.uint8)
    for lit in shown:
        _light(lamps, lit)
    return Image.fromarray(_behind_mask(lamps, brightness))


def _light(lamps: NDArray[np.uint8], lit: Lit) -> None:
    area = lit.area
    window = lamps[area.y : area.y + area.height, area.x : area.x + area.width]
    window[:] = 0
    heights = [max((glyph.px for glyph in row), default=16) for row in lit.rows]
    spare = window.shape[0] - sum(heights) - area.line_spacing * (len(heights) - 1)
    y = _aligned(spare, area.alignment >> 2 & 3)
    for row, height in zip(lit.rows, heights, strict=True):
        _light_row(window, row, y, height, area.alignment & 3)
        y += height + area.line_spacing


def _light_row(window: NDArray[np.uint8], row: Row, y: int, height: int, alignment: int) -> None:
    x = _aligned(window.shape[1] - sum(glyph.width for glyph in row), alignment)
    for glyph in row:
        dots = _dots(glyph)
        target = window[max(0, y + height - glyph.px) :, x : x + glyph.width]
        rows, columns = min(dots.shape[0], target.shape[0]), min(dots.shape[1], target.shape[1])
        target[:rows, :columns][dots[:rows, :columns]] = glyph.colour
        x += glyph.width


def _aligned(spare: int, how: int) -> int:
    return {RIGHT: max(0, spare), CENTRE: max(0, spare) // 2}.get(how, 0)


@lru_cache(maxsize=1024)
def _dots(glyph: Glyph) -> NDArray[np.bool_]:
    """A character as the card's font memory holds it."""
    cell = Image.new("L", (glyph.width, glyph.px), 0)
    face = font(MONOSPACED, glyph.px - 1)
    ImageDraw.Draw(cell).text((glyph.width / 2, glyph.px / 2), glyph.char, fill=255, font=face, anchor="mm")
    dots: NDArray[np.bool_] = np.asarray(cell) > 96
    return dots


def _behind_mask(lamps: NDArray[np.uint8], brightness: int) -> NDArray[np.uint8]:
    share = 0.35 + 0.65 * brightness / 15
    palette = np.array([UNLIT, *(COLOURS[n] for n in range(1, 8))], dtype=np.float32)
    palette[1:] *= share
    height, width = lamps.shape
    picture = np.full((height, PITCH, width, PITCH, 3), MASK, dtype=np.uint8)
    picture[:, :LAMP, :, :LAMP] = palette.astype(np.uint8)[lamps][:, None, :, None]
    return picture.reshape(height * PITCH, width * PITCH, 3)
