"""The home page: lay a card down, or touch a service."""

from kiosk.presenters.actions import TurnTo, UsePriority
from kiosk.presenters.floor import PrinterEntry
from kiosk.presenters.model import Home, Visitor
from kiosk.screens.blocks import Block, beside, button, card, icon, label, space, stacked, text, with_icon
from kiosk.screens.closed import closed_in_full, closed_shortly
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect, columns
from kiosk.screens.parts import body, footer, header, help_line, leave_button
from kiosk.screens.shelves import Heights, Sheet, arranged
from kiosk.screens.tiles import tile
from kiosk.screens.widgets import IconName, Widget


def home(frame: Frame) -> list[Widget]:
    """Services by zone; beside or above them what to do with a card."""
    area = body(frame)
    if frame.is_portrait:
        hero = stacked(_hero(frame, area.w))
        rest = area.below(hero.height)
        title = _heading(frame, rest.w)
        shelves_area = rest.below(title.height)
        widgets = hero.draw(area.top_part(hero.height)) + title.draw(rest.top_part(title.height))
    else:
        side = area.left_part(area.w * 26 // 100)
        hero = _side(frame, side)
        shelves_area = area.right_of(side.w + frame.space("wide"))
        widgets = hero.draw(side.top_part(hero.height))
    sheets = _sheets(frame, shelves_area)
    shown = min(_sheet_number(frame), len(sheets) - 1)
    widgets += _shelves(frame, sheets[shown], shelves_area)
    return [*header(frame), *widgets, *footer(frame, _bottom(frame, shown, len(sheets)))]


def _side(frame: Frame, side: Rect) -> Block:
    """The column beside the services: with all there is to say, or only with what there is room for."""
    for terse in (False, True):
        heading = [] if frame.model.visitor is not None else [_heading(frame, side.w, terse)]
        hero = stacked([*heading, *_hero(frame, side.w, terse)])
        if hero.height - frame.space("gap") <= side.h:
            break
    return hero


def _sheet_number(frame: Frame) -> int:
    page = frame.model.page
    return page.sheet if isinstance(page, Home) else 0


def _bottom(frame: Frame, shown: int, sheets: int) -> Block:
    if sheets == 1:
        return leave_button(frame) if frame.model.visitor is not None else help_line(frame)
    turns = [space(frame.size("button"))] * 2
    if shown > 0:
        turns[0] = button(frame, frame.say("home.previous"), TurnTo(shown - 1))
    if shown < sheets - 1:
        turns[1] = button(frame, frame.say("home.more"), TurnTo(shown + 1), "first")
    return beside(turns, frame.space("gap"))


def _heading(frame: Frame, width: int, terse: bool = False) -> Block:
    if _closed_hall(frame):
        return space(0)
    title, how = frame.say("home.title"), frame.say("home.subtitle")
    gap = frame.space("gap")
    taken = frame.ruler.width(title, frame.text("heading"), True) + gap
    large = text(frame, title, width, "heading", bold=True, lines=2, least="name")
    if terse:
        return stacked([large, space(gap)])
    if taken + frame.ruler.width(how, frame.text("body"), False) > width:
        small = text(frame, how, width, "body", colour="soft", lines=2)
        return stacked([large, small, space(gap)])
    small = text(frame, how, width - taken, "body", colour="soft")

    def draw(rect: Rect) -> list[Widget]:
        lower = rect.right_of(taken).below(large.height - small.height - frame.space("hair"))
        return [*large.draw(rect), *small.draw(lower)]

    return Block(large.height + gap, draw)


def _hero(frame: Frame, width: int, terse: bool = False) -> list[Block]:
    """The large hint, or the greeting; then what the visitor should know before choosing."""
    visitor = frame.model.visitor
    blocks = [_hint(frame, width, terse)] if visitor is None else _greeting(frame, visitor, width)
    if visitor is None and frame.model.facts.card_left_behind:
        blocks = [_note(frame, width, "card", frame.say("visitor.take_card"), "warn")]
    if own := _own_printer_down(frame):
        blocks.append(_no_paper(frame, own, width))
    return [part for block in blocks for part in (block, space(frame.space("gap")))]


def _band(
    frame: Frame,
    width: int,
    picture: IconName,
    lines: tuple[str, str],
    look: tuple[str, str, str],
    terse: bool,
) -> Block:
    """Two lines beside a drawing, or under it where the band is narrow; `look` is the ground and two inks."""
    ground, ink, small = look
    pad = frame.space("wide" if frame.is_portrait else "gap")
    room = width - 2 * pad

    def inside(room: int) -> Block:
        return stacked(
            [
                text(
                    frame, lines[0], room, "heading", colour=ink, bold=True, lines=2, least="name", whole=True
                ),
                text(frame, lines[1], room, "body", colour=small, lines=6),
            ]
        )

    if frame.is_portrait:
        return card(frame, with_icon(frame, picture, ink, inside, room, frame.size("hero")), fill=ground)
    above = [icon(frame.size("hero"), picture, frame.colour(ink)), space(frame.space("near"))]
    return card(frame, stacked([*([] if terse else above), inside(room)]), fill=ground, pad=pad)


def _hint(frame: Frame, width: int, terse: bool) -> Block:
    if closed := _closed_hall(frame):
        return _band(frame, width, "pause", closed, ("sunken", "ink", "soft"), terse)
    floor, facts = frame.model.floor, frame.model.facts
    if facts.card_being_read:
        reading = (frame.say("home.reading"), frame.say("home.reading_how"))
        return _band(frame, width, "card", reading, ("accent-soft", "accent", "ink"), terse)
    key = "card" if floor.reader and facts.reader_ready else "no_reader" if floor.reader else "pick"
    picture: IconName = "card" if key == "card" else "ticket"
    lines = (frame.say(f"home.{key}"), frame.say(f"home.{key}_how"))
    return _band(frame, width, picture, lines, ("accent", "on-accent", "on-accent-soft"), terse)


def _closed_hall(frame: Frame) -> tuple[str, str] | None:
    """Why no service gives a number, and what to do instead, once that is known of all of them."""
    lines = [frame.model.facts.lines.get(service.id) for service in frame.model.floor.services]
    known = [line for line in lines if line is not None and not line.open]
    if not known or len(known) < len(lines):
        return None
    return closed_shortly(frame, known[0]), closed_in_full(frame, known[0])


def _greeting(frame: Frame, visitor: Visitor, width: int) -> list[Block]:
    how = frame.say("visitor.take_and_choose")
    pad = frame.space("gap")

    def inside(room: int) -> Block:
        hello = frame.say("visitor.hello", name=visitor.name_masked)
        return stacked(
            [
                text(
                    frame, hello, room, "heading", colour="good", bold=True, lines=2, least="name", whole=True
                ),
                text(frame, how, room, "body", lines=4),
            ]
        )

    said = with_icon(frame, "card", "good", inside, width - 2 * pad, frame.size("state"))
    blocks = [card(frame, said, fill="good-soft", pad=pad)]
    if visitor.priority:
        blocks.append(_priority(frame, visitor, width))
    return blocks


def _note(frame: Frame, width: int, picture: IconName, words: str, look: str) -> Block:
    """A warning; in a narrow column there is no room for its drawing."""
    pad = frame.space("gap")

    def inside(room: int) -> Block:
        return text(frame, words, room, "body", colour=look, bold=True, lines=3, least="small")

    room = width - 2 * pad
    said = (
        with_icon(frame, picture, look, inside, room, frame.size("icon"))
        if frame.is_portrait
        else inside(room)
    )
    return card(frame, said, fill=f"{look}-soft", pad=pad)


def _priority(frame: Frame, visitor: Visitor, width: int) -> Block:
    """Given with its reason where the card proves it; anything else is offered, and not named."""
    pad = frame.space("gap")
    room = width - 2 * pad
    used = bool(visitor.claimed)
    words = frame.say(_priority_key(visitor))
    choice = button(
        frame, frame.say("visitor.priority_drop" if used else "visitor.priority_use"), UsePriority(not used)
    )
    narrow = room * 3 // 10 if frame.is_portrait else room * 9 // 20
    said = text(frame, words, room - narrow - pad, "name", bold=True, lines=3, least="small")

    def draw(rect: Rect) -> list[Widget]:
        at = Rect(rect.x, rect.y + (rect.h - said.height) // 2, rect.w - narrow, said.height)
        return [*said.draw(at), *choice.draw(rect.right_part(narrow).middle(narrow, choice.height))]

    return card(frame, Block(max(choice.height, said.height), draw), pad=pad)


def _priority_key(visitor: Visitor) -> str:
    if not visitor.claimed:
        return "visitor.priority"
    return "visitor.priority_elderly" if visitor.claimed == ("elderly",) else "visitor.priority_used"


def _own_printer_down(frame: Frame) -> PrinterEntry | None:
    return next(
        (
            printer
            for printer in frame.model.floor.printers
            if printer.own and frame.model.facts.printer_is_down(printer.id)
        ),
        None,
    )


def _no_paper(frame: Frame, own: PrinterEntry, width: int) -> Block:
    model = frame.model
    other = next(
        (one for one in model.floor.printers if one.id != own.id and not model.facts.printer_is_down(one.id)),
        None,
    )
    place = other.place.in_(model.language) if other else ""
    words = frame.say("home.no_paper_other", place=place) if place else frame.say("home.no_paper")
    return _note(frame, width, "printer", words, "warn")


def _sheets(frame: Frame, area: Rect) -> list[Sheet]:
    floor = frame.model.floor
    for size in ("tile", "tile-least"):
        heights = Heights(_zone_height(frame), frame.size(size) + frame.space("shelf"))
        sheets = arranged(floor.zones, floor.services, heights, area.h, _column_count(frame, area))
        if len(sheets) == 1:
            break
    return sheets


def _column_count(frame: Frame, area: Rect) -> int:
    return max(1, area.w // (frame.size("tile") * 5 // 2))


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
