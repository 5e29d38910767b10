"""Before a number is taken: how long it takes, where it is done, and whether priority is wanted."""

from collections.abc import Sequence
from typing import Final

from broker.messages.devices import PriorityClass
from kiosk.presenters.actions import Claim, TakeNumber
from kiosk.presenters.pages import Confirm
from kiosk.presenters.words import ahead_words
from kiosk.screens.blocks import Block, button, card, in_the_middle, rows, space, stacked, text
from kiosk.screens.facts import fact, where
from kiosk.screens.frame import Frame
from kiosk.screens.parts import body, footer, header
from kiosk.screens.sheets import way_on
from kiosk.screens.widgets import Widget

CLAIMS: Final[tuple[PriorityClass, ...]] = ("elderly", "disabled", "pregnant", "veteran")


def confirm(frame: Frame, page: Confirm) -> list[Widget]:
    """The service, the wait in plain words, and one large control."""
    area = body(frame)
    gap = frame.space("gap")
    if frame.is_portrait:
        blocks = [
            _about(frame, page, area.w),
            space(gap),
            *_priority(frame, page, area.w),
            _take(frame, page),
        ]
        widgets = in_the_middle(area, stacked(blocks))
    else:
        half = (area.w - frame.space("wide")) // 2
        right = stacked([*_priority(frame, page, half), _take(frame, page)])
        widgets = in_the_middle(area.left_part(half), _about(frame, page, half))
        widgets += in_the_middle(area.right_part(half), right)
    return [*header(frame), *widgets, *footer(frame, way_on(frame))]


def wait_facts(frame: Frame, service_id: str, room: int) -> list[Block]:
    """People ahead and the forecast; where to wait, and where one will be served."""
    line = frame.model.facts.lines.get(service_id)
    near = space(frame.space("near"))
    known = [
        fact(frame, "people", frame.words(ahead_words(line.waiting if line else None)), True, room),
        *([near, fact(frame, "clock", frame.wait(line.forecast), True, room)] if line else []),
    ]
    return [*known, near, fact(frame, "place", where(frame, service_id), False, room)]


def _about(frame: Frame, page: Confirm, width: int) -> Block:
    pad = frame.space("wide")
    room = width - 2 * pad
    service = frame.model.floor.service(page.service)
    name = service.name.in_(frame.model.language) if service else page.service
    title = text(frame, name, room, "title", bold=True, lines=2, least="heading")
    facts = wait_facts(frame, page.service, room)
    return card(frame, stacked([title, space(frame.space("gap")), *facts]), pad=pad)


def _take(frame: Frame, page: Confirm) -> Block:
    return button(frame, frame.say("do.take"), TakeNumber(page.service), "first")


def _priority(frame: Frame, page: Confirm, width: int) -> list[Block]:
    """Asked, never assumed: whoever has a right to it may say so, in private and without a word aloud."""
    if not frame.model.floor.declared:
        return []
    pad = frame.space("gap")
    room = width - 2 * pad
    visitor = frame.model.visitor
    proven = visitor.claimed if visitor else ()
    ask = text(frame, frame.say("confirm.priority"), room, "body", bold=True, lines=2)
    chips = [_chip(frame, one, one in page.claims) for one in CLAIMS if one not in proven]
    proof = text(frame, frame.say("confirm.proof"), room, "small", colour="soft", lines=2)
    blocks: Sequence[Block] = [
        ask, space(frame.space("near")), *rows(chips, 2, frame.space("near")), proof
    ]  # fmt: skip
    return [card(frame, stacked(blocks), pad=pad), space(frame.space("gap"))]


def _chip(frame: Frame, reason: PriorityClass, on: bool) -> Block:
    words = frame.say(f"claim.{reason}")
    return button(frame, words, Claim(reason, not on), "first" if on else "second", ticked=on)
