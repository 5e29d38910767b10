"""The guide: a department's matters, and one of them in full."""

from collections.abc import Sequence

from hallfile.guide import Department, Item
from kiosk.presenters.actions import OpenItem, PrintChecklist, TakeNumber
from kiosk.presenters.pages import DepartmentPage, ItemPage
from kiosk.screens.blocks import Block, beside, button, card, space, stacked, text
from kiosk.screens.closed import closed_shortly
from kiosk.screens.confirm import wait_facts
from kiosk.screens.entries import entry
from kiosk.screens.facts import fact, where
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect, columns
from kiosk.screens.parts import body, footer, header
from kiosk.screens.sheets import cells, rows_in, sheet_of, way_on
from kiosk.screens.tiles import tile
from kiosk.screens.widgets import IconName, Widget


def department(frame: Frame, page: DepartmentPage) -> list[Widget]:
    """Everything a department does, by number."""
    area = body(frame)
    guide, language = frame.model.floor.guide, frame.model.language
    owner = guide.departments[page.department]
    title = text(frame, owner.title.in_(language), area.w, "heading", bold=True, lines=2, least="name")
    tiles = stacked(_services(frame, owner, area.w) if page.start == 0 else [])
    rest = area.below(title.height + tiles.height + frame.space("gap"))
    across = 1 if frame.is_portrait else 2
    height, gap = frame.size("target"), frame.space("shelf")
    sheet = sheet_of(owner.items, across * rows_in(rest.h, height, gap), page.start)
    entries = [
        entry(frame, cell, item.title.in_(language), OpenItem(item.number), item.number)
        for item, cell in zip(sheet.shown, cells(rest, across, height, gap, len(sheet.shown)), strict=True)
    ]
    widgets = [
        *title.draw(area.top_part(title.height)),
        *tiles.draw(area.below(title.height).top_part(tiles.height)),
        *entries,
    ]
    return [*header(frame), *widgets, *footer(frame, way_on(frame, sheet))]


