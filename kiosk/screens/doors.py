"""The doors of the first page: a number, an appointment, the guide."""

from typing import Final

from kiosk.presenters.actions import Door, OpenDoor
from kiosk.screens.blocks import Block, icon, space, stacked, text
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect, columns
from kiosk.screens.widgets import IconName, Panel, Widget

PICTURES: Final[dict[Door, IconName]] = {"services": "ticket", "check-in": "calendar", "guide": "list"}


def doors(frame: Frame, width: int, terse: bool = False) -> Block:
    """Side by side; with little room, without what is written under their names."""
    shown: list[Door] = ["services"]
    if frame.model.floor.bookable:
        shown.append("check-in")
    if frame.model.floor.guide.items:
        shown.append("guide")
    gap = frame.space("near")
    pad = frame.space("near")
    cells = columns(Rect(0, 0, width, 0), len(shown), gap)
    inner = [_inside(frame, door, cells[0].w - 2 * pad, terse) for door in shown]
    height = max(block.height for block in inner) + 2 * pad

    def draw(rect: Rect) -> list[Widget]:
        return [
            _door(frame, door, cell, block)
            for door, cell, block in zip(shown, columns(rect, len(shown), gap), inner, strict=True)
        ]

    return Block(height, draw)


def _inside(frame: Frame, door: Door, width: int, terse: bool) -> Block:
    title = text(
        frame, frame.say(f"door.{door}"), width, "name",
        bold=True, align="centre", lines=2, least="small", whole=True,
    )  # fmt: skip
    size = frame.size("icon" if terse else "state")
    picture = icon(size, PICTURES[door], frame.colour("accent"), "centre")
    how = text(
        frame, frame.say(f"door.{door}_how"), width, "small",
        colour="soft", align="centre", lines=2, leading="tight",
    )  # fmt: skip
    rest = [] if terse else [space(frame.space("tight")), how]
    return stacked([picture, space(frame.space("tight")), title, *rest])


def _door(frame: Frame, door: Door, rect: Rect, inside: Block) -> Panel:
    action = OpenDoor(door)
    at = rect.inset(frame.space("near"))
    return Panel(
        rect,
        fill=frame.colour("accent-soft" if frame.pressed == action else "surface"),
        radius=frame.round("tile"),
        outline=frame.colour("accent"),
        shade=frame.colour("shade"),
        action=action,
        children=tuple(inside.draw(Rect(at.x, at.y + (at.h - inside.height) // 2, at.w, inside.height))),
    )
