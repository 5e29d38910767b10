"""The technician's pages: a door with a keypad, and four rooms."""

from collections.abc import Sequence

from kiosk.screens.blocks import Block, beside, button, card, medallion, rows, space, stacked, text
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.parts import header
from kiosk.screens.widgets import Widget
from kiosk.technician.sight import Instrument, Sight
from kiosk.technician.tools import ROOMS, Digit, Enter, Leave, Open, Rub, TestPrint, Volume
from kiosk.technician.visit import Visit

KEYPAD = ("123", "456", "789")


def technician(frame: Frame, visit: Visit, sight: Sight, rest_s: int) -> list[Widget]:
    """What `visit` shows; the door is closed for another `rest_s` seconds."""
    page = _page(frame)
    upper = _inside(frame, visit, sight, page.w) if visit.is_in else _door(frame, visit, rest_s, page.w)
    leave = button(frame, frame.say("technician.leave"), Leave(), "quiet")
    return [
        *header(frame),
        *stacked(upper).draw(page),
        *leave.draw(page.bottom_part(leave.height)),
    ]


def _page(frame: Frame) -> Rect:
    room = frame.rect.below(frame.size("header")).inset(frame.space("page"), frame.space("wide"))
    return room.middle(min(room.w, frame.size("measure")), room.h)


def _door(frame: Frame, visit: Visit, rest_s: int, width: int) -> list[Block]:
    near = frame.space("near")
    dots = "●" * len(visit.digits) or "–"
    if rest_s:
        said = frame.say("technician.rest", seconds=rest_s)
    else:
        said = frame.say("technician.refused" if visit.refused else "technician.pin")
    digits = [button(frame, digit, Digit(digit)) for row in KEYPAD for digit in row]
    last = [
        button(frame, frame.say("technician.rub"), Rub(), "quiet"),
        button(frame, "0", Digit("0")),
        button(frame, frame.say("technician.enter"), Enter(), "first"),
    ]
    picture = [
        medallion(frame.size("hero"), "gear", frame.colour("accent"), frame.colour("accent-soft")),
        space(near),
    ]
    look = "bad" if visit.refused and not rest_s else "soft"
    return [
        *(picture if frame.is_portrait else []),
        text(frame, said, width, "lead", colour=look, align="centre", lines=2, least="body"),
        text(frame, dots, width, "heading", bold=True, align="centre", lines=1),
        space(near),
        *rows([*digits, *last], 3, near),
    ]


def _inside(frame: Frame, visit: Visit, sight: Sight, width: int) -> list[Block]:
    gap = frame.space("gap")
    doors = [
        button(
            frame, frame.say(f"technician.{room}"), Open(room), "first" if room == visit.room else "second"
        )
        for room in ROOMS
    ]
    return [beside(doors, frame.space("near")), space(gap), *_room(frame, visit, sight, width)]


def _room(frame: Frame, visit: Visit, sight: Sight, width: int) -> list[Block]:
    match visit.room:
        case "devices":
            return _devices(frame, visit, sight.instruments, width)
        case "sound":
            return _sound(frame, sight.volume, width)
        case "network":
            return _table(frame, sight.network, width)
        case "versions":
            return _table(frame, sight.versions, width)


def _devices(frame: Frame, visit: Visit, instruments: Sequence[Instrument], width: int) -> list[Block]:
    gap = frame.space("near")
    blocks = [part for one in instruments for part in (_device(frame, one, width), space(gap))]
    if not instruments:
        blocks = [text(frame, frame.say("technician.none"), width, "body", colour="soft")]
    said = [text(frame, frame.say(visit.said), width, "body", bold=True, lines=2)] if visit.said else []
    return [*blocks, *said]


def _device(frame: Frame, one: Instrument, width: int) -> Block:
    """What a device says of itself; beside a printer, a test print."""
    pad = frame.space("gap")
    printer = one.kind == "ticket_printer"
    narrow = (width - 2 * pad) * 3 // 10 if printer else 0
    room = width - 2 * pad - narrow - (frame.space("gap") if printer else 0)
    word = frame.say(f"word.{one.word}") if one.word else frame.say("technician.unheard")
    good = one.word == "online"
    told = stacked(
        [
            text(
                frame,
                f"{one.id} · {word}",
                room,
                "body",
                colour="good" if good else "warn",
                bold=True,
                lines=2,
            ),
            *(
                [text(frame, one.detail, room, "small", colour="soft", lines=3, least="tiny")]
                if one.detail
                else []
            ),
            *([text(frame, one.cause, room, "small", lines=3, least="tiny")] if one.cause else []),
        ]
    )
    if not printer:
        return card(frame, told, pad=pad)
    test = button(frame, frame.say("technician.test"), TestPrint(one.id))

    def draw(rect: Rect) -> list[Widget]:
        at = Rect(rect.x, rect.y + (rect.h - told.height) // 2, room, told.height)
        return [*told.draw(at), *test.draw(rect.right_part(narrow).middle(narrow, test.height))]

    return card(frame, Block(max(told.height, test.height), draw), pad=pad)


def _sound(frame: Frame, volume: int, width: int) -> list[Block]:
    turns = [
        button(frame, frame.say("technician.softer"), Volume(-10)),
        button(frame, frame.say("technician.louder"), Volume(10)),
    ]
    return [
        text(
            frame, frame.say("technician.volume", volume=volume), width, "heading", bold=True, align="centre"
        ),
        space(frame.space("gap")),
        beside(turns, frame.space("near")),
    ]


def _table(frame: Frame, lines: Sequence[tuple[str, str]], width: int) -> list[Block]:
    pad = frame.space("gap")
    room = width - 2 * pad
    return [
        card(
            frame,
            stacked(
                [
                    part
                    for key, value in lines
                    for part in (
                        text(frame, frame.say(key), room, "small", colour="soft"),
                        text(frame, value or "–", room, "body", lines=3, least="small"),
                        space(frame.space("tight")),
                    )
                ]
            ),
            pad=pad,
        )
    ]
