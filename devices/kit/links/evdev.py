"""Keypads: ``evdev:/dev/input/by-path/…-event-kbd``, or a FIFO of raw input events in its place.

Both give the same bytes upward: `struct input_event`s as the kernel lays them out.
"""

import asyncio
import errno
import os
import stat
from typing import Final

import evdev

from devices.kit.errors import DeviceError, LinkMissing, Misconfigured
from devices.kit.links.descriptor import DescriptorLink
from hallfile.links import LinkUrl

WRITER_PATIENCE_S: Final = 0.5
"""How long a FIFO is held open for its writer: one that opens it without blocking needs to meet a reader."""
WRITER_LOOKS: Final = 10


class FifoLink(DescriptorLink):
    """The reading end of a FIFO somebody writes to; when the writer leaves, the pad is unplugged."""

    def __init__(self, fd: int, name: str, early: bytes) -> None:
        super().__init__(fd, name)
        self._early = early

    async def read(self, most: int = 4096) -> bytes:
        if not self._early:
            return await super().read(most)
        data, self._early = self._early[:most], self._early[most:]
        self.received += len(data)
        return data


async def open(url: LinkUrl) -> DescriptorLink:  # noqa: A001 - the name every scheme's module has
    """Open the pad for us alone; raises `LinkMissing` when none is there, `DeviceError` when it is taken."""
    try:
        mode = os.stat(url.path).st_mode
        if stat.S_ISCHR(mode):
            pad = _grabbed(url.path)
            return DescriptorLink(pad.fd, url.path, pad.close)
        if stat.S_ISFIFO(mode):
            return await _fifo(url.path)
    except OSError as error:
        raise _failure(url.path, error) from None
    raise Misconfigured(f"{url.path} is no input device; name one of /dev/input/by-path in the hall file")


def _grabbed(path: str) -> "evdev.InputDevice[str]":
    """The pad for us alone: ungrabbed, a digit pressed on it would reach the machine's own console too."""
    device = evdev.InputDevice(path)
    try:
        device.grab()
    except OSError:
        device.close()
        raise
    return device


async def _fifo(path: str) -> FifoLink:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    link: FifoLink | None = None
    try:
        for _ in range(WRITER_LOOKS):
            if (early := _first_bytes(fd)) is not None:
                link = FifoLink(fd, path, early)
                return link
            await asyncio.sleep(WRITER_PATIENCE_S / WRITER_LOOKS)
    finally:
        if link is None:
            os.close(fd)
    raise LinkMissing(f"nobody writes to the FIFO {path}; start what stands in for the pad")


def _first_bytes(fd: int) -> bytes | None:
    """What a FIFO's writer has written so far; None while there is no writer."""
    try:
        return os.read(fd, 4096) or None
    except BlockingIOError:
        return b""


def _failure(path: str, error: OSError) -> DeviceError:
    match error.errno:
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return LinkMissing(f"{path} is not there; plug the pad in or correct its link in the hall file")
        case errno.EACCES | errno.EPERM:
            return LinkMissing(f"{path} may not be opened by this user; add the user to the group input")
        case errno.EBUSY:
            return DeviceError(f"{path} is held by another program; stop that program", "deviceBusy")
        case errno.ENOTTY:
            return Misconfigured(
                f"{path} is no input device; name one of /dev/input/by-path in the hall file"
            )
        case _:
            return LinkMissing(
                f"{path} can't be opened as a keypad ({error.strerror}); check the pad and its link"
            )