def _services(frame: Frame, owner: Department, width: int) -> list[Block]:
    """What numbers are taken for it now, and how long it takes."""
    if not frame.model.in_service:
        return []
    across = max(1, width // frame.tile_width)
    wanted = {item.service for item in owner.items}
    shown = [one for one in frame.model.floor.by_use if one.id in wanted][:across]
    zones = [zone.id for zone in frame.model.floor.zones]
    gap = frame.space("near")

    def draw(rect: Rect) -> list[Widget]:
        cells = columns(rect, len(shown), frame.space("shelf"))
        return [tile(frame, one, cell, zones.index(one.zone)) for one, cell in zip(shown, cells, strict=True)]

    return [space(gap), Block(frame.size("tile-least"), draw)] if shown else []


def item(frame: Frame, page: ItemPage) -> list[Widget]:
    """What to bring, where, how long, what it costs, and how it goes."""
    area = body(frame)
    matter = frame.model.floor.guide.items[page.item]
    gap = frame.space("gap")
    title = stacked([_title(frame, matter, area.w), space(frame.space("near"))])
    ways_on = stacked([*_told(frame, page, area.w), _ways_on(frame, page, matter)])
    middle = area.below(title.height).top_part(area.h - title.height - ways_on.height - gap)
    across = 1 if frame.is_portrait else 2
    room = columns(middle, across, frame.space("wide"))
    packed = _packed(_sections(frame, matter, room[0].w), middle.h, frame.space("near"))
    sheet = sheet_of(packed, across, page.start)
    widgets = title.draw(area.top_part(title.height))
    for column, cell in zip(sheet.shown, room, strict=False):
        widgets += stacked(_apart(column, frame.space("near"))).draw(cell)
    widgets += ways_on.draw(area.bottom_part(ways_on.height))
    return [*header(frame), *widgets, *footer(frame, way_on(frame, sheet))]


def _title(frame: Frame, matter: Item, width: int) -> Block:
    guide, language = frame.model.floor.guide, frame.model.language
    owner = guide.departments[guide.owners[matter.number]]
    name = text(
        frame,
        f"{matter.number}  {matter.title.in_(language)}",
        width,
        "heading",
        bold=True,
        lines=2,
        least="name",
    )
    telephone = frame.say("item.telephone", number=owner.telephone) if owner.telephone else ""
    under = text(frame, f"{owner.title.in_(language)}{telephone}", width, "small", colour="soft", lines=2)
    return stacked([name, under])


def _sections(frame: Frame, matter: Item, width: int) -> list[Block]:
    """The parts of a matter, each in a card of its own, that what belongs together stays together."""
    guide, language = frame.model.floor.guide, frame.model.language
    chinese = language.startswith("zh")
    pad = frame.space("gap")
    room = width - 2 * pad
    days = frame.say(_days(matter.working_days), days=matter.working_days)
    fee = frame.say("item.yuan", yuan=f"{matter.fee_yuan:g}") if matter.fee_yuan else frame.say("item.free")
    facts = _pair(frame, [("calendar", days), ("ticket", fee)], room, pad)
    things = [frame.say("item.thing", thing=one.in_(language)) for one in guide.things(matter)]
    steps = [
        frame.say("item.step", nth=nth, step=one.in_(language))
        for nth, one in enumerate(guide.steps(matter), 1)
    ]
    sections = [
        _card(frame, [facts, space(frame.space("near")), *_number_facts(frame, matter.service, room)], pad),
        _list(frame, frame.say("item.bring"), things, width),
        _list(frame, frame.say("item.steps"), steps, width),
    ]
    for key, zh, en in (
        ("item.conditions", matter.conditions, matter.conditions_en),
        ("item.notes", matter.notes, matter.notes_en),
    ):
        if zh:
            sections.append(_list(frame, frame.say(key), [zh if chinese else en or zh], width))
    return sections


def _pair(frame: Frame, facts: Sequence[tuple[IconName, str]], room: int, gap: int) -> Block:
    """Two short facts: beside one another where each stays on one line."""
    half = (room - gap) // 2
    small, icon = frame.text("body"), frame.size("row-icon") + frame.space("gap")
    if all(frame.ruler.width(words, small, True) + icon <= half for _, words in facts):
        return beside([fact(frame, picture, words, True, half) for picture, words in facts], gap)
    return stacked(_apart([fact(frame, *one, True, room) for one in facts], frame.space("near")))


def _number_facts(frame: Frame, service: str, room: int) -> list[Block]:
    """How long it takes, while numbers are given; in any case where it is done."""
    if not frame.model.in_service or frame.model.facts.is_shut(service):
        return [fact(frame, "place", where(frame, service), False, room)]
    return wait_facts(frame, service, room)


def _days(days: int) -> str:
    return "item.at_once" if days == 0 else "item.day" if days == 1 else "item.days"


def _list(frame: Frame, title: str, lines: Sequence[str], width: int) -> Block:
    pad = frame.space("gap")
    room = width - 2 * pad
    head = text(frame, title, room, "body", colour="accent", bold=True)
    return _card(frame, [head, *(text(frame, line, room, "body", lines=3) for line in lines)], pad)


def _card(frame: Frame, blocks: Sequence[Block], pad: int) -> Block:
    return card(frame, stacked(blocks), pad=pad)


def _packed(blocks: Sequence[Block], height: int, gap: int) -> list[list[Block]]:
    """As many below one another as fit, then the next column."""
    packed: list[list[Block]] = [[]]
    left = height
    for block in blocks:
        if packed[-1] and block.height > left:
            packed.append([])
            left = height
        packed[-1].append(block)
        left -= block.height + gap
    return packed


def _apart(blocks: Sequence[Block], gap: int) -> list[Block]:
    return [part for block in blocks for part in (block, space(gap))][:-1]


def _told(frame: Frame, page: ItemPage, width: int) -> list[Block]:
    """What became of the checklist, or why there is none."""
    if not frame.model.in_service:
        return [_said(frame, "item.away", "warn", width)]
    if page.paper == "none":
        return []
    looks = {"printing": "accent", "printed": "good", "failed": "bad", "unknown": "warn"}
    return [
        _said(frame, f"item.paper_{page.paper}", looks[page.paper], width),
        space(frame.space("near")),
    ]


def _said(frame: Frame, key: str, look: str, width: int) -> Block:
    pad = frame.space("near")
    said = text(
        frame, frame.say(key), width - 2 * pad, "body",
        colour=look, bold=True, align="centre", lines=2, least="small",
    )  # fmt: skip
    return card(frame, said, fill=f"{look}-soft", pad=pad)


def _ways_on(frame: Frame, page: ItemPage, matter: Item) -> Block:
    """A number from here, and the list on paper."""
    line = frame.model.facts.lines.get(matter.service)
    closed = line is not None and not line.open
    words = closed_shortly(frame, line) if closed and line is not None else frame.say("do.take")
    blocks = []
    if frame.model.in_service:
        blocks.append(button(frame, words, TakeNumber(matter.service), "second" if closed else "first"))
    if frame.model.usable_printers and frame.model.in_service and page.paper != "printing":
        blocks.append(button(frame, frame.say("do.checklist"), PrintChecklist(page.item)))
    return beside(blocks, frame.space("gap")) if blocks else space(0)
