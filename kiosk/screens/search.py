"""The guide's first page: departments to choose from, and a keyboard to find anything by."""

from kiosk.presenters.actions import ChooseService, OpenDepartment, OpenItem
from kiosk.presenters.finding import Found, found
from kiosk.presenters.pages import Finder
from kiosk.screens.blocks import Block, icon, label, text
from kiosk.screens.entries import entry
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.keyboard import keyboard
from kiosk.screens.parts import body, footer, header
from kiosk.screens.sheets import Sheet, cells, rows_in, sheet_of, way_on
from kiosk.screens.widgets import Panel, Widget


def search(frame: Frame, page: Finder) -> list[Widget]:
    """What is typed, what it finds, and the keys: below one another, or the keys beside."""
    area = body(frame)
    keys, gap, line = keyboard(frame), frame.space("near"), frame.size("button")
    if frame.is_wide:
        typing = area.right_part(area.w * 27 // 50)
        reading = area.left_part(area.w - typing.w - frame.space("wide"))
    else:
        if _gives_room(frame, page, area.h - keys.height - line):
            keys, gap = keyboard(frame, digits=False), frame.space("tight")
        typing = area.bottom_part(keys.height)
        reading = area.top_part(area.h - keys.height - gap)
    widgets = [_typed(frame, page, reading.top_part(line)), *keys.draw(typing.top_part(keys.height))]
    sheet, shown = _results(frame, page, reading.below(line + gap))
    return [*header(frame), *widgets, *shown, *footer(frame, way_on(frame, sheet, home=True))]


def _gives_room(frame: Frame, page: Finder, left: int) -> bool:
    """Whether the digits, which after letters would begin anew, give their room to what letters find: where
    keys are large, or low.

    Only where a result would fit below them too, in `left` pixels: so the page is drawn no larger without
    them, and no key moves under a finger.
    """
    modes = frame.model.modes
    holds = frame.size("key") + 2 * frame.space("tight") <= left
    return page.query.isalpha() and (modes.elder or modes.low) and holds


def _typed(frame: Frame, page: Finder, rect: Rect) -> Panel:
    """The letters so far, or what to type."""
    side = frame.size("row-icon")
    pad = frame.space("near")
    inner = rect.inset(pad, 0)
    room = inner.w - side - pad
    at = inner.right_of(side + pad)
    if page.query:
        words: list[Widget] = [
            label(frame, page.query.upper(), at, frame.text("heading"), frame.colour("ink"), True, "left")
        ]
    else:
        hint = text(frame, frame.say("find.hint"), room, "body", colour="soft", lines=2, least="small")
        words = hint.draw(Rect(at.x, rect.y + (rect.h - hint.height) // 2, room, hint.height))
    picture = icon(side, "search", frame.colour("accent"))
    return Panel(
        rect,
        fill=frame.colour("surface"),
        radius=frame.round("badge"),
        outline=frame.colour("accent"),
        children=(*picture.draw(Rect(inner.x, rect.y + (rect.h - side) // 2, side, side)), *words),
    )


def _results(frame: Frame, page: Finder, area: Rect) -> tuple[Sheet[object], list[Widget]]:
    if page.query:
        return _found(frame, page, area)
    return _departments(frame, page, area)


def _departments(frame: Frame, page: Finder, area: Rect) -> tuple[Sheet[str], list[Widget]]:
    guide, language = frame.model.floor.guide, frame.model.language
    height, gap = frame.size("target"), frame.space("shelf")
    sheet = sheet_of(list(guide.departments), 2 * rows_in(area.h, height, gap), page.start)
    return sheet, [
        entry(frame, cell, guide.departments[name].title.in_(language), OpenDepartment(name))
        for name, cell in zip(sheet.shown, cells(area, 2, height, gap, len(sheet.shown)), strict=True)
    ]


def _found(frame: Frame, page: Finder, area: Rect) -> tuple[Sheet[Found], list[Widget]]:
    floor = frame.model.floor
    # where all is larger fewer rows fit: what three letters find shall stand there all the same
    across = 1 if frame.is_portrait and not frame.model.modes.elder else 2
    fitting = found(floor, page.query, frame.model.language)
    gap = frame.space("tight")
    height = _row_height(frame, area.h, max(1, -(-len(fitting) // across)), gap)
    sheet = sheet_of(fitting, across * rows_in(area.h, height, gap), page.start)
    if not sheet.shown:
        return sheet, _nothing(frame, area)
    return sheet, [
        _result(frame, cell, one)
        for one, cell in zip(sheet.shown, cells(area, across, height, gap, len(sheet.shown)), strict=True)
    ]


def _row_height(frame: Frame, height: int, rows: int, gap: int) -> int:
    """A key's; or as much less as lets all `rows` stand on one sheet, each with two lines of small text."""
    key = frame.size("key")
    least = max(frame.least_target, 2 * frame.theme.line(frame.text("small"), "tight"))
    shared = (height + gap) // rows - gap
    return shared if least <= shared < key else key


def _result(frame: Frame, rect: Rect, one: Found) -> Panel:
    floor, language = frame.model.floor, frame.model.language
    if one.kind == "service":
        service = floor.service(one.id)
        assert service is not None
        return entry(
            frame, rect, service.name.in_(language), ChooseService(one.id), service.prefix, strong=True
        )
    return entry(frame, rect, floor.guide.items[one.id].title.in_(language), OpenItem(one.id), one.id)


def _nothing(frame: Frame, area: Rect) -> list[Widget]:
    """That there is no result, in no less room than one takes: so the page is drawn as large as with it."""
    said: Block = text(
        frame, frame.say("find.nothing"), area.w, "lead", colour="soft", align="centre", lines=4, least="body"
    )
    height = max(said.height, frame.size("key"))
    place = Rect(area.x, area.y + max(0, area.h - height) // 3, area.w, height)
    words = said.draw(place.middle(area.w, said.height))
    return [Panel(place, children=tuple(words))]
