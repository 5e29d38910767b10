"""The tile of one service."""

from kiosk.presenters.actions import ChooseService
from kiosk.presenters.floor import ServiceEntry
from kiosk.presenters.model import Line
from kiosk.screens.blocks import Block, label, text
from kiosk.screens.closed import closed_shortly
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Panel, Widget


def tile(frame: Frame, service: ServiceEntry, rect: Rect, zone: int) -> Panel:
    """A service: its prefix and name; below, how long it takes to be called and how many wait."""
    line = frame.model.facts.lines.get(service.id)
    closed = line is not None and not line.open
    action = ChooseService(service.id)
    fill = "sunken" if closed else "accent-soft" if frame.pressed == action else "surface"
    inner = rect.inset(frame.space("near"), frame.space("tight"))
    below = frame.theme.line(frame.text("small"), leading="tight") if line is not None else 0
    return Panel(
        rect,
        fill=frame.colour(fill),
        radius=frame.round("tile"),
        outline=frame.colour("line"),
        shade=None if closed else frame.colour("shade"),
        action=action,
        children=(
            *_naming(frame, service, inner.top_part(inner.h - below), zone, closed),
            *_waiting(frame, line, inner.bottom_part(below)),
        ),
    )


def _naming(frame: Frame, service: ServiceEntry, rect: Rect, zone: int, closed: bool) -> list[Widget]:
    side = frame.size("badge")
    badge = Rect(rect.x, rect.y + (rect.h - side) // 2, side, side)
    fill = frame.colour("faint") if closed else frame.theme.zone_colour(zone)
    size = frame.text("name") if len(service.prefix) == 1 else frame.text("small")
    letter = label(frame, service.prefix, badge, size, frame.colour("on-accent"), True, "centre")
    beside = rect.right_of(side + frame.space("near"))
    name = _name(frame, service.name.in_(frame.model.language), beside, "faint" if closed else "ink")
    return [
        Panel(badge, fill=fill, radius=frame.round("badge"), children=(letter,)),
        *name.draw(Rect(beside.x, beside.y + (beside.h - name.height) // 2, beside.w, name.height)),
    ]


def _name(frame: Frame, words: str, rect: Rect, colour: str) -> Block:
    """In one line if it can be read so, else in two."""
    if frame.ruler.width(words, frame.text("name-least"), True) <= rect.w:
        return text(frame, words, rect.w, "name", colour=colour, bold=True, lines=1, least="name-least")
    size = (
        "name-least" if 2 * frame.theme.line(frame.text("name-least"), leading="tight") <= rect.h else "tiny"
    )
    return text(frame, words, rect.w, size, colour=colour, bold=True, lines=2, least="tiny", leading="tight")


def _waiting(frame: Frame, line: Line | None, rect: Rect) -> list[Widget]:
    if line is None:
        return []
    if not line.open:
        return text(
            frame, closed_shortly(frame, line), rect.w, "small", colour="faint", lines=1, least="tiny"
        ).draw(rect)
    count = frame.say("home.waiting", count=line.waiting) if line.waiting else frame.say("home.nobody")
    forecast = frame.wait(line.forecast)
    size = frame.text("small")
    gap = frame.space("tight")
    if frame.ruler.width(count, size, True) + gap + frame.ruler.width(forecast, size, False) > rect.w:
        size = frame.text("tiny")
    counted = label(frame, count, rect, size, frame.colour("ink"), True, "right")
    rest = counted.rect.x - gap - rect.x
    said = text(
        frame, forecast, rest, "small" if size == frame.text("small") else "tiny", colour="soft", lines=1,
        leading="tight",
    )  # fmt: skip
    return [*said.draw(Rect(rect.x, rect.y + (rect.h - said.height) // 2, rest, said.height)), counted]
