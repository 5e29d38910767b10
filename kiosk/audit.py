"""What is wrong with a picture, found on its widgets: the easel draws smaller for it, tests look for it."""

import itertools
from collections.abc import Iterator
from typing import Final

from kiosk.presenters.modes import Modes
from kiosk.screens.frame import Ruler
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Icon, Label, Panel, View, Widget
from kiosk.screens.wrap import ELLIPSIS
from kiosk.theme import Colour, Theme, contrast

LEAST_CONTRAST: Final = 4.5
"""WCAG 2.1 AA; domain.md section 4."""
HIGH_CONTRAST: Final = 7.0
"""WCAG 2.1 AAA, in the mode that is for it."""


def misfits(view: View, least_target: int) -> Iterator[str]:
    """Where the picture does not hold what is in it: beyond its edges, over one another, cut short, or with
    controls of fewer than `least_target` pixels.
    """
    yield from _misfits(view.root)
    for panel in view.targets():
        if min(panel.rect.w, panel.rect.h) < least_target:
            width, height = panel.rect.w, panel.rect.h
            yield f"too small to be touched, {width} by {height} of {least_target} px: {panel.action}"


def _misfits(panel: Panel) -> Iterator[str]:
    for child in panel.children:
        if not panel.rect.holds(child.rect):
            yield f"beyond its panel: {_named(child)}"
        if isinstance(child, Label) and child.text.endswith(ELLIPSIS):
            yield f"cut short: {_named(child)}"
        if isinstance(child, Panel):
            yield from _misfits(child)
    for one, other in itertools.combinations(panel.children, 2):
        if one.rect.meets(other.rect):
            yield f"overlap: {_named(one)} and {_named(other)}"


def faults(view: View, theme: Theme, modes: Modes, ruler: Ruler) -> Iterator[str]:
    """Everything that domain.md section 4 would not have: misfits, faint or small text, controls too small,
    out of reach or there twice.
    """
    least = theme.least_of(view.rect.w, view.rect.h, modes)
    yield from misfits(view, least.target)
    wanted = HIGH_CONTRAST if modes.contrast else LEAST_CONTRAST
    for widget, ground in _on_what(view.root, (0, 0, 0)):
        if isinstance(widget, Label | Icon) and contrast(widget.colour, ground) < wanted:
            yield f"too faint: {_named(widget)}"
        if isinstance(widget, Label):
            yield from _misprints(widget, least.text, ruler)
    yield from _untouchable(view, theme.reachable(view.rect.w, view.rect.h, modes))


def _misprints(label: Label, least: int, ruler: Ruler) -> Iterator[str]:
    if ruler.width(label.text, label.size, label.bold) > label.rect.w or label.rect.h < label.size:
        yield f"clipped: {_named(label)}"
    if label.size < least:
        yield f"too small, {label.size} of {least} px: {_named(label)}"
    if _is_key(label.text):
        yield f"no text for {label.text}"


def _is_key(text: str) -> bool:
    """A catalogue that has no text of a key says the key."""
    table, dot, key = text.partition(".")
    return bool(dot and table and key) and text.isascii() and text.replace(".", "_").isidentifier()


def _untouchable(view: View, reach: int) -> Iterator[str]:
    highest = view.rect.bottom - reach
    met: set[str] = set()
    for panel in view.targets():
        name = str(panel.action)
        if panel.rect.y < highest:
            yield f"out of reach: {name}"
        if name in met:
            yield f"there twice: {name}"
        met.add(name)


def _on_what(widget: Widget, ground: Colour) -> Iterator[tuple[Widget, Colour]]:
    """Each widget with the colour it stands on."""
    yield widget, ground
    if isinstance(widget, Panel):
        for child in widget.children:
            yield from _on_what(child, widget.fill or ground)


def _named(widget: Widget) -> str:
    name = {Label: "text", Panel: "panel"}.get(type(widget), "drawing")
    words = widget.text if isinstance(widget, Label) else ""
    action = f" {widget.action}" if isinstance(widget, Panel) and widget.action else ""
    return (
        f"{name}{action} {words!r} at {tuple(widget.rect)}"
        if words
        else f"{name}{action} at {_at(widget.rect)}"
    )


def _at(rect: Rect) -> str:
    return f"{rect.x},{rect.y} {rect.w}x{rect.h}"
