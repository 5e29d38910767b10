"""A text as the board would show it, dot by dot, without showing it."""

import base64
import io
from typing import Any, Final

import numpy as np
from PIL import Image

from devices.led_board.canvas import FindFont, Layer, Typesetter
from devices.led_board.models import PixelBoard, model_of
from devices.led_board.pages import compose
from devices.led_board.panel import Wanted
from hallfile.devices import LedBoard

ROOM_BYTES: Final = 1000
"""What an area of a text card takes at least (protocols.md 4.2)."""


def preview(board: LedBoard, area: str, wanted: Wanted, find: FindFont) -> dict[str, Any]:
    """`png` in base64 with one pixel a dot, `runs`, `replaced`; raises `Misconfigured` without the font.

    A text that is too long to stand is shown at the moment when it has run in. A text card draws with a font
    of its own: its dots are these in place and number, not in every stroke.
    """
    place = board.areas[area]
    text, replaced = wanted.text, ""
    if not isinstance(model_of(board.model), PixelBoard):
        page = compose(text, 0, place, ROOM_BYTES, colour=wanted.colour)
        text, replaced = page.text, page.replaced
    layer = Typesetter(find).lay(Wanted(text, wanted.colour), place)
    dots = layer.pages[0] if not layer.moves else _run_in(layer)
    image = io.BytesIO()
    Image.fromarray(dots).save(image, "PNG", optimize=True)
    png = base64.b64encode(image.getvalue()).decode("ascii")
    return {"png": png, "runs": layer.moves, "replaced": replaced}


def _run_in(layer: Layer) -> Any:
    """The first of a running text that fits."""
    strip, place = layer.pages[0], layer.place
    shown = np.zeros((place.height, place.width, 3), dtype=np.uint8)
    shown[:, : min(place.width, strip.shape[1])] = strip[:, : place.width]
    return shown
