"""Checking in for an appointment: by card, or by its code."""

from kiosk.presenters.actions import CheckIn, SwitchKeys
from kiosk.presenters.doors import CODE_LEAST, CODE_SIGNS
from kiosk.presenters.pages import CheckInPage
from kiosk.screens.blocks import Block, beside, button, card, in_the_middle, space, stacked, text, with_icon
from kiosk.screens.frame import Frame
from kiosk.screens.greeting import bookings
from kiosk.screens.keyboard import keyboard, keypad, typed
from kiosk.screens.parts import body, footer, header
from kiosk.screens.sheets import way_on
from kiosk.screens.widgets import Widget

GROUP = 4
"""Characters of a code between two gaps, so that it can be read back."""


def check_in(frame: Frame, page: CheckInPage) -> list[Widget]:
    """What to lay down or to type, and the keys."""
    area = body(frame)
    gap = frame.space("gap")
    if frame.is_portrait or (frame.is_low and page.letters):
        # a low page has room for what the card has found only until a code is typed
        found = frame.model.visitor.bookings if frame.model.visitor and not page.code else ()
        asked = [*_asked(frame, area.w), space(gap)] if frame.is_portrait or found else []
        typing = _typing(frame, page, area.w, alone=frame.is_portrait or not found)
        blocks = [*asked, *(typing if frame.is_portrait or len(found) < 2 else [])]
        widgets = in_the_middle(area, stacked(blocks))
    else:
        narrow = frame.side_width if page.letters else area.w * 2 // 5
        keys = area.right_part(area.w - narrow - frame.space("wide"))
        widgets = in_the_middle(area.left_part(narrow), stacked(_asked(frame, narrow)))
        widgets += in_the_middle(keys, stacked(_typing(frame, page, keys.w)))
    return [*header(frame), *widgets, *footer(frame, way_on(frame, home=True))]


def _asked(frame: Frame, width: int) -> list[Block]:
    """What the card finds, or that one may be laid down."""
    visitor = frame.model.visitor
    gap = frame.space("gap")
    if visitor is not None and visitor.bookings:
        return [part for one in bookings(frame, visitor, width) for part in (one, space(gap))][:-1]
    reader = frame.model.reads_cards
    key = "card" if reader else "code"
    pad = frame.space("wide" if frame.is_portrait else "gap")

    def inside(room: int) -> Block:
        title = text(
            frame, frame.say(f"check_in.{key}"), room, "heading",
            colour="on-accent", bold=True, lines=2, least="name",
        )  # fmt: skip
        how = text(frame, frame.say(f"check_in.{key}_how"), room, "body", colour="on-accent-soft", lines=5)
        return stacked([title, how])

    picture = with_icon(
        frame, "card" if reader else "calendar", "on-accent", inside, width - 2 * pad, frame.size("state")
    )
    return [card(frame, picture, fill="accent", pad=pad)]


def _typing(frame: Frame, page: CheckInPage, width: int, *, alone: bool = True) -> list[Block]:
    """A code and its keys; `alone`, also the way to other keys."""
    near = frame.space("near")
    keys = keyboard(frame, CODE_SIGNS) if page.letters else keypad(frame)
    switch = frame.say("check_in.digits" if page.letters else "check_in.letters")
    other = button(frame, switch, SwitchKeys(not page.letters))
    blocks = [_code(frame, page, width), space(near), keys]
    if not alone:
        return blocks
    blocks.append(space(near))
    if len(page.code) < CODE_LEAST:
        return [*blocks, other]
    return [*blocks, beside([other, button(frame, frame.say("do.check_in"), CheckIn(), "first")], near)]


def _code(frame: Frame, page: CheckInPage, width: int) -> Block:
    """The code so far, in groups."""
    code = page.code
    grouped = " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
    return typed(frame, grouped, frame.say("check_in.type"), width)
