"""The first page: lay a card down, go through a door, or touch one of the services most used."""

from kiosk.presenters.actions import OpenDoor
from kiosk.presenters.floor import PrinterEntry
from kiosk.screens.blocks import (
    Block,
    beside,
    button,
    card,
    icon,
    in_the_middle,
    space,
    stacked,
    text,
    with_icon,
)
from kiosk.screens.closed import closed_in_full, closed_shortly
from kiosk.screens.doors import doors
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.greeting import greeting
from kiosk.screens.parts import body, footer, header, help_line, leave_button
from kiosk.screens.sheets import cells, rows_in
from kiosk.screens.tiles import tile
from kiosk.screens.widgets import IconName, Widget


def home(frame: Frame) -> list[Widget]:
    """What to do with a card, the doors, and the services most used: one below, or beside, the other."""
    area = body(frame)
    if frame.is_portrait and _closed_hall(frame):
        whole = stacked([*_hero(frame, area.w), doors(frame, area.w)])
        widgets = in_the_middle(area, whole)
        return [*header(frame), *widgets, *footer(frame, _bottom(frame))]
    if frame.is_portrait:
        hero = stacked(_hero(frame, area.w))
        widgets = hero.draw(area.top_part(hero.height))
        rest = area.below(hero.height)
    else:
        side = area.left_part(frame.side_width)
        hero = _side(frame, side)
        widgets = hero.draw(side.top_part(hero.height))
        rest = area.right_of(side.w + frame.space("wide"))
    return [*header(frame), *widgets, *_choices(frame, rest), *footer(frame, _bottom(frame))]


def _side(frame: Frame, side: Rect) -> Block:
    """The column beside the choices: with all there is to say, or only with what there is room for."""
    for terse in (False, True):
        hero = stacked(_hero(frame, side.w, terse))
        if hero.height - frame.space("gap") <= side.h:
            break
    return hero


def _choices(frame: Frame, area: Rect) -> list[Widget]:
    """The doors, and below them as many of the services most used as there is room for."""
    if _closed_hall(frame):
        way_in = doors(frame, area.w)
        return way_in.draw(area.top_part(way_in.height))
    gap = frame.space("shelf")
    title = _heading(frame, area.w)
    across = max(1, area.w // frame.tile_width)
    chosen = frame.model.floor.most_used
    wanted = -(-len(chosen) // across) * (frame.size("tile-least") + gap)
    for terse in (False, True):
        way_in = doors(frame, area.w, terse)
        top = way_in.height + frame.space("gap") + title.height
        if top + wanted <= area.h:
            break
    shelf = area.below(top)
    count = rows_in(shelf.h, frame.size("tile-least"), gap)
    room = count * across
    if len(chosen) > room:  # what can be taken now goes first
        chosen = tuple(sorted(chosen, key=lambda one: frame.model.facts.is_shut(one.id)))
    often = chosen[:room]
    height = min(frame.size("tile"), (shelf.h + gap) // max(1, -(-len(often) // across)) - gap)
    zones = [zone.id for zone in frame.model.floor.zones]
    tiles = [
        tile(frame, service, cell, zones.index(service.zone))
        for service, cell in zip(often, cells(shelf, across, height, gap, len(often)), strict=True)
    ]
    below = area.below(way_in.height + frame.space("gap")).top_part(title.height)
    return [*way_in.draw(area.top_part(way_in.height)), *(title.draw(below) if often else []), *tiles]


def _bottom(frame: Frame) -> Block:
    """The way out for a visitor; for everybody else who helps, and where to say what could not be done."""
    stuck = button(frame, frame.say("door.stuck"), OpenDoor("stuck"), "quiet")
    if frame.model.visitor is not None:
        return beside([leave_button(frame), stuck], frame.space("gap"))
    return beside([help_line(frame, "left", 2), stuck], frame.space("gap"))


def _heading(frame: Frame, width: int) -> Block:
    title, how = frame.say("home.often"), frame.say("home.often_how")
    gap = frame.space("gap")
    taken = frame.ruler.width(title, frame.text("heading"), True) + gap
    large = text(frame, title, width, "heading", bold=True, lines=2, least="name")
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
    blocks = [_hint(frame, width, terse)] if visitor is None else greeting(frame, visitor, width, terse)
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
    key = "card" if frame.model.reads_cards else "no_reader" if floor.reader else "pick"
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
    other = next((one for one in model.usable_printers if one.id != own.id), None)
    place = other.place.in_(model.language) if other else ""
    words = frame.say("home.no_paper_other", place=place) if place else frame.say("home.no_paper")
    return _note(frame, width, "printer", words, "warn")
