"""What every page has: the header, and the strip at the bottom that leads away and counts down."""

from collections.abc import Sequence

from kiosk.presenters.actions import GoHome, MoreTime
from kiosk.presenters.pages import TicketPage
from kiosk.screens.blocks import (
    Align,
    Block,
    beside,
    button,
    card,
    in_the_middle,
    label,
    space,
    stacked,
    text,
    with_icon,
)
from kiosk.screens.frame import Frame, page_asks
from kiosk.screens.geometry import Rect
from kiosk.screens.strip import is_beside, strip, strip_width
from kiosk.screens.widgets import Panel, Widget


def header(frame: Frame) -> list[Widget]:
    """The hall's name, the date and time; no control, for not everybody reaches up there."""
    if frame.is_low:
        return _banner(frame)
    bar = frame.rect.top_part(frame.size("header"))
    at = bar.inset(frame.space("page"), 0)
    clock_width = frame.text("body") * 6
    room = at.w - clock_width - frame.space("gap")
    name = text(frame, _hall(frame), room, "body", bold=True, lines=2, least="small")
    widgets = name.draw(Rect(at.x, at.y + (at.h - name.height) // 2, at.w, name.height))
    widgets += _clock(frame, at.right_part(clock_width))
    line = Panel(bar.bottom_part(frame.space("hair")), fill=frame.colour("line"))
    return [Panel(bar, fill=frame.colour("surface"), children=(*widgets, line))]


def _hall(frame: Frame) -> str:
    return frame.model.floor.hall.in_(frame.model.language)


def _banner(frame: Frame) -> list[Widget]:
    """The upper part of a low page: what is only looked at."""
    high = frame.screen.top_part(frame.screen.h - frame.rect.h)
    room = high.w - 2 * frame.space("page")
    size = "heading" if high.h > 2 * frame.size("header") else "body"
    clock = frame.theme.line(frame.text("name")) + frame.theme.line(frame.text("small"))
    lines = stacked(
        [
            text(frame, _hall(frame), room, size, bold=True, align="centre", lines=2, least="small"),
            Block(clock, lambda rect: _clock(frame, rect, "centre")),
        ]
    )
    said = _prompt(frame, room) or _asked(frame, room)
    gap = frame.space("wide")
    whole = stacked([lines, space(gap), *said])
    if whole.height > high.h - frame.space("gap"):
        whole = stacked(said) if frame.prompt else lines
    widgets = in_the_middle(high.inset(frame.space("page"), 0), whole)
    line = Panel(high.bottom_part(frame.space("hair")), fill=frame.colour("line"))
    return [Panel(high, fill=frame.colour("surface"), children=(*widgets, line))]


def _asked(frame: Frame, width: int) -> list[Block]:
    """Where nothing is touched there is room to read what the page is for."""
    words = page_asks(frame.model, frame.say)
    return [text(frame, words, width, "heading", colour="accent", bold=True, align="centre", lines=3)]


def _clock(frame: Frame, rect: Rect, align: Align = "right") -> list[Widget]:
    if not frame.model.time_of_day:
        return []
    month, day, weekday = frame.model.date
    names = frame.say("header.weekdays")
    name = names.split()[weekday] if " " in names else names[weekday]
    month_said = frame.say("header.months").split()[month - 1]
    date = frame.say("header.date", month=month_said, day=day, weekday=name)
    upper, lower = frame.theme.line(frame.text("name")), frame.theme.line(frame.text("small"))
    top = rect.y + (rect.h - upper - lower) // 2
    return [
        label(
            frame, frame.model.time_of_day, Rect(rect.x, top, rect.w, upper),
            frame.text("name"), frame.colour("ink"), True, align,
        ),
        label(
            frame, date, Rect(rect.x, top + upper, rect.w, lower),
            frame.text("small"), frame.colour("soft"), False, align,
        ),
    ]  # fmt: skip


def _prompt(frame: Frame, width: int) -> list[Block]:
    """What is being said, for those who do not hear it."""
    if not (words := frame.prompt):
        return []

    def inside(room: int) -> Block:
        return text(frame, words, room, "small", bold=True, lines=3)

    said = with_icon(
        frame, "speaker", "accent", inside, width - 2 * frame.space("near"), frame.size("row-icon")
    )
    pad = frame.space("near")
    return [card(frame, said, fill="accent-soft", pad=pad)]


def _height(blocks: Sequence[Block]) -> int:
    return sum(block.height for block in blocks)


def footer_height(frame: Frame) -> int:
    """The strip at the bottom; always kept free, so that nothing moves when the countdown appears."""
    row = frame.size("button") + 2 * frame.space("gap")
    modes = 0 if is_beside(frame) else frame.size("strip") + frame.space("gap")
    said = [] if frame.is_low else _prompt(frame, _footer_room(frame).w)
    return row + modes + _height(said) + (frame.space("gap") if said else 0)


def _footer_room(frame: Frame) -> Rect:
    """Where the way on stands: beside the buttons of the modes, or above them."""
    page, gap = frame.space("page"), frame.space("gap")
    edge = frame.rect.inset(page, gap)
    if is_beside(frame):
        return edge.bottom_part(frame.size("button")).left_part(
            edge.w - strip_width(frame) - frame.space("wide")
        )
    above = edge.h - frame.size("strip") - gap
    return edge.top_part(above).bottom_part(frame.size("button"))


def footer(frame: Frame, otherwise: Block | None = None) -> list[Widget]:
    """The countdown with 我还需要时间 while it is shown, else `otherwise`; language and modes; the prompt."""
    room = _footer_room(frame)
    edge = frame.rect.inset(frame.space("page"), frame.space("gap"))
    at = edge.bottom_part(frame.size("button" if is_beside(frame) else "strip"))
    widgets = strip(frame, at.right_part(strip_width(frame)) if is_beside(frame) else at)
    for said in [] if frame.is_low else _prompt(frame, room.w):
        widgets += said.draw(Rect(room.x, room.y - frame.space("gap") - said.height, room.w, said.height))
    if frame.model.countdown is None:
        return [*widgets, *(otherwise.draw(room.top_part(otherwise.height)) if otherwise else [])]
    blocks = [_countdown(frame, room.w // 2), button(frame, frame.say("do.more_time"), MoreTime(), "first")]
    return [*widgets, *beside(blocks, frame.space("gap")).draw(room)]


def _countdown(frame: Frame, width: int) -> Block:
    page = frame.model.page
    will_be_void = isinstance(page, TicketPage) and page.ticket.paper == "failed"
    words = frame.say(
        "countdown.void" if will_be_void else "countdown.home", seconds=frame.model.countdown or 0
    )
    colour = "bad" if will_be_void else "ink"
    block = text(
        frame, words, width - frame.space("gap"), "body", colour=colour, bold=True, lines=2, least="small"
    )
    height = frame.size("button")

    def draw(rect: Rect) -> list[Widget]:
        return block.draw(Rect(rect.x, rect.y + (height - block.height) // 2, rect.w, block.height))

    return Block(height, draw)


def leave_button(frame: Frame, key: str = "do.home") -> Block:
    """The way home, in the strip at the bottom."""
    return button(frame, frame.say(key), GoHome(), "quiet")


def help_line(frame: Frame, align: Align = "centre", share: int = 1) -> Block:
    """Where a person helps; where the strip is shared, in so many parts, in one of them."""
    height = frame.size("button")
    words = text(
        frame,
        frame.say("home.help"),
        (_footer_room(frame).w - (share - 1) * frame.space("gap")) // share,
        "small",
        colour="soft",
        align=align,
    )

    def draw(rect: Rect) -> list[Widget]:
        return words.draw(Rect(rect.x, rect.y + (height - words.height) // 2, rect.w, words.height))

    return Block(height, draw)


def body(frame: Frame) -> Rect:
    """What lies between header and footer, inside the page's margin."""
    top = 0 if frame.is_low else frame.size("header")
    height = frame.rect.h - top - footer_height(frame)
    return Rect(frame.rect.x, frame.rect.y + top, frame.rect.w, height).inset(
        frame.space("page"), frame.space("wide")
    )
