"""All services by zone: behind the first door."""

from kiosk.presenters.actions import GoHome, OpenDoor, TurnTo
from kiosk.presenters.pages import Services
from kiosk.screens.blocks import Block, beside, button, label, space, stacked, text
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect, columns
from kiosk.screens.parts import body, footer, header
from kiosk.screens.shelves import Heights, Sheet, arranged
from kiosk.screens.tiles import tile
from kiosk.screens.widgets import Widget


def services(frame: Frame, page: Services) -> list[Widget]:
    """Each zone's services under its name, with how many wait and how long it takes."""
    area = body(frame)
    top = _top(frame, area.w)
    rest = area.below(top.height)
    sheets = _sheets(frame, rest)
    shown = min(page.start, len(sheets) - 1)
    widgets = [*top.draw(area.top_part(top.height)), *_shelves(frame, sheets[shown], rest)]
    return [*header(frame), *widgets, *footer(frame, _bottom(frame, shown, len(sheets)))]


def _top(frame: Frame, width: int) -> Block:
    """What this is, and the way to search it."""
    title, gap = frame.say("door.services"), frame.space("gap")
    if not frame.model.floor.guide.items:
        return stacked([text(frame, title, width, "heading", bold=True, lines=2, least="name"), space(gap)])
    narrow = width * 2 // 5
    find = button(frame, frame.say("find.door"), OpenDoor("guide"))
    large = text(frame, title, width - narrow - gap, "heading", bold=True, lines=2, least="name")
    height = max(find.height, large.height)

    def draw(rect: Rect) -> list[Widget]:
        at = rect._replace(y=rect.y + (height - large.height) // 2, h=large.height)
        return [*large.draw(at), *find.draw(rect.right_part(narrow).top_part(find.height))]

    return Block(height + gap, draw)


def _bottom(frame: Frame, shown: int, sheets: int) -> Block:
    blocks = [button(frame, frame.say("do.home"), GoHome(), "quiet")]
    if shown > 0:
        blocks.append(button(frame, frame.say("home.previous"), TurnTo(shown - 1)))
    if shown < sheets - 1:
        blocks.append(button(frame, frame.say("home.more"), TurnTo(shown + 1), "first"))
    return beside(blocks, frame.space("gap"))


def _sheets(frame: Frame, area: Rect) -> list[Sheet]:
    floor = frame.model.floor
    for size in ("tile", "tile-least"):
        heights = Heights(_zone_height(frame), frame.size(size) + frame.space("shelf"))
        sheets = arranged(floor.zones, floor.by_use, heights, area.h, _column_count(frame, area))
        if len(sheets) == 1:
            break
    return sheets


def _column_count(frame: Frame, area: Rect) -> int:
    return max(1, area.w // frame.tile_width)


def _zone_height(frame: Frame) -> int:
    return frame.theme.line(frame.text("body")) + frame.space("tight")


def _shelves(frame: Frame, sheet: Sheet, area: Rect) -> list[Widget]:
    zones = [zone.id for zone in frame.model.floor.zones]
    gap = frame.space("shelf")
    height = _tile_height(frame, sheet, area)
    widgets: list[Widget] = []
    cells = columns(area, max(len(sheet), _column_count(frame, area)), frame.space("gap"))
    for column, cell in zip(sheet, cells, strict=False):
        y = cell.y
        for shelf in column:
            colour = frame.theme.zone_colour(zones.index(shelf.zone.id))
            name = Rect(cell.x, y, cell.w, _zone_height(frame) - frame.space("tight"))
            words = shelf.zone.name.in_(frame.model.language)
            widgets.append(label(frame, words, name, frame.text("body"), colour, True, "left"))
            y += _zone_height(frame)
            for service in shelf.services:
                widgets.append(
                    tile(frame, service, Rect(cell.x, y, cell.w, height), zones.index(shelf.zone.id))
                )
                y += height + gap
    return widgets


def _tile_height(frame: Frame, sheet: Sheet, area: Rect) -> int:
    """As high as the fullest column allows, within the theme's bounds."""
    gap = frame.space("shelf")
    fitting = [
        (area.h - len(column) * _zone_height(frame)) // sum(len(shelf.services) for shelf in column) - gap
        for column in sheet
        if column
    ]
    return max(frame.size("tile-least"), min([frame.size("tile"), *fitting]))
