"""Texts as pixels: laid out with the hall's own font, standing, turning its pages, or running (Pillow).

Pure but for the font file: a text, an area and a time in, an array of pixels out. Time is real seconds since
the text was shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from devices.kit.errors import Misconfigured
from devices.led_board.areas import Effect
from devices.led_board.colours import Rgb, rgb
from devices.led_board.pages import lines_of
from devices.led_board.panel import Wanted
from hallfile.devices import BoardArea

Pixels = NDArray[np.uint8]
"""Height × width × red, green, blue."""
FindFont = Callable[[], tuple[Path, int] | None]
"""The hall's font: its file, and the face in it."""

LAMP_ON: Final = 96
"""From this grey on a pixel is lit: a lamp has no edges to smooth."""
SHORTEST_PAGE_S: Final = 1.0
SLOWEST_PX_S: Final = 4
"""How fast the slowest text runs; each step of `speed` below 24 adds as much."""


@dataclass(frozen=True)
class Layer:
    """One area's text, laid out."""

    place: BoardArea
    pages: Sequence[Pixels]
    """Each as large as the area; of a running text one, as long as the text."""
    effect: Effect
    text: str

    @property
    def moves(self) -> bool:
        """Whether it looks different from one moment to the next."""
        return len(self.pages) > 1 or self.effect not in (Effect.STATIC, Effect.INSTANT)

    def at(self, since_s: float) -> Pixels:
        """What stands in the area `since_s` after it was shown."""
        px_s = SLOWEST_PX_S * (25 - self.place.speed)
        if self.effect in (Effect.LEFT, Effect.RIGHT):
            return self._running(int(since_s * px_s))
        arrives_s = self.place.height / px_s if self.effect in (Effect.UP, Effect.DOWN) else 0.0
        page_s = arrives_s + max(self.place.stay_s, SHORTEST_PAGE_S)
        turned = int(since_s / page_s)
        left_px = self.place.height - int((since_s - turned * page_s) * px_s) if arrives_s else 0
        return self._rolled(self.pages[turned % len(self.pages)], max(0, left_px))

    def _running(self, gone_px: int) -> Pixels:
        """The text on its way through the area, again and again, with an area's width between."""
        strip, width = self.pages[0], self.place.width
        length = strip.shape[1] + width
        start = gone_px % length
        if self.effect is Effect.RIGHT:
            start = length - 1 - start
        columns = (np.arange(width) + start - width) % length
        return np.where(
            (columns < strip.shape[1])[None, :, None], strip[:, np.minimum(columns, strip.shape[1] - 1)], 0
        ).astype(np.uint8)

    def _rolled(self, page: Pixels, left_px: int) -> Pixels:
        """A page that has `left_px` to go until it stands."""
        if not left_px:
            return page
        shown = np.zeros_like(page)
        if self.effect is Effect.UP:
            shown[left_px:] = page[: page.shape[0] - left_px]
        else:
            shown[: page.shape[0] - left_px] = page[left_px:]
        return shown


class Typesetter:
    """Lays out texts with one font."""

    def __init__(self, find: FindFont) -> None:
        found = find()
        if found is None:
            raise Misconfigured(
                "the hall's font is not there, so the board can't be drawn; install it "
                "(apt-get install fonts-noto-cjk) or name another in the hall file"
            )
        self._font = found

    def lay(self, wanted: Wanted, place: BoardArea) -> Layer:
        """A text in an area: still where it fits and running to the left where it does not, or as asked."""
        colour, px = rgb(wanted.colour or place.colour), place.font_px
        lines = lines_of(wanted.text)
        if not self._fit(lines, place):
            lines = [" ".join(lines)]
        effect = wanted.effect or (Effect.STATIC if self._fit(lines, place) else Effect.LEFT)
        text = "\n".join(lines)
        if effect in (Effect.LEFT, Effect.RIGHT):
            strip = self._line(" ".join(lines), px, colour)
            return Layer(place, [_centred([strip], place.height, max(1, strip.shape[1]))], effect, text)
        per_page = max(1, place.height // px)
        rows = [row for line in lines for row in self._broken(line, place)]
        starts = range(0, max(1, len(rows)), per_page)
        drawn = [[self._line(row, px, colour) for row in rows[start : start + per_page]] for start in starts]
        pages = [_centred(page, place.height, place.width) for page in drawn]
        return Layer(place, pages, effect, text)

    def _fit(self, lines: list[str], place: BoardArea) -> bool:
        px = place.font_px
        return len(lines) * px <= max(place.height, px) and all(
            self._width(line, px) <= place.width for line in lines
        )

    def _width(self, line: str, px: int) -> int:
        return round(_face(*self._font, px).getlength(line))

    def _broken(self, line: str, place: BoardArea) -> list[str]:
        """A line in pieces no wider than the area."""
        pieces, piece = [], ""
        for character in line:
            if piece and self._width(piece + character, place.font_px) > place.width:
                pieces.append(piece)
                piece = ""
            piece += character
        return [*pieces, piece]

    def _line(self, text: str, px: int, colour: Rgb) -> Pixels:
        face = _face(*self._font, px)
        image = Image.new("L", (max(1, self._width(text, px)), px), 0)
        # by the baseline, so that a 口 and a g stand on the same line
        ImageDraw.Draw(image).text((0, round(px * 0.88)), text, fill=255, font=face, anchor="ls")
        lit = np.asarray(image) >= LAMP_ON
        pixels: Pixels = (lit[:, :, None] * np.array(colour)).astype(np.uint8)
        return pixels


def _centred(lines: Sequence[Pixels], height: int, width: int) -> Pixels:
    """Lines below each other in the middle of an area; what does not fit is cut off."""
    page = np.zeros((height, width, 3), dtype=np.uint8)
    y = max(0, height - sum(line.shape[0] for line in lines)) // 2
    for line in lines:
        x = max(0, width - line.shape[1]) // 2
        target = page[y : y + line.shape[0], x : x + line.shape[1]]
        target[:] = line[: target.shape[0], : target.shape[1]]
        y += line.shape[0]
    return page


@lru_cache(maxsize=8)
def _face(file: Path, index: int, px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), round(px * 0.92), index=index)
