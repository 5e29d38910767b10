"""The device's end of a link: what a driver finds when it opens the other one.

Everything here is plain non-blocking file descriptors on the running loop, so that a wire can be pulled out
between any two bytes. Like a real port, a wire keeps nothing for a driver that is not there: bytes that the
other end does not take are lost, and counted.
"""

import logging
import os
import socket
import termios
import tty
from abc import ABC, abstractmethod
from asyncio import get_running_loop
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hallfile.links import BadLink, LinkUrl

log = logging.getLogger(__name__)

CHUNK: Final = 65536
"""Most that is read at once; what a machine can't keep it drops by itself."""

SPEEDS: Final = {
    getattr(termios, f"B{speed}"): speed for speed in (4800, 9600, 19200, 38400, 57600, 115200, 230400)
}
"""The serial speeds that occur in halls, by their termios constants."""


class Wire(ABC):
    """One end of a link that carries bytes both ways. Callbacks run on the event loop."""

    def __init__(self) -> None:
        self.on_bytes: Callable[[bytes], None] = lambda _data: None
        """Called with what the driver sent."""
        self.on_left: Callable[[], None] = lambda: None
        """Called when the driver hung up, on wires where a device can tell."""
        self.lost = 0
        """Bytes written that nobody took."""

    @property
    @abstractmethod
    def plugged(self) -> bool:
        """Whether a driver could open the other end."""

    @abstractmethod
    def plug(self) -> None:
        """Make the other end appear, if it is not there; raises `OSError` when its place is taken."""

    @abstractmethod
    def unplug(self) -> None:
        """Pull the plug: whoever has the other end open is told so by the system."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send what can be sent now; never blocks, never raises."""

    @property
    def speed(self) -> int | None:
        """Bits per second at which the other end listens; None where a wire has no speed."""
        return None


def wire_to(link: LinkUrl) -> Wire:
    """The device's end of a ``serial:``, ``tcp:`` or ``usb:`` link; raises `BadLink` for another."""
    match link.scheme:
        case "serial":
            return PseudoTerminal(Path(link.path), link.number("baud", 115200))
        case "tcp":
            return Listener(link.host, link.port)
        case "usb":
            from simulators.usb.wire import UsbWire  # only a hall with virtual USB devices loads usbip

            return UsbWire(link)
    raise BadLink(f"{link} can't be simulated; a device that speaks over a wire needs serial:, tcp: or usb:")


class PseudoTerminal(Wire):
    """A serial port: the slave of a pty, linked at `path`."""

    def __init__(self, path: Path, speed: int = 115200) -> None:
        super().__init__()
        self._path = path
        self._first_speed = speed
        self._master = self._slave = -1

    @property
    def plugged(self) -> bool:
        return self._master >= 0

    @property
    def speed(self) -> int | None:
        return SPEEDS.get(termios.tcgetattr(self._slave)[5]) if self.plugged else None

    def plug(self) -> None:
        if self.plugged:
            return
        # The slave stays open here: a master whose last slave closes reads as hung up until the next open.
        master, slave = os.openpty()
        os.set_blocking(master, False)
        tty.setraw(slave)
        _set_speed(slave, self._first_speed)
        try:
            place(self._path, lambda temporary: temporary.symlink_to(os.ttyname(slave)))
        except OSError:
            os.close(slave)
            os.close(master)
            raise
        self._master, self._slave = master, slave
        get_running_loop().add_reader(master, self._readable)

    def unplug(self) -> None:
        if not self.plugged:
            return
        get_running_loop().remove_reader(self._master)
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1
        self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        sent = 0
        if self.plugged:
            try:
                sent = os.write(self._master, data)
            except OSError as error:
                log.debug("%s did not take %d bytes (%s)", self._path, len(data), error)
        self.lost += len(data) - sent

    def _readable(self) -> None:
        try:
            data = os.read(self._master, CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            log.warning("the pseudo-terminal at %s broke (%s); plugging it in again", self._path, error)
            self.unplug()
            self.plug()
            return
        if data:
            self.on_bytes(data)


class Listener(Wire):
    """A device on the network: it listens, and talks to whoever connected last."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._address = (host, port)
        self._listening: socket.socket | None = None
        self._peer: socket.socket | None = None

    @property
    def plugged(self) -> bool:
        return self._listening is not None

    def plug(self) -> None:
        if self._listening is not None:
            return
        self._listening = socket.create_server(self._address)
        self._listening.setblocking(False)
        get_running_loop().add_reader(self._listening, self._accept)

    def unplug(self) -> None:
        if self._listening is not None:
            get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        self._hang_up()

    def write(self, data: bytes) -> None:
        sent = 0
        if self._peer is not None:
            try:
                sent = self._peer.send(data)
            except OSError as error:
                log.debug("port %d could not send %d bytes (%s)", self._address[1], len(data), error)
        self.lost += len(data) - sent

    def _accept(self) -> None:
        assert self._listening is not None
        try:
            peer, _ = self._listening.accept()
        except OSError as error:
            log.debug("port %d lost a caller before it was taken (%s)", self._address[1], error)
            return
        self._hang_up()
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer = peer
        get_running_loop().add_reader(peer, self._readable)

    def _readable(self) -> None:
        assert self._peer is not None
        try:
            data = self._peer.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self.on_bytes(data)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._peer is not None:
            get_running_loop().remove_reader(self._peer)
            self._peer.close()
            self._peer = None
            self.on_left()


def _set_speed(terminal: int, speed: int) -> None:
    attributes = termios.tcgetattr(terminal)
    attributes[4] = attributes[5] = getattr(termios, f"B{speed}", termios.B115200)
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def place(path: Path, make: Callable[[Path], None]) -> None:
    """Put what `make` makes at `path` in one step, in place of a link or FIFO a dead process left there.

    Raises `FileExistsError` when something else stands at `path`.
    """
    if os.path.lexists(path) and not (path.is_symlink() or path.is_fifo()):
        raise FileExistsError(f"{path} is neither a link nor a FIFO; move it away")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    make(temporary)
    temporary.replace(path)
