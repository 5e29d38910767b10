"""What every page has: the header, and the strip at the bottom that leads away and counts down."""

from kiosk.presenters.actions import GoHome, MoreTime, Speak
from kiosk.presenters.model import TicketPage
from kiosk.screens.blocks import Align, Block, beside, button, label, text
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Icon, Panel, Widget


def header(frame: Frame) -> list[Widget]:
    """The hall's name, the date and time, and the other language."""
    bar = frame.rect.top_part(frame.size("header"))
    inner = bar.inset(frame.space("page"), 0)
    switch = _switch(frame, inner)
    at = inner._replace(w=switch.rect.x - frame.space("gap") - inner.x) if switch else inner
    clock_width = frame.text("body") * 6
    hall = frame.model.floor.hall.in_(frame.model.language)
    room = at.w - clock_width - frame.space("gap")
    name = text(frame, hall, room, "body", bold=True, lines=2, least="small")
    widgets = name.draw(Rect(at.x, at.y + (at.h - name.height) // 2, at.w, name.height))
    widgets += _clock(frame, at.right_part(clock_width))
    line = Panel(bar.bottom_part(frame.space("hair")), fill=frame.colour("line"))
    controls = [switch] if switch else []
    return [Panel(bar, fill=frame.colour("surface"), children=(*widgets, line, *controls))]


def _clock(frame: Frame, rect: Rect) -> list[Widget]:
    if not frame.model.time_of_day:
        return []
    month, day, weekday = frame.model.date
    names = frame.say("header.weekdays")
    name = names.split()[weekday] if " " in names else names[weekday]
    date = frame.say("header.date", month=month, day=day, weekday=name)
    upper, lower = frame.theme.line(frame.text("name")), frame.theme.line(frame.text("small"))
    top = rect.y + (rect.h - upper - lower) // 2
    return [
        label(
            frame, frame.model.time_of_day, Rect(rect.x, top, rect.w, upper),
            frame.text("name"), frame.colour("ink"), True, "right",
        ),
        label(
            frame, date, Rect(rect.x, top + upper, rect.w, lower),
            frame.text("small"), frame.colour("soft"), False, "right",
        ),
    ]  # fmt: skip


def _switch(frame: Frame, inner: Rect) -> Panel | None:
    """The next language, by its own name."""
    languages = frame.model.floor.languages
    if len(languages) < 2:
        return None
    now = languages.index(frame.model.language) if frame.model.language in languages else 0
    following = languages[(now + 1) % len(languages)]
    action = Speak(following)
    words = frame.tongues.get(following, following)
    pad, icon_px = frame.space("gap"), frame.text("name")
    width = 2 * pad + icon_px + frame.space("tight") + frame.ruler.width(words, frame.text("body"), True)
    rect = inner.right_part(width)
    rect = rect.middle(width, frame.size("target"))
    shown = frame.colour("accent")
    return Panel(
        rect,
        fill=frame.colour("accent-soft" if frame.pressed == action else "surface"),
        radius=frame.round("button"),
        outline=shown,
        action=action,
        children=(
            Icon(Rect(rect.x + pad, rect.y + (rect.h - icon_px) // 2, icon_px, icon_px), "globe", shown),
            label(
                frame, words, rect.right_of(pad + icon_px + frame.space("tight")), frame.text("body"), shown,
                True, "left",
            ),
        ),
    )  # fmt: skip


def footer_height(frame: Frame) -> int:
    """The strip at the bottom; always kept free, so that nothing moves when the countdown appears."""
    return frame.size("button") + 2 * frame.space("gap")


def footer(frame: Frame, otherwise: Block | None = None) -> list[Widget]:
    """The countdown with 我还需要时间 while it is shown, else `otherwise`."""
    strip = frame.rect.bottom_part(footer_height(frame)).inset(frame.space("page"), frame.space("gap"))
    if frame.model.countdown is None:
        return otherwise.draw(strip.top_part(otherwise.height)) if otherwise else []
    blocks = [_countdown(frame, strip.w // 2), button(frame, frame.say("do.more_time"), MoreTime(), "first")]
    return beside(blocks, frame.space("gap")).draw(strip)


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


def help_line(frame: Frame, align: Align = "centre") -> Block:
    """Where a person helps."""
    height = frame.size("button")
    words = text(
        frame,
        frame.say("home.help"),
        frame.rect.w - 2 * frame.space("page"),
        "small",
        colour="soft",
        align=align,
    )

    def draw(rect: Rect) -> list[Widget]:
        return words.draw(Rect(rect.x, rect.y + (height - words.height) // 2, rect.w, words.height))

    return Block(height, draw)


def body(frame: Frame) -> Rect:
    """What lies between header and footer, inside the page's margin."""
    top = frame.size("header")
    height = frame.rect.h - top - footer_height(frame)
    return Rect(frame.rect.x, frame.rect.y + top, frame.rect.w, height).inset(
        frame.space("page"), frame.space("wide")
    )
