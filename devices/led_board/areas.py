"""Areas of a card: where a text stands and how it comes there (protocols.md 4.2, area record). Pure."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from devices.led_board.codec import HEAD_SIZE, Request


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


IN_A_PROGRAM: Final = 0xFF
"""The number of an area that is no dynamic one."""


@dataclass(frozen=True)
class AreaRecord:
    """One area: where, how, and the text with its escapes in GBK. Pixels."""

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

FRAME_OVERHEAD: Final = 14 + HEAD_SIZE + 2 + 2 + _AREA.size + 2
"""What a frame with one area holds besides the text: header, head, counts, length, record, check."""


def dynamic_areas(areas: Sequence[AreaRecord], *, initialise: bool = False, display_mode: int = 0) -> Request:
    """Show `areas`; others stay unless `initialise`. Volatile: no flash wear, and gone after a power cut."""
    records = [area.encode() for area in areas]
    listed = b"".join(len(record).to_bytes(2, "little") + record for record in records)
    return Request(0xA3, 0x06, bytes([0, len(records)]) + listed, bytes([initialise, 0]), display_mode)
