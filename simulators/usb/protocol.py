"""USB/IP at the device's end, as the kernel's Documentation/usb/usbip_protocol.rst has it. Pure.

A connection begins with one question: which devices are there, or give me this one. If one was given, what
follows is that device's transfers, and the cancelling of transfers that were asked for and not answered yet.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from usbip.core import Urb
from usbip.protocol import pack_usb_device

VERSION: Final = 0x0111
_ASK_LIST, _TELL_LIST = 0x8005, 0x0005
_ASK_IMPORT, _TELL_IMPORT = 0x8003, 0x0003
_SUBMIT, _UNLINK, _SUBMITTED, _UNLINKED = 1, 2, 3, 4
_QUESTION: Final = struct.Struct(">HHI")
_PORT_BYTES: Final = 32
_COMMAND: Final = struct.Struct(">IIIIIIiiii8s")
"""Command, number, device, direction, endpoint, flags (or the number to unlink), length, start frame,
packets, interval, setup."""
_ISO: Final = struct.Struct(">IIII")
"""Of each packet of an isochronous transfer: offset, length, actual length, status."""
LONGEST: Final = 1 << 20
MOST_PACKETS: Final = 1024
"""The kernel asks for no more in one transfer."""
OUT, IN = 0, 1
CANCELLED: Final = -104
"""-ECONNRESET: the transfer was broken off before it ended."""


class Nonsense(Exception):
    """The peer does not speak USB/IP; the connection is of no use."""


@dataclass(frozen=True)
class AskList:
    """Which devices are there?"""


@dataclass(frozen=True)
class AskImport:
    """Give me the device at `port`."""

    port: str


@dataclass(frozen=True)
class Submit:
    """A transfer of the imported device."""

    urb: Any


@dataclass(frozen=True)
class Unlink:
    """Break off the transfer `target`."""

    number: int
    target: int


Request = AskList | AskImport | Submit | Unlink


class RequestReader:
    """Finds requests in a connection's bytes. Raises `Nonsense`."""

    def __init__(self) -> None:
        self.is_iso: Callable[[int, int], bool] | None = None
        """Of the imported device: whether an endpoint (number, direction) is isochronous. None: none yet."""
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        self._held += data

    def next(self) -> Request | None:
        """The next whole request; None when more bytes are needed."""
        return self._question() if self.is_iso is None else self._command(self.is_iso)

    def _question(self) -> Request | None:
        if len(self._held) < _QUESTION.size:
            return None
        _, code, _ = _QUESTION.unpack_from(self._held)
        if code == _ASK_LIST:
            del self._held[: _QUESTION.size]
            return AskList()
        if code != _ASK_IMPORT:
            raise Nonsense(f"operation {code:#06x} is not known")
        end = _QUESTION.size + _PORT_BYTES
        if len(self._held) < end:
            return None
        port = bytes(self._held[_QUESTION.size : end]).rstrip(b"\0").decode("ascii", "replace")
        del self._held[:end]
        return AskImport(port)

    def _command(self, is_iso: Callable[[int, int], bool]) -> Request | None:
        if len(self._held) < _COMMAND.size:
            return None
        code, number, device, direction, endpoint, flags, length, _, packets, interval, setup = (
            _COMMAND.unpack_from(self._held)
        )
        if code == _UNLINK:
            del self._held[: _COMMAND.size]
            return Unlink(number, flags)
        if code != _SUBMIT or not 0 <= length <= LONGEST:
            raise Nonsense(f"command {code} with {length} bytes is not known")
        # what stands for "no packets" differs from kernel to kernel; only isochronous endpoints have any
        packets = packets if is_iso(endpoint, direction) else 0
        if not 0 <= packets <= MOST_PACKETS:
            raise Nonsense(f"{packets} packets in one transfer")
        sent = length if direction == OUT else 0
        end = _COMMAND.size + sent + packets * _ISO.size
        if len(self._held) < end:
            return None
        urb = Urb(code, number, device, direction, endpoint, flags, length, interval, setup)
        urb.buffer = bytes(self._held[_COMMAND.size : _COMMAND.size + sent])
        if packets:
            urb.number_of_packets = packets
            first = end - packets * _ISO.size
            urb.iso_packets = [list(packet) for packet in _ISO.iter_unpack(self._held[first:end])]
        del self._held[:end]
        return Submit(urb)


def list_reply(devices: list[Any]) -> bytes:
    """Every device with its interfaces."""
    told = b"".join(pack_usb_device(device) + _interfaces(device) for device in devices)
    return _QUESTION.pack(VERSION, _TELL_LIST, 0) + len(devices).to_bytes(4, "big") + told


def import_reply(device: Any) -> bytes:
    """The device is yours; None: there is none, or somebody has it."""
    given = b"" if device is None else pack_usb_device(device)
    return _QUESTION.pack(VERSION, _TELL_IMPORT, device is None) + given


def submit_reply(urb: Any) -> bytes:
    """How a transfer ended, with what it brought in."""
    packets = urb.iso_packets or []
    actual = sum(packet[2] for packet in packets) if packets else urb.actual
    head = struct.pack(
        ">IIIIIiiiii8x", _SUBMITTED, urb.seqnum, 0, 0, 0, urb.status, actual, 0, len(packets), 0
    )
    data = urb.buffer[:actual] if urb.direction == IN else b""
    return head + data + b"".join(_ISO.pack(*packet) for packet in packets)


def unlink_reply(number: int, cancelled: bool) -> bytes:
    """A transfer was broken off, or had already ended."""
    return struct.pack(">IIIIIi24x", _UNLINKED, number, 0, 0, 0, CANCELLED if cancelled else 0)


def _interfaces(device: Any) -> bytes:
    return b"".join(bytes([*triple, 0]) for triple in device.interface_triples())
