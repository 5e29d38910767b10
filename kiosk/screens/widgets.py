"""The widgets: plain values with rectangles, so that a test can look at a screen as a painter does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from kiosk.presenters.actions import Action
from kiosk.screens.geometry import Rect
from kiosk.technician.tools import Tool
from kiosk.theme import Colour

Touchable = Action | Tool
"""What a control means: to a citizen's page, or to a technician's."""

IconName = Literal[
    "card", "ticket", "printer", "clock", "people", "check", "cross", "warning", "question", "camera",
    "globe", "home", "pause", "place", "star", "larger", "wheelchair", "contrast", "speaker", "gear",
    "calendar", "search", "erase", "list", "tick",
]  # fmt: skip


@dataclass(frozen=True)
class Label:
    """One line of text; the rectangle is as wide as the text and as high as its line."""

    rect: Rect
    text: str
    size: int
    colour: Colour
    bold: bool = False


@dataclass(frozen=True)
class Icon:
    """A drawing from `kiosk.screens.icons`."""

    rect: Rect
    name: IconName
    colour: Colour


@dataclass(frozen=True)
class Code:
    """A QR code with its quiet zone."""

    rect: Rect
    data: str
    colour: Colour


@dataclass(frozen=True)
class Panel:
    """A filled, rounded rectangle with widgets on it; with an action, it is a control."""

    rect: Rect
    fill: Colour | None = None
    radius: int = 0
    outline: Colour | None = None
    shade: Colour | None = None
    """The colour of the shadow under it."""
    action: Touchable | None = None
    children: tuple["Widget", ...] = ()


Widget = Label | Icon | Code | Panel


@dataclass(frozen=True)
class View:
    """A whole screen."""

    root: Panel

    @property
    def rect(self) -> Rect:
        return self.root.rect

    def hit(self, x: int, y: int) -> Touchable | None:
        """What a finger there means; None beside every control."""
        hits = [panel.action for panel in self.targets() if panel.rect.contains(x, y)]
        return hits[-1] if hits else None

    def targets(self) -> Iterator[Panel]:
        """Every control, in painting order."""
        return (widget for widget in self.walk() if isinstance(widget, Panel) and widget.action is not None)

    def walk(self) -> Iterator[Widget]:
        """Every widget, in painting order."""
        return _walk(self.root)

    def strokes(self) -> list[Widget]:
        """What is painted, in order, each without its children: what two views are compared by."""
        return [replace(one, children=()) if isinstance(one, Panel) else one for one in self.walk()]


def _walk(widget: Widget) -> Iterator[Widget]:
    yield widget
    if isinstance(widget, Panel):
        for child in widget.children:
            yield from _walk(child)


def damage(before: View | None, after: View) -> Rect | None:
    """What must be painted anew to come from one view to the other; None where they are the same."""
    if before is None or before.rect != after.rect:
        return after.rect
    old, new = before.strokes(), after.strokes()
    changed = set(old) ^ set(new)
    if not changed:
        return None if old == new else after.rect
    area: Rect | None = None
    for widget in changed:
        reach = _reach(widget)
        area = reach if area is None else area.with_(reach)
    return area


def _reach(widget: Widget) -> Rect:
    """Where its paint may fall: a shadow, or the overhang of a glyph, lies just outside the rectangle."""
    return widget.rect.inset(-12)
