"""办不成事: what could not be done, by touch; somebody must answer it, by telephone where that is wanted."""

from itertools import pairwise

from kiosk.presenters.actions import LeavePhone, SendReport, Tick
from kiosk.presenters.doors import PHONE_LEAST
from kiosk.presenters.pages import PhoneForm, StuckForm
from kiosk.screens.blocks import Block, beside, button, in_the_middle, rows, space, stacked, text
from kiosk.screens.frame import Frame
from kiosk.screens.keyboard import keypad, typed
from kiosk.screens.parts import body, footer, header
from kiosk.screens.sheets import way_on
from kiosk.screens.widgets import Widget

MOBILE = 11
"""Digits of a mobile number: read in groups of three, four and four."""


def stuck(frame: Frame, page: StuckForm) -> list[Widget]:
    """Reasons to touch, as many as apply, and one control to send them."""
    area = body(frame)
    near, language = frame.space("near"), frame.model.language
    width = min(area.w, frame.size("measure") * (1 if frame.is_portrait else 2))
    chosen = page.reasons
    reasons = [
        button(
            frame, name.in_(language), Tick(reason, reason not in chosen),
            "first" if reason in chosen else "second", ticked=reason in chosen,
        )
        for reason, name in frame.model.floor.reasons
    ]  # fmt: skip
    keeps = frame.model.facts.keeps_phones
    blocks = [
        text(frame, frame.say("stuck.title"), width, "title", bold=True, lines=2, least="heading"),
        text(
            frame, frame.say("stuck.how" if keeps else "stuck.how_no_phone"), width, "body",
            colour="soft", lines=4, even=True,
        ),
        space(frame.space("gap")),
        *rows(reasons, _across(frame), near),
        space(near),
        *_ways_on(frame, page),
    ]  # fmt: skip
    column = area.middle(width, area.h)
    return [*header(frame), *in_the_middle(column, stacked(blocks)), *footer(frame, way_on(frame, home=True))]


def _ways_on(frame: Frame, page: StuckForm) -> list[Block]:
    """To send it, once there is something to send; before that, to leave a number."""
    if not page.reasons:
        return []
    send = button(frame, frame.say("stuck.send"), SendReport(), "first")
    if not frame.model.facts.keeps_phones:
        return [send]
    return [beside([button(frame, frame.say("stuck.phone"), LeavePhone()), send], frame.space("near"))]


def _across(frame: Frame) -> int:
    if not frame.is_portrait:
        return 3
    return 2 if frame.is_low else 1


def phone_form(frame: Frame, page: PhoneForm) -> list[Widget]:
    """A keypad, what becomes of the number, and the way on without one."""
    area = body(frame)
    wide = frame.space("wide")
    if frame.is_portrait:
        width = min(area.w, frame.size("measure"))
        blocks = [*_asked(frame, width), space(frame.space("gap")), *_typing(frame, page, width)]
        widgets = in_the_middle(area.middle(width, area.h), stacked(blocks))
    else:
        half = (area.w - wide) // 2
        widgets = in_the_middle(area.left_part(half), stacked(_asked(frame, half)))
        widgets += in_the_middle(area.right_part(half), stacked(_typing(frame, page, half)))
    return [*header(frame), *widgets, *footer(frame, way_on(frame))]


def _asked(frame: Frame, width: int) -> list[Block]:
    return [
        text(frame, frame.say("stuck.phone_title"), width, "title", bold=True, lines=2, least="heading"),
        text(frame, frame.say("stuck.phone_how"), width, "body", colour="soft", lines=5, even=True),
    ]


def _typing(frame: Frame, page: PhoneForm, width: int) -> list[Block]:
    near = frame.space("near")
    enough = len(page.phone) >= PHONE_LEAST
    words = frame.say("stuck.send" if enough else "stuck.send_without")
    send = button(frame, words, SendReport(), "first" if enough else "second")
    digits = typed(frame, in_groups(page.phone), frame.say("stuck.phone_type"), width)
    return [digits, space(near), keypad(frame), space(near), send]


def in_groups(phone: str) -> str:
    """A mobile number as one reads it back, also while it is typed; any other in fours."""
    cuts = (3, 7) if phone.startswith("1") and len(phone) <= MOBILE else (4, 8, 12)
    edges = (0, *(cut for cut in cuts if cut < len(phone)), len(phone))
    return " ".join(phone[start:end] for start, end in pairwise(edges))
