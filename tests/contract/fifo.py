"""A pad that is a FIFO: what a hand does at it, as raw input events."""

import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

NOON_S = 1_795_147_200
"""2026-11-20, 12:00 in Shanghai."""


class FifoPad:
    """Plugged in while the with-block lasts, or until `unplug`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def __enter__(self) -> Self:
        if not self.path.exists():
            os.mkfifo(self.path)
        # Read-write, so that it opens at once whether or not the driver is there yet.
        self._fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def unplug(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def write(self, data: bytes) -> None:
        assert self._fd is not None
        os.write(self._fd, data)

    def press(self, code: int, at_s: float) -> None:
        """Press and release a key, `at_s` on the event's clock."""
        self.write(
            event(at_s, 1, code, 1) + event(at_s, 0, 0, 0) + event(at_s, 1, code, 0) + event(at_s, 0, 0, 0)
        )


def event(at_s: float, type_: int, code: int, value: int) -> bytes:
    """One struct input_event (input.h, 64-bit), `at_s` after noon of some day."""
    micros = round((NOON_S + at_s) * 1_000_000)
    return struct.pack("<qqHHi", micros // 1_000_000, micros % 1_000_000, type_, code, value)
