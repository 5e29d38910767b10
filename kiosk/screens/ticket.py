"""The ticket page: the number, very large, and what became of its paper."""

from kiosk.presenters.actions import GiveUpTicket, GoHome, PrintAt
from kiosk.presenters.floor import PrinterEntry
from kiosk.presenters.pages import TicketPage
from kiosk.presenters.visitor import Ticket
from kiosk.presenters.words import ahead_words
from kiosk.screens.blocks import (
    Block,
    beside,
    button,
    captioned,
    card,
    code,
    in_the_middle,
    rows,
    space,
    stacked,
    text,
    with_icon,
)
from kiosk.screens.facts import fact, where
from kiosk.screens.frame import Frame
from kiosk.screens.parts import body, footer, header
from kiosk.screens.widgets import IconName, Widget


def ticket_page(frame: Frame, page: TicketPage) -> list[Widget]:
    """Number, whereabouts, and the way on."""
    area = body(frame)
    ticket = page.ticket
    gap = frame.space("gap")
    if frame.is_portrait:
        blocks = [_banner(frame, ticket, area.w), space(gap), _number_card(frame, ticket, area.w), space(gap)]
        blocks += [*_reminder(frame, area.w), *_choices(frame, ticket)]
        widgets = in_the_middle(area, stacked(blocks))
    else:
        half = (area.w - frame.space("wide")) // 2
        left = stacked([_number_card(frame, ticket, half)])
        right = stacked(
            [_banner(frame, ticket, half), space(gap), *_reminder(frame, half), *_choices(frame, ticket)]
        )
        widgets = in_the_middle(area.left_part(half), left) + in_the_middle(area.right_part(half), right)
    return [*header(frame), *widgets, *footer(frame)]


def _printer(frame: Frame, ticket: Ticket) -> PrinterEntry | None:
    return frame.model.floor.printer(ticket.printer)


def _elsewhere(frame: Frame, ticket: Ticket) -> str:
    """Where the paper is to come out, when that is not here."""
    printer = _printer(frame, ticket)
    return "" if printer is None or printer.own else printer.place.in_(frame.model.language)


def _banner(frame: Frame, ticket: Ticket, width: int) -> Block:
    """What became of the paper, in a colour, a drawing and words."""
    looks: dict[str, tuple[IconName, str, str]] = {
        "printing": ("printer", "accent-soft", "accent"),
        "printed": ("check", "good-soft", "good"),
        "failed": ("warning", "bad-soft", "bad"),
        "unknown": ("question", "warn-soft", "warn"),
        "none": ("ticket", "accent-soft", "accent"),
    }
    picture, ground, ink = looks[ticket.paper]
    title, how = _told(frame, ticket)
    pad = frame.space("gap") + frame.space("tight")

    def inside(room: int) -> Block:
        return stacked(
            [
                text(frame, title, room, "heading", colour=ink, bold=True, lines=3, least="name"),
                text(frame, how, room, "body", lines=5),
            ]
        )

    block = with_icon(frame, picture, ink, inside, width - 2 * pad, frame.size("state"))
    return card(frame, block, fill=ground, pad=pad)


def _told(frame: Frame, ticket: Ticket) -> tuple[str, str]:
    say, place = frame.say, _elsewhere(frame, ticket)
    match ticket.paper:
        case "none":
            return say("ticket.already"), say("ticket.already_how")
        case "printing" | "printed":
            key = f"ticket.{ticket.paper}_at" if place else f"ticket.{ticket.paper}"
            return say(key, place=place), say(f"{key}_how", place=place)
        case "failed":
            others = [one for one in frame.model.usable_printers if one.id != ticket.printer]
            return say("ticket.failed"), say("ticket.failed_how" if others else "ticket.failed_alone")
        case "unknown":
            return say("ticket.unknown"), say(
                "ticket.unknown_at_how" if place else "ticket.unknown_how", place=place
            )


