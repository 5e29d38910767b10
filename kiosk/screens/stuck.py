"""办不成事: what could not be done, by touch; somebody must answer it."""

from kiosk.presenters.actions import SendReport, Tick
from kiosk.presenters.pages import StuckForm
from kiosk.screens.blocks import Block, Kind, button, in_the_middle, rows, space, stacked, text
from kiosk.screens.frame import Frame
from kiosk.screens.parts import body, footer, header
from kiosk.screens.sheets import way_on
from kiosk.screens.widgets import Widget


def stuck(frame: Frame, page: StuckForm) -> list[Widget]:
    """Reasons to touch, as many as apply, and one control to send them."""
    area = body(frame)
    near, language = frame.space("near"), frame.model.language
    width = min(area.w, frame.size("measure") * (1 if frame.is_portrait else 2))
    chosen = page.reasons
    reasons = [
        button(frame, name.in_(language), Tick(reason, reason not in chosen), _look(reason in chosen))
        for reason, name in frame.model.floor.reasons
    ]
    send: list[Block] = [button(frame, frame.say("stuck.send"), SendReport(), "first")] if chosen else []
    blocks = [
        text(frame, frame.say("stuck.title"), width, "title", bold=True, lines=2, least="heading"),
        text(frame, frame.say("stuck.how"), width, "body", colour="soft", lines=4),
        space(frame.space("gap")),
        *rows(reasons, _across(frame), near),
        space(near),
        *send,
    ]
    column = area.middle(width, area.h)
    return [*header(frame), *in_the_middle(column, stacked(blocks)), *footer(frame, way_on(frame, home=True))]


def _across(frame: Frame) -> int:
    if not frame.is_portrait:
        return 3
    return 2 if frame.is_low else 1


def _look(chosen: bool) -> Kind:
    return "first" if chosen else "second"
