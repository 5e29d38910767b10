"""What an Onbon BX-5K/6K card answers (protocols.md 4.2). Pure: frames in, frozen answers out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import IntEnum
from typing import Final

from devices.led_board.codec import HEAD_SIZE
from devices.led_board.frames import Frame


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
    if len(frame.data) < HEAD_SIZE:
        return None
    group, command, error = frame.data[:3]
    if (group, command) == (0xA0, 0x00):
        return Ack()
    if (group, command) == (0xA0, 0x01):
        return Nack(error)
    return Answer(group, command, error, frame.data[HEAD_SIZE:])


@dataclass(frozen=True)
class BoardStatus:
    """What a card tells of itself (A1 02)."""

    on: bool
    brightness: int
    clock: datetime | None
    """None where it was never set."""
    programs: int
    areas: frozenset[int] | None
    """The dynamic areas it holds; None where its list is not to be made out."""


_FIXED: Final = 2 + 8 + 1 + 4
"""Switch, brightness, clock, number of programs, name of the one that plays."""
_TAIL: Final = 16 + 12
"""Bar code and network id."""


def read_status(answer: Answer, zone: tzinfo) -> BoardStatus | None:
    """A status reply of a card whose clock was set in `zone`; None when it is none."""
    if (answer.group, answer.command, answer.error) != (0xA1, 0x02, 0) or len(answer.payload) < 11:
        return None
    on, level, *moment = answer.payload[:10]
    return BoardStatus(
        on == 1, level, _moment(moment, zone), answer.payload[10], _areas(answer.payload[_FIXED:])
    )


def _areas(rest: bytes) -> frozenset[int] | None:
    """The list of areas: two bytes of special area stand before it, but not on a 5K1."""
    for special in (2, 0):
        if len(rest) > special and len(rest) == special + 1 + rest[special] + _TAIL:
            return frozenset(rest[special + 1 : special + 1 + rest[special]])
    return None


@dataclass(frozen=True)
class Parameters:
    """How a card was set up for its board (A2 0A)."""

    address: int
    device_type: int
    width: int
    height: int
    """Pixels."""
    colours: int
    """1 one colour, 2 two."""

    @property
    def size(self) -> str:
        """The board's width and height, pixels."""
        return f"{self.width}×{self.height}"


def read_parameters(answer: Answer) -> Parameters | None:
    """A parameter reply; None when it is none."""
    if (answer.group, answer.command, answer.error) != (0xA2, 0x0A, 0) or len(answer.payload) < 9:
        return None
    told = answer.payload
    return Parameters(
        int.from_bytes(told[0:2], "little"),
        told[2],
        int.from_bytes(told[4:6], "little"),
        int.from_bytes(told[6:8], "little"),
        told[8],
    )


def _moment(bcd: Sequence[int], zone: tzinfo) -> datetime | None:
    try:
        century, year, month, day, _week, hour, minute, second = (int(f"{byte:02x}") for byte in bcd)
        return datetime(century * 100 + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
