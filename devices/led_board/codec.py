"""What is said to an Onbon BX-5K/6K card and what it answers (protocols.md 4.2). Pure: no card, no clock."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import IntEnum
from typing import Final

from devices.led_board.frames import HOST, Frame, encode

_HEAD_SIZE: Final = 5
"""Group, command, response wanted (in a reply: error), two reserved bytes."""
_MUST_ANSWER: Final = 1


class CardError(IntEnum):
    """Why a card refused (protocols.md 4.2, error codes)."""

    GROUP = 1
    COMMAND = 2
    BUSY = 3
    MEMORY_FULL = 4
    CHECKSUM = 5
    FILE_NOT_FOUND = 6
    FLASH = 7
    DOWNLOAD = 8
    FILE_NAME = 9
    FILE_TYPE = 10
    FILE_CRC = 11
    FONT_MISSING = 12
    FIRMWARE_TYPE = 13
    DATE_FORMAT = 14
    FILE_EXISTS = 15
    BLOCK_NUMBER = 16


class Effect(IntEnum):
    """How a text comes onto the board."""

    STATIC = 1
    INSTANT = 2
    LEFT = 3
    RIGHT = 4
    UP = 5
    DOWN = 6


class RunMode(IntEnum):
    """What becomes of an area's text."""

    LOOP = 0
    STOP_ON_LAST = 1
    DELETE_AFTER_TIMEOUT = 2


class Align(IntEnum):
    """Horizontal in bits 0–1, vertical in bits 2–3."""

    LEFT_TOP = 0x00
    LEFT_MIDDLE = 0x08
    CENTRE_MIDDLE = 0x0A


@dataclass(frozen=True)
class Request:
    """One command to a card."""

    group: int
    command: int
    payload: bytes = b""
    reserved: bytes = bytes(2)

    def data(self) -> bytes:
        """The data field of its frame."""
        return bytes([self.group, self.command, _MUST_ANSWER]) + self.reserved + self.payload

    def wire(self, address: int) -> bytes:
        """The whole frame to the card at `address`."""
        return encode(Frame(self.data(), destination=address, source=HOST))


PING: Final = Request(0xA2, 0x00)
STATUS: Final = Request(0xA1, 0x02)
CLEAR: Final = Request(0xA3, 0x10)


def brightness(level: int) -> Request:
    """Shine at `level`, 0–15, whatever the hour."""
    return Request(0xA3, 0x02, bytes([1, level]))


def set_clock(now: datetime) -> Request:
    """Set the card's clock; here the year's low half comes first, in a status it comes last."""
    year = _bcd(now.year // 100), _bcd(now.year % 100)
    rest = (_bcd(part) for part in (now.month, now.day, now.hour, now.minute, now.second, now.isoweekday()))
    return Request(0xA2, 0x03, bytes([year[1], year[0], *rest]))


@dataclass(frozen=True)
class AreaRecord:
    """One dynamic area: where, how, and the text with its escapes in GBK. Pixels."""

    number: int
    x: int
    y: int
    width: int
    height: int
    text: bytes
    effect: Effect = Effect.STATIC
    align: Align = Align.LEFT_TOP
    single_line: bool = True
    wrap: bool = False
    run_mode: RunMode = RunMode.LOOP
    timeout_s: int = 0
    speed: int = 2
    """0 fastest … 24 slowest."""
    stay_half_s: int = 2
    """How long a page stands, in half seconds."""

    def encode(self) -> bytes:
        """The record of protocols.md 4.2: 27 fixed bytes (no sound, no extension), then the text."""
        return (
            _AREA.pack(
                0,
                self.x | _PIXELS,
                self.y,
                self.width | _PIXELS,
                self.height,
                self.number,
                0,
                self.run_mode,
                self.timeout_s,
                0,
                0,
                self.align,
                1 if self.single_line else 2,
                2 if self.wrap else 1,
                self.effect,
                0,
                self.speed,
                self.stay_half_s,
                len(self.text),
            )
            + self.text
        )


_AREA: Final = struct.Struct("<BHHHHBBBHBBBBBBBBBI")
"""Type, X, Y, width, height, number, line spacing, run mode, time-out, sound, extension, alignment, lines,
wrap, effect, exit, speed, stay, text length."""
_PIXELS: Final = 0x8000
"""Set: X and width count pixels, not eights of them."""

FRAME_OVERHEAD: Final = 14 + _HEAD_SIZE + 2 + 2 + _AREA.size + 2
"""What a frame with one area holds besides the text: header, head, counts, length, record, check."""


def dynamic_areas(areas: Sequence[AreaRecord], *, initialise: bool = False) -> Request:
    """Show `areas`; others stay unless `initialise`. Volatile: no flash wear, and gone after a power cut."""
    records = [area.encode() for area in areas]
    listed = b"".join(len(record).to_bytes(2, "little") + record for record in records)
    return Request(0xA3, 0x06, bytes([0, len(records)]) + listed, bytes([initialise, 0]))


@dataclass(frozen=True)
class Ack:
    """Done as asked."""


@dataclass(frozen=True)
class Nack:
    """Refused; `error` is one of `CardError`, or a number nobody has published."""

    error: int


@dataclass(frozen=True)
class Answer:
    """Anything else a card says."""

    group: int
    command: int
    error: int
    payload: bytes


Reply = Ack | Nack | Answer


def read_reply(frame: Frame) -> Reply | None:
    """What a card's frame says; None when it is too short to say anything."""
    if len(frame.data) < _HEAD_SIZE:
        return None
    group, command, error = frame.data[:3]
    if (group, command) == (0xA0, 0x00):
        return Ack()
    if (group, command) == (0xA0, 0x01):
        return Nack(error)
    return Answer(group, command, error, frame.data[_HEAD_SIZE:])


@dataclass(frozen=True)
class BoardStatus:
    """What a card tells of itself, as far as all its models agree."""

    on: bool
    brightness: int
    clock: datetime | None
    """None where it was never set."""
    programs: int


def read_status(answer: Answer, zone: tzinfo) -> BoardStatus | None:
    """The head of a status reply of a card whose clock was set in `zone`; None when it is none."""
    if (answer.group, answer.command, answer.error) != (0xA1, 0x02, 0) or len(answer.payload) < 11:
        return None
    on, level, *moment = answer.payload[:10]
    return BoardStatus(on == 1, level, _moment(moment, zone), answer.payload[10])


def _moment(bcd: Sequence[int], zone: tzinfo) -> datetime | None:
    try:
        century, year, month, day, _week, hour, minute, second = (int(f"{byte:02x}") for byte in bcd)
        return datetime(century * 100 + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _bcd(number: int) -> int:
    return number // 10 << 4 | number % 10
