"""Harmless questions at a wire, and what the answers say of the device at its other end.

Only questions that every known device answers or ignores: DLE EOT (real-time status), SAM_V 11 FF
(self-test), an Onbon ping and its parameters. None of them prints, cuts, feeds, shows or erases. The
printer's comes first: to a printer a SAM_V request is text, and text would stand in its buffer. Modules that
push their level are only listened to, and Modbus is not spoken at all: its question holds a line feed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from devices.id_reader import codec as sam_v
from devices.kit.errors import NoAnswer
from devices.kit.exchange import Exchange
from devices.kit.link import Link, Tunable
from devices.led_board import answers as onbon_answers
from devices.led_board import codec as onbon
from devices.led_board.frames import BROADCAST_WITH_REPLY, Damaged, Frame, FrameDecoder
from devices.mic_monitor.pushed import PushedDecoder
from devices.ticket_printer import codec as escpos
from devices.ticket_printer.commands import ask_status
from devices.ticket_printer.status import Status

Found = Literal["ticket_printer", "id_reader", "led_board", "mic_monitor"]

SPEEDS: Final = (115200, 9600, 57600, 38400, 19200)
"""protocols.md 1.2 and 4.2; printers are set to one of them as well."""
BOARD_SPEEDS: Final = (9600, 57600)
"""protocols.md 4.2."""
PUSHER_SPEEDS: Final = (9600, 115200)
"""protocols.md 5.3, last row."""
PUSHED_S: Final = 0.8
"""Such a module speaks every 300 to 500 ms."""
QUICK_S: Final = 0.3
"""A device answers such a question within a few ms; 60 bytes at 9600 baud take 63 ms."""
BOARD_S: Final = 1.0
NETWORK_S: Final = 1.5

T = TypeVar("T")


@dataclass(frozen=True)
class Identified:
    """What answered, and how."""

    kind: Found
    baud: int | None
    """Bits a second; None where the wire has no speed."""
    trouble: str | None = None
    """A key of the devices' texts, or a sentence: what the device says is wrong with it."""
    keys: str = ""
    """What the hall file should say beside the link."""


@dataclass(frozen=True)
class Noise:
    """Something answers, and none of the questions was understood."""

    data: bytes


Question = Callable[[Link, float], Awaitable[Identified | None]]


async def identify(
    link: Link, first: int | None = None, likely: str | None = None
) -> Identified | Noise | None:
    """Find out what stands at the other end of an open link; None where nobody says anything.

    `first`: the speed to begin with. `likely`: the kind of device to begin with, where a wire has no speed.
    Raises `LinkLost`.
    """
    if not isinstance(link, Tunable):
        kinds: dict[str, Question] = {"ticket_printer": printer, "led_board": board, "id_reader": reader}
        for question in sorted(kinds.values(), key=lambda one: one is not kinds.get(likely or "")):
            if found := await question(link, NETWORK_S):
                return found
        return None
    before = link.received
    for question, speeds, wait_s in (
        (pusher, PUSHER_SPEEDS, PUSHED_S),
        (printer, SPEEDS, QUICK_S),
        (reader, SPEEDS, QUICK_S),
        (board, BOARD_SPEEDS, BOARD_S),
    ):
        for baud in _from(first, speeds):
            await link.set_speed(baud)
            if found := await question(link, wait_s):
                return Identified(found.kind, baud, found.trouble, found.keys)
    return Noise(await link.drain_input(0.2)) if link.received > before else None


async def pusher(link: Link, wait_s: float) -> Identified | None:
    """A noise module that pushes its level is heard without being asked (protocols.md 5.3)."""
    decoder = PushedDecoder()
    try:
        async with asyncio.timeout(wait_s):
            while not decoder.feed(await link.read()):
                pass
    except TimeoutError:
        return None
    return Identified("mic_monitor", None, keys='counter = "1", model = "dy-pushed"')


async def printer(link: Link, wait_s: float) -> Identified | None:
    """An ESC/POS printer answers DLE EOT at once; noise does not answer it twice (protocols.md 2.1)."""
    exchange: Exchange[escpos.Reply] = Exchange(link, escpos.ReplyParser())
    answers: list[int | None] = []
    for n in (1, 2, 3, 4):
        reply = await _answer(exchange, ask_status(n), wait_s)
        answers.append(reply.value if isinstance(reply, escpos.RealTimeStatus) else None)
        if answers[0] is None:
            return None
    if answers.count(None) > 1:
        return None
    status = Status(*answers)
    paper_low = "paper_low" if status.paper == "low" else None
    return Identified("ticket_printer", None, status.fault or paper_low)


async def reader(link: Link, wait_s: float) -> Identified | None:
    """A SAM_V module says how it is (protocols.md 1.2, 1.4)."""
    exchange: Exchange[sam_v.Reply | sam_v.Damaged] = Exchange(link, sam_v.FrameReader())
    reply = await _answer(exchange, sam_v.STATUS, wait_s)
    if not isinstance(reply, sam_v.Reply):
        return None
    return Identified("id_reader", None, None if reply.status == sam_v.OK else "reader_broken")


async def board(link: Link, wait_s: float) -> Identified | None:
    """An Onbon card answers a ping whatever its address, and tells its size (protocols.md 4.2)."""
    exchange: Exchange[Frame | Damaged] = Exchange(link, FrameDecoder())
    if await _card_reply(exchange, onbon.PING, wait_s) is None:
        return None
    told = await _card_reply(exchange, onbon.PARAMETERS, wait_s)
    if not isinstance(told, onbon_answers.Answer) or (card := onbon_answers.read_parameters(told)) is None:
        return Identified("led_board", None)
    whole = f"x = 0, y = 0, width = {card.width}, height = {card.height}"
    size = f"width = {card.width}, height = {card.height}"
    return Identified(
        "led_board", None, keys=f"address = {card.address}, {size}, areas = {{ call = {{ {whole} }} }}"
    )


async def _card_reply(
    exchange: Exchange[Frame | Damaged], request: onbon.Request, wait_s: float
) -> onbon_answers.Reply | None:
    frame = await _answer(exchange, request.wire(BROADCAST_WITH_REPLY), wait_s)
    return onbon_answers.read_reply(frame) if isinstance(frame, Frame) else None


async def _answer(exchange: Exchange[T], request: bytes, wait_s: float) -> T | None:
    try:
        return await exchange.ask(request, wait_s)
    except NoAnswer:
        return None


def _from(first: int | None, speeds: Iterable[int]) -> list[int]:
    rest = [speed for speed in speeds if speed != first]
    return rest if first is None else [first, *rest]
