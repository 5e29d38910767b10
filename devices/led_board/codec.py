"""What is asked of an Onbon BX-5K/6K card (protocols.md 4.2). Pure: no card, no clock.

Left out on purpose: A1 00 and A2 01, which erase the fonts too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from devices.led_board.frames import HOST, Frame, encode

HEAD_SIZE: Final = 5
"""Group, command, response wanted (in a reply: error), two reserved bytes."""
_MUST_ANSWER: Final = 1

HALF_HOURS: Final = 48
MOST_INTERVALS: Final = 3
"""Of a timed power."""


@dataclass(frozen=True)
class Request:
    """One command to a card."""

    group: int
    command: int
    payload: bytes = b""
    reserved: bytes = bytes(2)
    display_mode: int = 0
    """0: dynamic areas beside a program, none over another; 1: they stand before it where they are."""

    def data(self) -> bytes:
        """The data field of its frame."""
        return bytes([self.group, self.command, _MUST_ANSWER]) + self.reserved + self.payload

    def wire(self, address: int) -> bytes:
        """The whole frame to the card at `address`."""
        frame = Frame(self.data(), destination=address, source=HOST, display_mode=self.display_mode)
        return encode(frame)


PING: Final = Request(0xA2, 0x00)
STATUS: Final = Request(0xA1, 0x02)
PARAMETERS: Final = Request(0xA2, 0x0A)
READ_ID: Final = Request(0xA2, 0x07)
"""Only as a broadcast."""
CLEAR: Final = Request(0xA3, 0x10)
ALWAYS_ON: Final = Request(0xA3, 0x08)
"""Forget the timed power."""


def power(on: bool) -> Request:
    """Light the board or darken it, until its timed power says otherwise."""
    return Request(0xA3, 0x00, bytes([1 if on else 2]))


def timed_power(intervals: Sequence[tuple[time, time]]) -> Request:
    """Light the board from each first time to the second, on the same day; three intervals at the most."""
    times = (moment for interval in intervals for moment in interval)
    return Request(
        0xA3,
        0x01,
        bytes([len(intervals), *(part for at in times for part in (bcd(at.hour), bcd(at.minute)))]),
    )


def brightness(level: int) -> Request:
    """Shine at `level`, 0–15, whatever the hour."""
    return Request(0xA3, 0x02, bytes([1, level]))


def timed_brightness(levels: Sequence[int]) -> Request:
    """Shine at one of 48 levels, the first from midnight to half past."""
    return Request(0xA3, 0x02, bytes([2, 0, *levels]))


def set_clock(now: datetime) -> Request:
    """Set the card's clock; here the year's low half comes first, in a status it comes last."""
    year = bcd(now.year // 100), bcd(now.year % 100)
    rest = (bcd(part) for part in (now.month, now.day, now.hour, now.minute, now.second, now.isoweekday()))
    return Request(0xA2, 0x03, bytes([year[1], year[0], *rest]))


def lock(program: bytes, locked: bool, *, keep: bool) -> Request:
    """Play this program and no other, or let it go; `keep` writes that into flash, for after a power cut."""
    return Request(0xA3, 0x04, bytes([keep, locked]) + program)


def bcd(number: int) -> int:
    """0–99 as two decimal digits in a byte."""
    return number // 10 << 4 | number % 10
