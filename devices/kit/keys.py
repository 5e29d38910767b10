"""Key presses out of Linux's input events: pure, bytes in, keys out (Linux input.h; protocols.md 3.2).

The kernel hands out whole `struct input_event`s, a FIFO hands out whatever was written into it. So bytes that
can't be an event are skipped one by one until the stream makes sense again.
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

EVENT: Final = struct.Struct("llHHi")
"""struct input_event: seconds, microseconds, type, code, value; 24 bytes on 64-bit machines."""

EV_SYN: Final = 0x00
EV_KEY: Final = 0x01
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3
RELEASE, PRESS, REPEAT = 0, 1, 2

_LAST_CODES: Final = {
    EV_SYN: SYN_DROPPED,
    EV_KEY: 0x2FF,
    0x02: 0x0F,  # REL
    0x03: 0x3F,  # ABS
    0x04: 0x07,  # MSC
    0x05: 0x10,  # SW
    0x11: 0x0F,  # LED
    0x12: 0x07,  # SND
    0x14: 0x01,  # REP
}
"""What a keypad may send: type → its largest code (input-event-codes.h)."""
_VALUES: Final = {EV_SYN: (0, 1), EV_KEY: (RELEASE, PRESS, REPEAT)}
_LAST_SECOND: Final = 1 << 33
"""The year 2242; a shifted window shows larger numbers."""

DEBOUNCE_US: Final = 300_000
"""protocols.md 3.2, our convention: contacts may bounce so long."""
STUCK_US: Final = 30_000_000
"""Nobody holds a key for so long (ours): it is stuck, or something lies on it."""


@dataclass(frozen=True)
class Key:
    """A key went down or came up; `at_us` is the event's own time in microseconds."""

    code: int
    pressed: bool
    at_us: int


class KeyDecoder:
    """Reads a stream of input events; never holds more than one incomplete event."""

    def __init__(self) -> None:
        self.junk = 0
        """Bytes skipped because no event begins there."""
        self.junk_in_a_row = 0
        """Bytes skipped since the last event."""
        self.drops = 0
        """How often the kernel said that its own queue had overflowed."""
        self.astray = False
        """Whether events were lost, so that `resync` is due."""
        self.stuck: set[int] = set()
        """Keys that have repeated themselves for too long and were not let go since."""
        self._pending = bytearray()
        self._dropping = False
        self._held: dict[int, int] = {}
        """Keys that are down, and when they went down."""
        self._made_up: set[int] = set()
        """Keys `resync` has put down itself: their own press, should it still come, is no second one."""
        self._latest_us = 0

    def feed(self, data: bytes) -> list[Key]:
        """Take in bytes and return the presses and releases they complete; auto-repeats are left out."""
        self._pending += data
        keys = []
        start = 0
        while len(self._pending) - start >= EVENT.size:
            event = EVENT.unpack_from(self._pending, start)
            if not _plausible(*event):
                start += 1
                self.junk += 1
                self.junk_in_a_row += 1
                continue
            start += EVENT.size
            self.junk_in_a_row = 0
            if (key := self._take(*event)) is not None:
                keys.append(key)
        del self._pending[:start]
        return keys

    def _take(self, seconds: int, micros: int, type_: int, code: int, value: int) -> Key | None:
        self._latest_us = seconds * 1_000_000 + micros
        if type_ == EV_SYN and code == SYN_DROPPED:
            self.drops += 1
            self._dropping = self.astray = True
        elif type_ == EV_SYN and code == SYN_REPORT:
            self._dropping = False
        elif type_ == EV_KEY and not self._dropping:
            return self._changed(code, value)
        return None

    def _changed(self, code: int, value: int) -> Key | None:
        now = self._latest_us
        if value == REPEAT:
            if now - self._held.setdefault(code, now) >= STUCK_US:
                self.stuck.add(code)
            return None
        if value == RELEASE:
            self._held.pop(code, None)
            self._made_up.discard(code)
            self.stuck.discard(code)
            return Key(code, False, now)
        self._held[code] = now
        if code in self._made_up:
            self._made_up.remove(code)
            return None
        return Key(code, True, now)

    def resync(self, active: Collection[int] | None) -> list[Key]:
        """Catch up after a loss with the keys that are down now; returns the presses and releases lost.

        None for a pad that can't say: then all count as let go, and none as pressed.
        """
        self.astray = False
        down = set(active or ())
        up = [Key(code, False, self._latest_us) for code in sorted(self._held.keys() - down)]
        pressed = [Key(code, True, self._latest_us) for code in sorted(down - self._held.keys())]
        self._held = {code: self._held.get(code, self._latest_us) for code in down}
        self._made_up = {key.code for key in pressed}
        self.stuck &= down
        return up + pressed


class Debounce:
    """Takes a key that bounces for one press: the same key again within `window_us` does not count."""

    def __init__(self, window_us: int = DEBOUNCE_US) -> None:
        self._window_us = window_us
        self._last: dict[int, int] = {}

    def admits(self, key: Key) -> bool:
        """Whether this press is a press of its own."""
        last = self._last.get(key.code)
        # The machine's clock may be set back between two presses; that is no bounce.
        if last is not None and 0 <= key.at_us - last < self._window_us:
            return False
        self._last[key.code] = key.at_us
        return True


def _plausible(seconds: int, micros: int, type_: int, code: int, value: int) -> bool:
    return (
        0 <= seconds < _LAST_SECOND
        and 0 <= micros < 1_000_000
        and code <= _LAST_CODES.get(type_, -1)
        and value in _VALUES.get(type_, (value,))
    )
