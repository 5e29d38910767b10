"""How a stream of bytes rides on a device's endpoints (protocols.md 1.8). All calls block for a moment.

Whatever the form, upward it is the same stream a serial port gives. Reads and writes come from two threads.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from usb.core import USBTimeoutError

from devices.kit.usb.hid_frames import REPORT, Unwrapper, wrap

WAIT_MS: Final = 200
"""How long one transfer waits for the device: so long closing a link takes at the most."""
AT_ONCE: Final = 4096
"""Bytes given to the device in one transfer: what still comes out of it when a job is broken off."""
HEAD: Final = 7
"""Preamble and length of a SAM_V frame, which a reader with two pairs of endpoints takes by themselves."""
REST_WAITS: Final = 5
"""A rest that keeps away for so many waits does not come any more."""
MOST_LEFT: Final = 64
"""Packets of a reply that was given up; a device that has more never stops."""

GoingOn = Callable[[], bool]
"""Whether a write is still wanted."""


class GaveUp(Exception):
    """A write that is no longer wanted."""


class Endpoint(Protocol):
    """What is used of pyusb's endpoint."""

    wMaxPacketSize: int

    def read(self, size: int, timeout: int) -> Any:
        """One transfer in; raises `usb.core.USBTimeoutError`."""

    def write(self, data: bytes, timeout: int) -> int:
        """One transfer out, of which so many bytes were taken; raises `usb.core.USBTimeoutError`."""


class Pipe(Protocol):
    """A stream over endpoints; errors of the device are pyusb's."""

    mute: bool
    """Whether nothing can ever be read."""

    def read(self) -> bytes:
        """What has come within `WAIT_MS`, if anything."""
        ...

    def write(self, data: bytes, going_on: GoingOn) -> None:
        """Send all of it; raises `GaveUp`."""
        ...


class PlainPipe:
    """One endpoint each way: printers, and readers with a single pair. Some old printers only listen."""

    def __init__(self, out: Endpoint, into: Endpoint | None) -> None:
        self.mute = into is None
        self._out = out
        self._in = into

    def read(self) -> bytes:
        return b"" if self._in is None else receive(self._in)

    def write(self, data: bytes, going_on: GoingOn) -> None:
        send(self._out, data, going_on)


class SplitPipe:
    """Two pairs: the first seven bytes of a frame on the first, the rest on the second; replies likewise."""

    mute = False

    def __init__(self, heads: tuple[Endpoint, Endpoint], rests: tuple[Endpoint, Endpoint]) -> None:
        self._head_out, self._head_in = heads
        self._rest_out, self._rest_in = rests
        self._owed = 0
        """Bytes of the reply that are still to come on the second pair."""
        self._waits = 0
        self._given_up = False
        """Whether the end of a reply may lie on the second pair that nobody waits for any more."""

    def read(self) -> bytes:
        return self._rest() if self._owed else self._head()

    def write(self, data: bytes, going_on: GoingOn) -> None:
        if self._owed or self._given_up:
            self._forget()
        send(self._head_out, data[:HEAD], going_on)
        send(self._rest_out, data[HEAD:], going_on)

    def _head(self) -> bytes:
        head = receive(self._head_in)
        if len(head) == HEAD:
            self._waits = 0
            self._owed = int.from_bytes(head[-2:], "big")
        return head

    def _rest(self) -> bytes:
        rest = receive(self._rest_in)
        if not self._owed:
            return b""  # forgotten while we waited
        self._owed = max(0, self._owed - len(rest))
        self._waits = 0 if rest else self._waits + 1
        if self._waits >= REST_WAITS:
            self._owed, self._given_up = 0, True
        return rest

    def _forget(self) -> None:
        """A new question is asked: what is left of an earlier reply must not be taken for the next."""
        self._owed, self._given_up = 0, False
        for _ in range(MOST_LEFT):
            if not receive(self._rest_in, 1):
                break


class HidPipe:
    """Frames inside HID reports; `say` sends one report."""

    mute = False

    def __init__(self, say: Callable[[bytes], object], into: Endpoint) -> None:
        self._say = say
        self._in = into
        self._unwrapper = Unwrapper()

    def read(self) -> bytes:
        report = receive(self._in, size=REPORT)
        return self._unwrapper.feed(report) if report else b""

    def write(self, data: bytes, going_on: GoingOn) -> None:
        self._unwrapper.reset()
        for report in wrap(data):
            if not going_on():
                raise GaveUp
            self._say(report)


def receive(endpoint: Endpoint, wait_ms: int = WAIT_MS, size: int | None = None) -> bytes:
    """One packet, or nothing. More is never asked for: only a short packet would end a longer transfer."""
    try:
        return bytes(endpoint.read(size or endpoint.wMaxPacketSize, wait_ms))
    except USBTimeoutError:
        return b""


def send(endpoint: Endpoint, data: bytes, going_on: GoingOn) -> None:
    """All of `data`, for as long as it takes: a printer without paper takes nothing until it has some."""
    while data:
        if not going_on():
            raise GaveUp
        try:
            data = data[endpoint.write(data[:AT_ONCE], WAIT_MS) :]
        except USBTimeoutError:
            continue
