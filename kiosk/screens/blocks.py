"""Blocks: things that know their height at a width, laid below one another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kiosk.screens.frame import Frame, Ruler
from kiosk.screens.geometry import Rect, columns
from kiosk.screens.widgets import Code, Icon, IconName, Label, Panel, Touchable, Widget
from kiosk.screens.wrap import balanced, longest_word, shorten, wrapped
from kiosk.theme import Colour

Align = Literal["left", "centre", "right"]
Draw = Callable[[Rect], list[Widget]]


@dataclass(frozen=True)
class Block:
    """Something of a known height that can be drawn into a rectangle of it."""

    height: int
    draw: Draw


def space(height: int) -> Block:
    return Block(height, lambda _: [])


def text(
    frame: Frame,
    words: str,
    width: int,
    size: str = "body",
    *,
    colour: str = "ink",
    bold: bool = False,
    align: Align = "left",
    lines: int = 8,
    least: str | None = None,
    whole: bool = False,
    even: bool = False,
    leading: str = "line",
) -> Block:
    """A paragraph, broken to `width`.

    With `least` it shrinks as far as that size before it takes more than `lines`, and with `whole` before it
    takes a second one; what still does not fit ends in an ellipsis. Headings and what stands in the middle,
    and `even` text, are broken into lines of about the same length.
    """
    if whole and frame.ruler.width(words, frame.text(least or size), bold) <= width:
        lines = 1
    even = even or bold or align == "centre"
    sizes = (frame.text(size), frame.text(least or size))
    px, broken = _fitted(frame.ruler, words, width, sizes, bold, even, lines)
    height = frame.theme.line(px, leading)
    paint = frame.colour(colour)

    def draw(rect: Rect) -> list[Widget]:
        return [
            label(frame, line, Rect(rect.x, rect.y + index * height, rect.w, height), px, paint, bold, align)
            for index, line in enumerate(broken)
        ]

    return Block(height * len(broken), draw)


def label(frame: Frame, words: str, rect: Rect, px: int, colour: Colour, bold: bool, align: Align) -> Label:
    """One line in the middle of the height of `rect`."""
    width = frame.ruler.width(words, px, bold)
    shift = {"left": 0, "centre": (rect.w - width) // 2, "right": rect.w - width}[align]
    height = min(rect.h, frame.theme.line(px))
    return Label(
        Rect(rect.x + shift, rect.y + (rect.h - height) // 2, width, height), words, px, colour, bold
    )


@lru_cache(maxsize=4096)
def _fitted(
    ruler: Ruler, words: str, width: int, sizes: tuple[int, int], bold: bool, even: bool, lines: int
) -> tuple[int, tuple[str, ...]]:
    """The size and the lines: headings of about the same length, running text in full ones."""

    def broken_at(px: int) -> list[str]:
        return (balanced if even else wrapped)(words, width, lambda piece: ruler.width(piece, px, bold))

    def too_large(px: int, broken: list[str]) -> bool:
        if len(broken) < 2:
            return False
        # no word is cut that could stand whole in smaller letters
        cut = longest_word(words, lambda piece: ruler.width(piece, px, bold)) > width
        return cut or len(broken) > lines

    px, smallest = sizes
    broken = broken_at(px)
    while px > smallest and too_large(px, broken):
        px = max(smallest, px - 2)
        broken = broken_at(px)
    if len(broken) <= lines:
        return px, tuple(broken)
    kept, rest = broken[: lines - 1], words
    for line in kept:
        rest = rest.lstrip().removeprefix(line)
    return px, (*kept, shorten(rest.strip(), width, lambda piece: ruler.width(piece, px, bold)))


def icon(size: int, name: IconName, colour: Colour, align: Align = "left") -> Block:
    def draw(rect: Rect) -> list[Widget]:
        shift = {"left": 0, "centre": (rect.w - size) // 2, "right": rect.w - size}[align]
        return [Icon(Rect(rect.x + shift, rect.y, size, size), name, colour)]

    return Block(size, draw)


def medallion(size: int, name: IconName, colour: Colour, ground: Colour) -> Block:
    """A drawing on a disc, in the middle."""

    def draw(rect: Rect) -> list[Widget]:
        disc = rect.middle(size, size)
        inner = disc.middle(size * 11 // 20, size * 11 // 20)
        return [Panel(disc, fill=ground, radius=size // 2, children=(Icon(inner, name, colour),))]

    return Block(size, draw)


def code(frame: Frame, data: str, size: int) -> Block:
    """A QR code on white, in the middle."""

    def draw(rect: Rect) -> list[Widget]:
        return [Code(rect.middle(size, size), data, frame.colour("code"))]

    return Block(size, draw)


Kind = Literal["first", "second", "quiet"]


def button(
    frame: Frame,
    words: str,
    action: Touchable,
    kind: Kind = "second",
    width: int | None = None,
    ticked: bool | None = None,
) -> Block:
    """A control with words on it; `width` narrows it to the middle of the rectangle. One of several choices
    has a box that is `ticked` or not.
    """
    fills = {"first": "accent", "second": "surface", "quiet": "ground"}
    inks = {"first": "on-accent", "second": "accent", "quiet": "soft"}
    pressed = frame.pressed == action
    fill = {"first": "accent-pressed"}.get(kind, "accent-soft") if pressed else fills[kind]
    height = frame.size("button")
    pad = frame.space("gap")

    def draw(rect: Rect) -> list[Widget]:
        rect = rect if width is None else rect.middle(min(width, rect.w), rect.h)
        box = [] if ticked is None else [_box(frame, rect, ticked)]
        taken = 0 if ticked is None else frame.size("row-icon") + frame.space("near")
        room = rect.w - 2 * pad - taken
        bold = kind != "quiet"
        words_in = text(
            frame, words, room, "name", colour=inks[kind], bold=bold,
            align="centre" if ticked is None else "left", lines=2, least="small", whole=True,
        )  # fmt: skip
        inside = Rect(rect.x + pad + taken, rect.y + (rect.h - words_in.height) // 2, room, words_in.height)
        return [
            Panel(
                rect,
                fill=frame.colour(fill),
                radius=frame.round("button"),
                outline=None if kind == "first" else frame.colour("accent" if kind == "second" else "line"),
                action=action,
                children=(*box, *words_in.draw(inside)),
            )
        ]

    return Block(height, draw)


def _box(frame: Frame, rect: Rect, ticked: bool) -> Panel:
    """At the left of a choice."""
    side = frame.size("row-icon")
    at = Rect(rect.x + frame.space("gap"), rect.y + (rect.h - side) // 2, side, side)
    return Panel(
        at,
        fill=frame.colour("surface"),
        radius=frame.space("tight"),
        outline=frame.colour("accent"),
        children=(Icon(at, "tick", frame.colour("accent")),) if ticked else (),
    )


def beside(blocks: Sequence[Block], gap: int) -> Block:
    """Blocks next to one another, in columns of the same width."""

    def draw(rect: Rect) -> list[Widget]:
        cells = columns(rect, len(blocks), gap)
        return [
            widget
            for block, cell in zip(blocks, cells, strict=True)
            for widget in block.draw(
                Rect(cell.x, cell.y + (cell.h - block.height) // 2, cell.w, block.height)
            )
        ]

    return Block(max(block.height for block in blocks), draw)


def rows(blocks: Sequence[Block], per_row: int, gap: int) -> list[Block]:
    """Blocks in rows of so many, each row as wide as the rest."""
    return [
        part
        for start in range(0, len(blocks), per_row)
        for part in (beside(blocks[start : start + per_row], gap), space(gap))
    ]


def stacked(blocks: Sequence[Block]) -> Block:
    """Blocks below one another, as one."""

    def draw(rect: Rect) -> list[Widget]:
        widgets: list[Widget] = []
        y = rect.y
        for block in blocks:
            widgets += block.draw(Rect(rect.x, y, rect.w, block.height))
            y += block.height
        return widgets

    return Block(sum(block.height for block in blocks), draw)


def in_the_middle(rect: Rect, block: Block) -> list[Widget]:
    """The block, half way down (a little above, where the eye expects it)."""
    spare = max(0, rect.h - block.height)
    return block.draw(Rect(rect.x, rect.y + spare * 9 // 20, rect.w, block.height))


def card(frame: Frame, inside: Block, *, fill: str = "surface", pad: int | None = None) -> Block:
    """A block on a raised panel."""
    pad = frame.space("wide") if pad is None else pad
    raised = fill == "surface"

    def draw(rect: Rect) -> list[Widget]:
        return [
            Panel(
                rect,
                fill=frame.colour(fill),
                radius=frame.round("band"),
                outline=frame.colour("line") if raised else None,
                shade=frame.colour("shade") if raised else None,
                children=tuple(inside.draw(rect.inset(pad))),
            )
        ]

    return Block(inside.height + 2 * pad, draw)


def with_icon(
    frame: Frame, name: IconName, colour: str, inside: Callable[[int], Block], width: int, size: int
) -> Block:
    """A drawing at the left of a block; `inside` is given the width that is left for it."""
    gap = frame.space("gap")
    block = inside(width - size - gap)
    height = max(block.height, size)

    def draw(rect: Rect) -> list[Widget]:
        at = Rect(rect.x, rect.y + (rect.h - size) // 2, size, size)
        beside_it = rect.right_of(size + gap)
        return [
            Icon(at, name, frame.colour(colour)),
            *block.draw(Rect(beside_it.x, rect.y + (rect.h - block.height) // 2, beside_it.w, block.height)),
        ]

    return Block(height, draw)


def captioned(frame: Frame, name: IconName, words: str, colour: str) -> Block:
    """A drawing and a few words after it, together in the middle."""
    size, gap = frame.size("icon"), frame.space("gap")
    width = size + gap + frame.ruler.width(words, frame.text("name"), True)

    def inside(room: int) -> Block:
        return text(frame, words, room, "name", colour=colour, bold=True)

    line = with_icon(frame, name, colour, inside, width, size)
    return Block(line.height, lambda rect: line.draw(rect.middle(width, line.height)))
