"""What the kernel writes when a key is pressed: struct input_event (Linux input.h; protocols.md 3.2)."""

import struct
from typing import Final

EVENT: Final = struct.Struct("llHHi")
"""Seconds, microseconds, type, code, value; 24 bytes on a 64-bit machine."""

EV_SYN, EV_KEY, EV_LED = 0x00, 0x01, 0x11
SYN_REPORT: Final = 0
RELEASED, PRESSED, REPEATED = 0, 1, 2

HELD_S: Final = 0.08
"""How long a finger stays on a key, ours."""
BOUNCE_S: Final = 0.012
"""Between two touches of a worn contact, ours."""
BOUNCES: Final = 3
REPEAT_AFTER_S: Final = 0.25
REPEAT_EVERY_S: Final = 0.033
"""The kernel's own auto-repeat (REP_DELAY 250 ms, REP_PERIOD 33 ms)."""


def stroke(code: int, at: float, bounce: bool = False) -> bytes:
    """One press and release of `code`, begun `at` seconds; a worn contact touches several times."""
    if not bounce:
        return change(code, PRESSED, at) + change(code, RELEASED, at + HELD_S)
    touches = (at + n * 2 * BOUNCE_S for n in range(BOUNCES))
    return b"".join(change(code, PRESSED, t) + change(code, RELEASED, t + BOUNCE_S) for t in touches)


def change(code: int, value: int, at: float) -> bytes:
    """One event of a key and the report that ends it, `at` seconds."""
    seconds, micros = divmod(round(at * 1_000_000), 1_000_000)
    key = EVENT.pack(seconds, micros, EV_KEY, code, value)
    return key + EVENT.pack(seconds, micros, EV_SYN, SYN_REPORT, 0)


def lamps(data: bytes) -> dict[int, bool]:
    """What a host has written to a pad's lamps: each lamp and whether it is lit now."""
    found = {}
    for start in range(0, len(data) - EVENT.size + 1, EVENT.size):
        _, _, kind, code, value = EVENT.unpack_from(data, start)
        if kind == EV_LED:
            found[code] = bool(value)
    return found
