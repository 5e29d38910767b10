"""One line of a list that can be touched."""

from kiosk.presenters.actions import Action
from kiosk.screens.blocks import label, text
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Panel, Widget


def entry(
    frame: Frame, rect: Rect, words: str, action: Action, badge: str = "", *, strong: bool = False
) -> Panel:
    """A name, after a number or a letter in a badge where it has one."""
    inner = rect.inset(frame.space("near"), 0)
    widgets: list[Widget] = []
    if badge:
        size = frame.text("small")
        side = max(frame.size("badge"), frame.ruler.width(badge, size, True) + 2 * frame.space("tight"))
        at = Rect(inner.x, rect.y + (rect.h - frame.size("badge")) // 2, side, frame.size("badge"))
        fill, ink = ("accent", "on-accent") if strong else ("accent-soft", "accent")
        letter = label(frame, badge, at, size, frame.colour(ink), True, "centre")
        widgets.append(
            Panel(at, fill=frame.colour(fill), radius=frame.round("badge") // 2, children=(letter,))
        )
        inner = inner.right_of(side + frame.space("near"))
    name = text(
        frame, words, inner.w, "body", bold=strong, lines=2, least="small", leading="tight", whole=True
    )
    widgets += name.draw(Rect(inner.x, rect.y + (rect.h - name.height) // 2, inner.w, name.height))
    return Panel(
        rect,
        fill=frame.colour("accent-soft" if frame.pressed == action else "surface"),
        radius=frame.round("badge"),
        outline=frame.colour("line"),
        action=action,
        children=tuple(widgets),
    )
