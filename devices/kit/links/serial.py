"""Serial ports and pseudo-terminals: ``serial:/dev/ttyUSB0?baud=115200``, 8N1, no flow control.

Opening a port on USB, closing it and changing its speed speak to its device and wait for it, seconds when it
does not answer; so all three are done in a thread, and the hall's other devices go on.
"""

import asyncio
import errno
import termios
import threading
from contextlib import suppress
from typing import Final

import serial

from devices.kit.blocking import opened
from devices.kit.errors import LinkMissing, Misconfigured
from devices.kit.links.descriptor import DescriptorLink
from hallfile.links import BadLink, LinkUrl

DEFAULT_BAUD: Final = 115200


class SerialLink(DescriptorLink):
    """An open serial port. pyserial sets the line up; the bytes go past it, straight over the descriptor."""

    def __init__(self, port: serial.Serial) -> None:
        super().__init__(port.fileno(), str(port.port), release=lambda: None)
        self._port = port
        self._in_hand = threading.Lock()
        """Held in the thread that has the port: it is not closed while its speed is being changed."""

    async def close(self) -> None:
        if self._open:
            await super().close()
            await asyncio.to_thread(self._shut)

    async def set_speed(self, baud: int) -> None:
        """Speak at `baud` bits a second once it returns.

        Raises `Misconfigured` for a speed the port can't do, `LinkLost` when there is no port any more.
        """
        try:
            await asyncio.to_thread(self._tune, baud)
        except ValueError:
            raise _impossible(self.name, baud) from None
        except (OSError, termios.error):
            raise self._lost("it was unplugged") from None

    def _tune(self, baud: int) -> None:
        with self._in_hand:
            self._port.baudrate = baud

    def _shut(self) -> None:
        with self._in_hand:
            _shut(self._port)


async def open(url: LinkUrl) -> SerialLink:  # noqa: A001 - the name every scheme's module has
    """Open the port alone; raises `LinkMissing` when it is not there, is not ours to open, or is in use."""
    try:
        baud = url.number("baud", DEFAULT_BAUD)
    except BadLink as error:
        raise Misconfigured(f"{error}; correct it in the hall file") from None
    return SerialLink(await opened(lambda: _port(url.path, baud), _shut))


def _port(path: str, baud: int) -> serial.Serial:
    try:
        # inter_byte_timeout: with nothing to read, read(2) says "try again" (VMIN 1), not "end of file"
        return serial.Serial(path, baud, timeout=0, write_timeout=0, inter_byte_timeout=0, exclusive=True)
    except ValueError:
        raise _impossible(path, baud) from None
    except (serial.SerialException, OSError) as error:
        raise _failure(path, error) from None


def _shut(port: serial.Serial) -> None:
    with suppress(OSError, termios.error):
        port.reset_output_buffer()  # closing would wait for a device that takes nothing
    port.close()


def _impossible(path: str, baud: int) -> Misconfigured:
    return Misconfigured(f"{path} can't run at {baud} baud; write another baud= in its link")


def _failure(path: str, error: OSError) -> LinkMissing:
    match error.errno:
        case errno.ENOENT | errno.ENODEV | errno.ENXIO | errno.EIO:
            return LinkMissing(
                f"{path} is not there; plug the device in or correct its link in the hall file"
            )
        case errno.EACCES | errno.EPERM:
            return LinkMissing(
                f"{path} may not be opened by this user; add the user to the group that owns it",
                code="link_denied",
            )
        case errno.EBUSY | errno.EAGAIN:
            return LinkMissing(f"{path} is in use by another program; stop that program", code="link_busy")
        case _:
            return LinkMissing(
                f"{path} can't be opened as a serial port ({error}); check the device and its link"
            )