def _number_card(frame: Frame, ticket: Ticket, width: int) -> Block:
    pad = frame.space("wide")
    room = width - 2 * pad
    to_photograph = ticket.paper == "failed"
    service = frame.model.floor.service(ticket.service)
    name = service.name.in_(frame.model.language) if service else ticket.service
    share = (room - frame.space("gap")) // 2 if to_photograph else room
    number = stacked(
        [
            text(frame, frame.say("ticket.yours"), share, "body", colour="soft", align="centre"),
            _number(frame, ticket, share, "huge" if to_photograph else "display"),
            text(frame, name, share, "heading", bold=True, align="centre", lines=2, least="body"),
        ]
    )
    head = (
        beside([number, _photograph(frame, ticket, share)], frame.space("gap")) if to_photograph else number
    )
    return card(frame, stacked([head, space(frame.space("near")), *_whereabouts(frame, ticket, room)]))


def _number(frame: Frame, ticket: Ticket, room: int, size: str) -> Block:
    return text(
        frame, ticket.number, room, size,
        colour="accent", bold=True, align="centre", lines=1, least="title", leading="numeral",
    )  # fmt: skip


def _photograph(frame: Frame, ticket: Ticket, width: int) -> Block:
    """A code that leads to the ticket's own page, as the one on paper does."""
    caption = captioned(frame, "camera", frame.say("ticket.photo"), "bad")
    if (pages := frame.model.floor.pages) is None:
        return caption
    picture = code(frame, pages + ticket.id, min(width, frame.size("code")))
    return stacked([picture, space(frame.space("tight")), caption])


def _whereabouts(frame: Frame, ticket: Ticket, room: int) -> list[Block]:
    """People ahead and the forecast; where to wait, and where one will be served."""
    service = frame.model.floor.service(ticket.service)
    lines: list[tuple[IconName, str, bool]] = [
        ("people", frame.words(ahead_words(ticket.ahead)), True),
        ("clock", frame.wait(ticket.forecast), True),
    ]
    if ticket.ahead is None and ticket.forecast is None:
        lines = lines[:1]
    if service is not None:
        lines.append(("place", where(frame, ticket.service), False))
    if ticket.late:
        lines.append(("warning", frame.say("ticket.late"), False))
    return [part for line in lines for part in (space(frame.space("near")), fact(frame, *line, room))]


def _reminder(frame: Frame, width: int) -> list[Block]:
    """请取走证件, to everybody who laid one down: a reader does not see a card that it has read already."""
    if frame.model.visitor is None and not frame.model.facts.card_left_behind:
        return []
    words = frame.say("visitor.take_card")
    pad = frame.space("gap")

    def inside(room: int) -> Block:
        return text(frame, words, room, "name", colour="warn", bold=True)

    said = with_icon(frame, "card", "warn", inside, width - 2 * pad, frame.size("icon"))
    return [card(frame, said, fill="warn-soft", pad=pad), space(frame.space("gap"))]


def _choices(frame: Frame, ticket: Ticket) -> list[Block]:
    say = frame.say
    match ticket.paper:
        case "printing":
            buttons: list[Block] = []
        case "printed":
            buttons = [button(frame, say("do.done"), GoHome(), "first")]
        case "none":
            buttons = [
                button(frame, say("do.done"), GoHome(), "first"),
                *_print_buttons(frame, "do.reprint"),
                button(frame, say("do.give_up"), GiveUpTicket(), "quiet"),
            ]
        case "unknown":
            buttons = [
                button(frame, say("do.got_it"), GoHome(), "first"),
                *_print_buttons(frame, "do.reprint_here"),
                button(frame, say("do.give_up"), GiveUpTicket(), "quiet"),
            ]
        case "failed":
            buttons = [
                button(frame, say("do.keep"), GoHome(), "first"),
                *_print_buttons(frame, "do.print_here"),
                button(frame, say("do.give_up"), GiveUpTicket(), "quiet"),
            ]
    first, others = buttons[:1], buttons[1:]
    near = frame.space("near")
    return rows(first, 1, near) + rows(others, 2 if frame.is_portrait or frame.is_low else 3, near)


def _print_buttons(frame: Frame, here: str) -> list[Block]:
    """A button for each printer that may work: here, and where the others stand."""
    return [
        button(
            frame,
            frame.say(here)
            if one.own
            else frame.say("do.print_at", place=one.place.in_(frame.model.language)),
            PrintAt(one.id),
        )
        for one in frame.model.usable_printers
        if one.own or one.place.in_(frame.model.language)
    ]
