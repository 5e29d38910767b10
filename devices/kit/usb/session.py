"""One imported device on a USB/IP connection: transfers out and in, several at once, each with its time."""

import errno
import os
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from usb.core import USBError, USBTimeoutError

_SUBMIT, _UNLINK, _SUBMITTED, _UNLINKED = 1, 2, 3, 4
_OUT, _IN = 0, 1
_HEADER: Final = struct.Struct(">IIIII")
"""Command, number, device, direction, endpoint; 28 bytes of the command's own follow."""
_HEADER_BYTES: Final = 48
_LONGEST: Final = 1 << 20
PACKET: Final = 64
"""What goes out in one transfer: a packet is taken whole or not at all, so that one which was broken off can
be sent again. Of a longer transfer a server does not tell how much had gone."""
CONTROL_MS: Final = 1000
BREAK_OFF_S: Final = 2.0
"""How long a server may take to say that a transfer is broken off."""


@dataclass
class Transfer:
    """One that is under way, or how it ended."""

    direction: int
    ended: threading.Event = field(default_factory=threading.Event)
    status: int | None = None
    """Negative errno; None while it is not known, and when it was broken off."""
    data: bytes = b""


class Session:
    """Owns the socket of one imported device. Errors of the device are pyusb's."""

    def __init__(self, sock: socket.socket, device: int) -> None:
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._device = device
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._under_way: dict[int, Transfer] = {}
        """By the number of the command that the server answers."""
        self._open = True
        self._listener = threading.Thread(target=self._listen, name="usb/ip", daemon=True)
        self._listener.start()

    def receive(self, endpoint: int, size: int, wait_ms: int) -> bytes:
        """One transfer in."""
        return self._transfer(_IN, endpoint & 0x0F, size, b"", bytes(8), wait_ms)

    def send(self, endpoint: int, data: bytes, wait_ms: int) -> int:
        """Packets out, until all are taken or one is not; returns how many bytes were."""
        taken = 0
        while taken < len(data):
            packet = data[taken : taken + PACKET]
            try:
                self._transfer(_OUT, endpoint & 0x0F, len(packet), packet, bytes(8), wait_ms)
            except USBTimeoutError:
                if not taken:
                    raise
                break
            taken += len(packet)
        return taken

    def control(
        self,
        kind: int,
        request: int,
        value: int,
        index: int,
        data: bytes,
        size: int = 0,
        wait_ms: int = CONTROL_MS,
    ) -> bytes:
        """A control transfer with `data` out or `size` bytes in; returns what came back."""
        size = size if kind & 0x80 else len(data)
        setup = struct.pack("<BBHHH", kind, request, value, index, size)
        return self._transfer(_IN if kind & 0x80 else _OUT, 0, size, data, setup, wait_ms)

    def close(self) -> None:
        """Let the device go; whatever is under way ends."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._listener.join()
        self._sock.close()

    def _transfer(
        self, direction: int, endpoint: int, size: int, data: bytes, setup: bytes, wait_ms: int
    ) -> bytes:
        transfer = Transfer(direction)
        submit = struct.pack(">Iiiii8s", 0, size, 0, 0, 0, setup) + data
        number = self._command(_SUBMIT, transfer, endpoint, submit)
        if not transfer.ended.wait(wait_ms / 1000 if wait_ms else None):
            self._break_off(number, transfer)
        if transfer.status is None:
            raise USBTimeoutError("it did not answer in time", errno=errno.ETIMEDOUT)
        if transfer.status:
            raise USBError(os.strerror(-transfer.status), errno=-transfer.status)
        return transfer.data

    def _break_off(self, number: int, transfer: Transfer) -> None:
        """End a transfer now; it may turn out to have ended by itself just before."""
        self._command(_UNLINK, transfer, 0, struct.pack(">I24x", number))
        told = transfer.ended.wait(BREAK_OFF_S)
        with self._lock:
            self._under_way.pop(number, None)
        if not told:
            raise USBError("the USB/IP server has stopped answering", errno=errno.ENODEV)

    def _command(self, command: int, transfer: Transfer, endpoint: int, body: bytes) -> int:
        with self._lock:
            if not self._open:
                raise USBError("it is gone", errno=errno.ENODEV)
            number = next(self._numbers)
            self._under_way[number] = transfer
            try:
                head = _HEADER.pack(command, number, self._device, transfer.direction, endpoint)
                self._sock.sendall(head + body)
            except OSError:
                raise USBError("it is gone", errno=errno.ENODEV) from None
        return number

    def _listen(self) -> None:
        with suppress(OSError):
            while (head := self._exactly(_HEADER_BYTES)) is not None:
                self._answered(head)
        with self._lock:
            self._open = False
            for transfer in self._under_way.values():
                if not transfer.ended.is_set():
                    transfer.status = -errno.ENODEV
                    transfer.ended.set()
            self._under_way.clear()

    def _answered(self, head: bytes) -> None:
        command, number, *_ = _HEADER.unpack_from(head)
        status, taken = struct.unpack_from(">ii", head, _HEADER.size)
        with self._lock:
            transfer = self._under_way.pop(number, None)
        if transfer is None or not 0 <= taken <= _LONGEST:
            raise OSError("the USB/IP server answers what was not asked")
        if command == _SUBMITTED:
            if transfer.direction == _IN and taken:
                transfer.data = self._exactly(taken) or b""
            transfer.status = status
        transfer.ended.set()

    def _exactly(self, size: int) -> bytes | None:
        held = bytearray()
        while len(held) < size:
            piece = self._sock.recv(size - len(held))
            if not piece:
                return None
            held += piece
        return bytes(held)
