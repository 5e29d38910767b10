"""The keyboard on the screen."""

from collections.abc import Sequence
from typing import Final

from kiosk.presenters.actions import Erase, Type
from kiosk.screens.blocks import Block, label, text
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Icon, Panel, Widget

ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
"""As on every telephone and computer."""
ERASE: Final = "<"


def keyboard(frame: Frame, further: str = "", *, digits: bool = True) -> Block:
    """Digits, where they are wanted, and letters, `further` signs, and the eraser at the end."""
    rows = [*ROWS[0 if digits else 1 : -1], ROWS[-1] + further + ERASE]
    # ten large keys across need some of an upright page's margin
    large = frame.model.modes.elder and not frame.is_wide
    spare = frame.space("page") - frame.space("near") if large else 0
    return _keys(frame, rows, len(ROWS[0]), frame.size("key"), spare)


def keypad(frame: Frame) -> Block:
    """Digits as on a telephone."""
    return _keys(frame, ["123", "456", "789", f"0{ERASE}"], 3, frame.size("button"))


def typed(frame: Frame, words: str, hint: str, width: int) -> Block:
    """What the keys have made so far, or what they are for."""
    pad = frame.space("near")
    size, colour = ("heading", "ink") if words else ("body", "soft")
    said = text(
        frame, words or hint, width - 2 * pad, size,
        colour=colour, bold=bool(words), align="centre", lines=2, least="small",
    )  # fmt: skip

    def draw(rect: Rect) -> list[Widget]:
        inner = rect.inset(pad, 0)
        at = inner._replace(y=rect.y + (rect.h - said.height) // 2, h=said.height)
        return [
            Panel(
                rect,
                fill=frame.colour("surface"),
                radius=frame.round("badge"),
                outline=frame.colour("accent"),
                children=tuple(said.draw(at)),
            )
        ]

    return Block(max(frame.size("button"), said.height + pad), draw)


def _keys(frame: Frame, rows: Sequence[str], most: int, height: int, spare: int = 0) -> Block:
    """Keys in `rows` of at most so many, into `spare` pixels of the margin on both sides."""
    gap = frame.space("tight")

    def draw(rect: Rect) -> list[Widget]:
        rect = rect.inset(-spare, 0)
        width = (rect.w - gap * (most - 1)) // most
        widgets: list[Widget] = []
        for index, row in enumerate(rows):
            y = rect.y + index * (height + gap)
            # a row of letters stands in the middle under the one above; what is left over widens its last key
            x = rect.x + (rect.w - _width(row, width, gap)) // 2
            for sign in row:
                wide = 2 * width + gap if sign == ERASE else width
                widgets.append(_key(frame, sign, Rect(x, y, wide, height)))
                x += wide + gap
        return widgets

    return Block(len(rows) * height + (len(rows) - 1) * gap, draw)


def _width(row: str, width: int, gap: int) -> int:
    keys = len(row) + (ERASE in row)
    return keys * width + (keys - 1) * gap


def _key(frame: Frame, sign: str, rect: Rect) -> Panel:
    action = Erase() if sign == ERASE else Type(sign)
    pressed = frame.pressed == action
    drawn: Widget
    if sign == ERASE:
        side = frame.size("row-icon")
        drawn = Icon(rect.middle(side, side), "erase", frame.colour("accent"))
    else:
        drawn = label(
            frame, sign.upper(), rect, frame.text("name"), frame.colour("ink"), sign.isdigit(), "centre"
        )
    return Panel(
        rect,
        fill=frame.colour("accent-soft" if pressed else "surface"),
        radius=frame.round("badge"),
        outline=frame.colour("line"),
        action=action,
        children=(drawn,),
    )
