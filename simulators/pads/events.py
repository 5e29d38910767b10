"""What the kernel writes when a key is pressed: struct input_event (Linux input.h; protocols.md 3.2)."""

import struct
from typing import Final

EVENT: Final = struct.Struct("llHHi")
"""Seconds, microseconds, type, code, value; 24 bytes on a 64-bit machine."""

EV_SYN, EV_KEY = 0x00, 0x01
SYN_REPORT: Final = 0
RELEASED, PRESSED = 0, 1

HELD_S: Final = 0.08
"""How long a finger stays on a key, ours."""
BOUNCE_S: Final = 0.012
"""Between two touches of a worn contact, ours."""
BOUNCES: Final = 3


def stroke(code: int, at: float, bounce: bool = False) -> bytes:
    """One press and release of `code`, begun `at` seconds; a worn contact touches several times."""
    if not bounce:
        return _change(code, PRESSED, at) + _change(code, RELEASED, at + HELD_S)
    touches = (at + n * 2 * BOUNCE_S for n in range(BOUNCES))
    return b"".join(_change(code, PRESSED, t) + _change(code, RELEASED, t + BOUNCE_S) for t in touches)


def _change(code: int, value: int, at: float) -> bytes:
    seconds, micros = divmod(round(at * 1_000_000), 1_000_000)
    key = EVENT.pack(seconds, micros, EV_KEY, code, value)
    return key + EVENT.pack(seconds, micros, EV_SYN, SYN_REPORT, 0)
