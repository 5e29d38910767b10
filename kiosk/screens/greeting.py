"""What a visitor is told whose card was read: who they are, their priority, what they have today."""

from kiosk.presenters.actions import Action, CheckIn, ShowTicket, UsePriority
from kiosk.presenters.visitor import Booking, Ticket, Visitor
from kiosk.presenters.words import ahead_words
from kiosk.screens.blocks import Block, button, card, space, stacked, text, with_icon
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Widget

MOST_SHOWN = 2
"""Appointments, and numbers, of one person: more than these nobody has who is not lost among them."""


def greeting(frame: Frame, visitor: Visitor, width: int, terse: bool = False) -> list[Block]:
    """One below the other; in few words, only what comes next and the priority that a card proves."""
    how = frame.say("visitor.take_and_choose")
    pad = frame.space("gap")

    def inside(room: int) -> Block:
        hello = frame.say("visitor.hello", name=visitor.name_masked)
        return stacked(
            [
                text(
                    frame, hello, room, "heading", colour="good", bold=True, lines=2, least="name", whole=True
                ),
                text(frame, how, room, "body", lines=4),
            ]
        )

    said = with_icon(frame, "card", "good", inside, width - 2 * pad, frame.size("state"))
    blocks = [card(frame, said, fill="good-soft", pad=pad)]
    today = [
        *bookings(frame, visitor, width),
        *(_ticket(frame, one, width) for one in visitor.tickets[:MOST_SHOWN]),
    ]
    blocks += today[:1] if terse else today
    if visitor.priority or (frame.model.floor.declared and not terse):
        blocks.append(_priority(frame, visitor, width))
    return blocks


def bookings(frame: Frame, visitor: Visitor, width: int) -> list[Block]:
    """Their appointments of today, each a touch away from its number."""
    return [_booking(frame, one, width) for one in visitor.bookings[:MOST_SHOWN]]


def _booking(frame: Frame, booking: Booking, width: int) -> Block:
    service = frame.model.floor.service(booking.service)
    name = service.name.in_(frame.model.language) if service else booking.service
    words = frame.say("visitor.booking", begins=booking.begins, ends=booking.ends, service=name)
    return _offer(frame, width, words, frame.say("do.check_in"), CheckIn(booking.id), first=True)


def _ticket(frame: Frame, ticket: Ticket, width: int) -> Block:
    ahead = frame.words(ahead_words(ticket.ahead))
    words = frame.say("visitor.ticket", number=ticket.number, ahead=ahead)
    return _offer(frame, width, words, frame.say("do.show_ticket"), ShowTicket(ticket.id))


def _priority(frame: Frame, visitor: Visitor, width: int) -> Block:
    """Given with its reason where the card proves it; anything else is offered, and not named."""
    used = bool(visitor.claimed) or bool(visitor.wants_priority)
    words = frame.say(_priority_key(visitor))
    verb = frame.say("visitor.priority_drop" if used else "visitor.priority_use")
    return _offer(frame, width, words, verb, UsePriority(not used))


def _priority_key(visitor: Visitor) -> str:
    if visitor.claimed:
        return "visitor.priority_elderly" if visitor.claimed == ("elderly",) else "visitor.priority_used"
    if visitor.wants_priority:
        return "visitor.priority_say"
    return "visitor.priority" if visitor.priority else "visitor.priority_ask"


def _offer(frame: Frame, width: int, words: str, verb: str, action: Action, *, first: bool = False) -> Block:
    """A sentence, and what can be done about it: beside it, or below where there is little room."""
    pad = frame.space("gap")
    room = width - 2 * pad
    choice = button(frame, verb, action, "first" if first else "second")
    if not frame.is_portrait:
        said = text(frame, words, room, "body", bold=True, lines=4, least="small")
        return card(frame, stacked([said, space(frame.space("tight")), choice]), pad=frame.space("near"))
    narrow = room * 3 // 10
    said = text(frame, words, room - narrow - pad, "name", bold=True, lines=3, least="small")

    def draw(rect: Rect) -> list[Widget]:
        at = Rect(rect.x, rect.y + (rect.h - said.height) // 2, rect.w - narrow, said.height)
        return [*said.draw(at), *choice.draw(rect.right_part(narrow).middle(narrow, choice.height))]

    return card(frame, Block(max(choice.height, said.height), draw), pad=frame.space("near"))
