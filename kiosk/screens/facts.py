"""A fact with its drawing: people ahead, the wait, the place, the fee."""

from kiosk.screens.blocks import Block, text, with_icon
from kiosk.screens.frame import Frame
from kiosk.screens.widgets import IconName

MOST_COUNTERS_NAMED = 4
"""More counters than these are not worth reading before the call."""


def fact(frame: Frame, picture: IconName, words: str, strong: bool, room: int, lines: int = 3) -> Block:
    """A drawing, and what it stands for in words."""

    def inside(width: int) -> Block:
        return text(frame, words, width, "name", bold=strong, lines=lines, least="body", whole=True)

    return with_icon(frame, picture, "accent", inside, room, frame.size("row-icon"))


def where(frame: Frame, service_id: str) -> str:
    """In which part of the hall one waits for a service, and at which counters it is done."""
    service = frame.model.floor.service(service_id)
    if service is None:
        return ""
    zone = frame.model.floor.zone(service.zone).name.in_(frame.model.language)
    return frame.say("ticket.where", zone=zone) + _counters(frame, service.counters)


def _counters(frame: Frame, counters: tuple[str, ...]) -> str:
    joint = frame.say("ticket.joint")
    if not counters or len(counters) > MOST_COUNTERS_NAMED:
        return joint + frame.say("ticket.counters_many")
    *others, last = counters
    named = frame.say("ticket.or").join([frame.say("ticket.and").join(others), last]) if others else last
    return joint + frame.say("ticket.counters", counters=named)
