"""Pages that say one thing: a drawing, a sentence, what to do, and the way on."""

from dataclasses import dataclass
from typing import Final

from kiosk.presenters.actions import GoBack, GoHome, OpenDoor, TryAgain, VoidTicket
from kiosk.presenters.pages import Asking, CardTrouble, ClosedService, Refused, TicketPage, Unanswered, Voided
from kiosk.presenters.requests import Arrive, PrintAgain, Report, Take
from kiosk.screens.blocks import Block, button, in_the_middle, medallion, rows, space, stacked, text
from kiosk.screens.closed import closed_in_full, in_this_language, known
from kiosk.screens.frame import Frame
from kiosk.screens.parts import body, footer, header, help_line
from kiosk.screens.widgets import IconName, Widget

ASKED: Final[dict[type, str]] = {Take: "take", Arrive: "check_in", Report: "report", PrintAgain: "reprint"}
"""What is said while each is on its way."""

NUMBER_INSTEAD: Final = frozenset(
    {
        "too_late_for_booking",
        "no_booking_today",
        "booking_missed",
        "booking_cancelled",
        "banned",
        "blacklisted",
    }
)
"""Why an appointment is none, where a number is taken instead."""


@dataclass(frozen=True)
class Notice:
    """What is said, in which look."""

    picture: IconName
    look: str
    title: str
    how: str
    buttons: tuple[Block, ...] = ()
    helps: bool = True
    """Whether the strip at the bottom says where a person helps."""


def asking(frame: Frame, page: Asking) -> list[Widget]:
    """A question is on its way."""
    what = ASKED.get(type(page.request.what), "void")
    notice = Notice("clock", "accent", frame.say(f"asking.{what}"), frame.say("asking.wait"), helps=False)
    return _drawn(frame, notice)


def unanswered(frame: Frame, page: Unanswered) -> list[Widget]:
    """The hall's computer does not answer; asking again is safe."""
    taking = isinstance(page.request.what, Take | Arrive | Report)
    how = frame.say("unanswered.take" if taking else "unanswered.other")
    back = (
        button(frame, frame.say("do.home"), GoHome())
        if not isinstance(page.back, TicketPage)
        else button(frame, frame.say("do.back"), GoBack())
    )
    buttons = (button(frame, frame.say("do.again"), TryAgain(), "first"), back)
    return _drawn(frame, Notice("warning", "warn", frame.say("unanswered.title"), how, buttons))


def refused(frame: Frame, page: Refused) -> list[Widget]:
    """The controller said no, in its own words where they are in this language."""
    own = in_this_language(frame, page.text, page.text_in)
    translated = known(frame, f"closed.{page.reason}_how") or known(frame, f"refused.{page.reason}")
    how = own or translated or page.text or frame.say("refused.how")
    instead = page.reason in NUMBER_INSTEAD
    number = button(frame, frame.say("do.take"), OpenDoor("services"), "first")
    back = button(frame, frame.say("do.back"), GoBack(), "second" if instead else "first")
    buttons = (number, back) if instead else (back,)
    early = page.reason == "too_early"
    look: tuple[IconName, str] = ("clock", "warn") if early else ("cross", "bad")
    title = known(frame, f"refused.{page.reason}_title") or frame.say("refused.title")
    return _drawn(frame, Notice(*look, title, how, buttons))


def closed(frame: Frame, page: ClosedService) -> list[Widget]:
    """Why a service gives no numbers, and what to do instead."""
    language = frame.model.language
    service = frame.model.floor.service(page.service)
    name = service.name.in_(language) if service else page.service
    line = frame.model.facts.lines.get(page.service)
    how = closed_in_full(frame, line)
    buttons = (button(frame, frame.say("do.back"), GoBack(), "first"),)
    return _drawn(frame, Notice("pause", "warn", frame.say("closed.title", service=name), how, buttons))


def card_trouble(frame: Frame, page: CardTrouble) -> list[Widget]:
    """A card can't be used: why, and how to go on without."""
    title, how = frame.say(f"card.{page.reason}"), frame.say(f"card.{page.reason}_how")
    if page.reason != "read_failed":
        how = f"{how}\n{frame.say('visitor.take_card_then')}"
    buttons = (
        button(frame, frame.say("do.without_card"), GoBack(), "first"),
        button(frame, frame.say("do.home"), GoHome()),
    )
    return _drawn(frame, Notice("card", "warn", title, how, buttons))


def giving_up(frame: Frame, page: TicketPage) -> list[Widget]:
    """Whether the number is really not wanted: one touch too many must not cost a place in the queue."""
    title = frame.say("giving_up.title", number=page.ticket.number)
    buttons = (
        button(frame, frame.say("do.keep_number"), GoBack(), "first"),
        button(frame, frame.say("do.void"), VoidTicket()),
    )
    return _drawn(frame, Notice("question", "warn", title, frame.say("giving_up.how"), buttons))


def voided(frame: Frame, page: Voided) -> list[Widget]:
    """The number is given up."""
    buttons = (button(frame, frame.say("do.home"), GoHome(), "first"),)
    title = frame.say("voided.title", number=page.number)
    return _drawn(frame, Notice("check", "accent", title, frame.say("voided.how"), buttons))


def reported(frame: Frame) -> list[Widget]:
    """What could not be done is written down."""
    buttons = (button(frame, frame.say("do.home"), GoHome(), "first"),)
    return _drawn(
        frame, Notice("check", "accent", frame.say("stuck.done"), frame.say("stuck.done_how"), buttons)
    )


def out_of_service(frame: Frame) -> list[Widget]:
    """The controller is away; nothing can be taken here."""
    model = frame.model
    places = [one.place.in_(model.language) for one in model.floor.printers if not one.own]
    place = next((name for name in places if name), "")
    instead = frame.say("out.instead", place=place) if place else frame.say("out.alone")
    how = f"{frame.say('out.how')}\n{instead}"
    if model.facts.card_left_behind:
        how = f"{how}\n{frame.say('visitor.take_card_then')}"
    buttons = (button(frame, frame.say("out.guide"), OpenDoor("guide")),) if model.floor.guide.items else ()
    return _drawn(frame, Notice("pause", "warn", frame.say("out.title"), how, buttons, helps=False))


def _drawn(frame: Frame, notice: Notice) -> list[Widget]:
    area = body(frame)
    width = min(area.w, frame.size("measure"))
    column = area.middle(width, area.h)
    near = frame.space("near")
    size = frame.size("picture") if frame.is_portrait else frame.size("picture") * 2 // 3
    blocks = [
        medallion(
            size,
            notice.picture,
            frame.colour(notice.look),
            frame.colour(f"{notice.look}-soft"),
        ),
        space(frame.space("wide")),
        text(frame, notice.title, width, "title", bold=True, align="centre", lines=3, least="heading"),
        space(near),
        *[
            text(frame, line, width, "lead", colour="soft", align="centre", lines=6, least="body")
            for line in notice.how.split("\n")
        ],
        space(frame.space("page")),
        *rows(notice.buttons, 1 if frame.is_portrait else 2, near),
    ]
    bottom = help_line(frame) if notice.helps else None
    return [*header(frame), *in_the_middle(column, stacked(blocks)), *footer(frame, bottom)]
