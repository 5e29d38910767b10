"""The hub that virtual USB devices are plugged into: a USB/IP server on the running event loop.

Everything a device does happens on the loop, between two of a connection's bytes. A device is imported by one
host at a time, and pulling it out ends that host's connection, as Linux expects of a device that goes away.
"""

import logging
import socket
from asyncio import TimerHandle, get_running_loop
from contextlib import suppress
from typing import Any, Final
from weakref import WeakValueDictionary

from simulators.usb import protocol
from simulators.usb.protocol import AskImport, AskList, Nonsense, RequestReader, Submit, Unlink

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 3240
"""The USB/IP port (IANA)."""
MOST_UNSENT: Final = 1 << 20
"""A host that takes nothing for so many bytes is given up."""
CHUNK: Final = 65536


class Hub:
    """The devices plugged in at one address."""

    _at: Final["WeakValueDictionary[tuple[str, int], Hub]"] = WeakValueDictionary()

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._listening: socket.socket | None = None
        self._devices: dict[str, Any] = {}
        self._hosts: dict[str, Connection] = {}
        """By port: who has imported the device there."""
        self._visitors: set[Connection] = set()
        self._numbers = 1

    @classmethod
    def at(cls, address: tuple[str, int] | None = None) -> "Hub":
        """The hub at an address; the same for all devices there, for as long as one of them is.

        Without an address it is the one where hosts look for USB/IP, on the loopback.
        """
        address = address or (LOOPBACK, PORT)
        hub = cls._at.get(address)
        if hub is None:
            cls._at[address] = hub = cls(*address)
        return hub

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, or would."""
        return self._address

    @property
    def devices(self) -> dict[str, Any]:
        """What is plugged in, by its port (``1-1``)."""
        return dict(self._devices)

    def taken(self, port: str) -> bool:
        """Whether a host has imported the device at `port`."""
        return port in self._hosts

    def plug(self, device: Any) -> None:
        """Put a device in, where it was before or at the next port; raises `OSError` when we can't listen."""
        if self._listening is None:
            self._listen()
        self._numbers += 1
        if device.busid is None:
            device.set_busid(f"1-{self._numbers - 1}")
        device.busnum, device.devnum = 1, self._numbers
        self._devices[device.busid] = device

    def unplug(self, device: Any) -> None:
        """Pull a device out; its host sees it go."""
        self._devices.pop(device.busid, None)
        if (host := self._hosts.get(device.busid)) is not None:
            host.hang_up()
        if not self._devices and self._listening is not None:
            get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
            for visitor in list(self._visitors):
                visitor.hang_up()

    def give(self, port: str, host: "Connection") -> Any:
        """The device at `port` for `host` alone; None when there is none, or somebody has it."""
        device = None if port in self._hosts else self._devices.get(port)
        if device is not None:
            device.reset_io()
            self._hosts[port] = host
        return device

    def left(self, visitor: "Connection") -> None:
        """A connection has ended."""
        self._visitors.discard(visitor)
        for port in [port for port, host in self._hosts.items() if host is visitor]:
            del self._hosts[port]

    def _listen(self) -> None:
        self._listening = socket.create_server(self._address)
        self._listening.setblocking(False)
        get_running_loop().add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        assert self._listening is not None
        try:
            peer, _ = self._listening.accept()
        except OSError as error:
            log.debug("a USB/IP caller was lost before it was taken (%s)", error)
            return
        self._visitors.add(Connection(self, peer))


class Connection:
    """One host: it asks what there is, or takes one device and speaks to it."""

    def __init__(self, hub: Hub, peer: socket.socket) -> None:
        self._hub = hub
        self._peer = peer
        self._requests = RequestReader()
        self._device: Any = None
        self._unsent = bytearray()
        self._paced: dict[int, TimerHandle] = {}
        """Isochronous transfers that end when their time has passed."""
        self._free_at: dict[int, float] = {}
        """By endpoint: until when the frames on the bus are spoken for."""
        self._waiting: set[int] = set()
        """Transfers that wait for the device to have something to say."""
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        get_running_loop().add_reader(peer, self._readable)

    def hang_up(self) -> None:
        """End it; may be called twice."""
        if self._peer.fileno() >= 0:
            loop = get_running_loop()
            loop.remove_reader(self._peer)
            loop.remove_writer(self._peer)
            self._peer.close()
            for timer in self._paced.values():
                timer.cancel()
            if self._device is not None:
                self._device.reset_io()
            self._hub.left(self)

    def _readable(self) -> None:
        try:
            data = self._peer.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.hang_up()
            return
        self._requests.feed(data)
        try:
            while self._peer.fileno() >= 0 and (request := self._requests.next()) is not None:
                self._answer(request)
        except Nonsense as error:
            log.warning("a USB/IP host is hung up on: %s", error)
            self.hang_up()

    def _answer(self, request: protocol.Request) -> None:
        match request:
            case AskList():
                self._say(protocol.list_reply(list(self._hub.devices.values())))
            case AskImport(port):
                self._device = self._hub.give(port, self)
                self._say(protocol.import_reply(self._device))
                if self._device is not None:
                    self._requests.is_iso = self._device.is_iso
            case Submit(urb):
                self._transfer(urb)
            case Unlink(number, target):
                self._say(protocol.unlink_reply(number, self._cancel(target)))

    def _transfer(self, urb: Any) -> None:
        number = urb.seqnum
        self._waiting.add(number)
        ended = self._device.handle_urb(urb, self._ended)
        if ended is not None and ended.iso_packets:
            self._pace(ended)
        elif ended is not None:
            self._ended(ended)

    def _pace(self, urb: Any) -> None:
        """An isochronous packet takes the bus a frame of 1 ms: without it a host's clock would run free."""
        loop = get_running_loop()
        free_at = max(self._free_at.get(urb.ep, 0.0), loop.time()) + len(urb.iso_packets) / 1000
        self._free_at[urb.ep] = free_at
        self._paced[urb.seqnum] = loop.call_at(free_at, self._ended, urb)

    def _ended(self, urb: Any) -> None:
        self._waiting.discard(urb.seqnum)
        self._paced.pop(urb.seqnum, None)
        self._say(protocol.submit_reply(urb))

    def _cancel(self, number: int) -> bool:
        if (timer := self._paced.pop(number, None)) is not None:
            timer.cancel()
        if number not in self._waiting:
            return False
        self._waiting.discard(number)
        self._device.cancel_urb(number)
        return True

    def _say(self, data: bytes) -> None:
        if self._peer.fileno() < 0:
            return
        self._unsent += data
        self._send()
        if len(self._unsent) > MOST_UNSENT:
            log.warning("a USB/IP host takes nothing any more; hanging up on it")
            self.hang_up()

    def _send(self) -> None:
        loop = get_running_loop()
        with suppress(BlockingIOError):
            try:
                del self._unsent[: self._peer.send(self._unsent)]
            except ConnectionError:
                self.hang_up()
                return
        if self._unsent:
            loop.add_writer(self._peer, self._send)
        else:
            loop.remove_writer(self._peer)
