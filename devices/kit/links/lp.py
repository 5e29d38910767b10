"""USB printers as the kernel's driver usblp gives them: ``lp:/dev/usb/lp0``."""

import asyncio
import errno
import os
import select
import stat
from typing import Final

from devices.kit.errors import DeviceError, LinkLost, LinkMissing, Misconfigured
from devices.kit.links.descriptor import DescriptorLink
from hallfile.links import LinkUrl

EMPTY_S: Final = 0.05
"""How long to rest after an empty answer. Some printers send empty packets when they have nothing to say, and
usblp hands them on as reads of nothing; only an error or a hang-up says that the printer is gone."""


class LpLink(DescriptorLink):
    """An open printer device."""

    async def read(self, most: int = 4096) -> bytes:
        loop = asyncio.get_running_loop()
        while self._open:
            try:
                if data := os.read(self._fd, most):
                    self.received += len(data)
                    return data
                if _hung_up(self._fd):
                    raise self._lost("it was unplugged")
                await asyncio.sleep(EMPTY_S)
            except BlockingIOError:
                await self._until(loop.add_reader, loop.remove_reader)
            except OSError as error:
                raise self._lost(error.strerror) from None
        raise LinkLost(f"{self.name} was closed")


async def open(url: LinkUrl) -> LpLink:  # noqa: A001 - the name every scheme's module has
    """Open the printer; raises `LinkMissing` when it is not there, `DeviceError` when a program has it."""
    try:
        fd = os.open(url.path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise _failure(url.path, error) from None
    if not stat.S_ISCHR(os.fstat(fd).st_mode):
        os.close(fd)
        raise Misconfigured(f"{url.path} is no printer device; name one of /dev/usb/lp* in the hall file")
    return LpLink(fd, url.path)


def _hung_up(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, 0)
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))


def _failure(path: str, error: OSError) -> DeviceError:
    match error.errno:
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return LinkMissing(
                f"{path} is not there; plug the printer in or correct its link in the hall file"
            )
        case errno.EACCES | errno.EPERM:
            return LinkMissing(
                f"{path} may not be opened by this user; add the user to the group lp", code="link_denied"
            )
        case errno.EBUSY:
            return DeviceError(
                f"{path} is in use by another program; stop that program", "deviceBusy", "link_busy"
            )
    return LinkMissing(
        f"{path} can't be opened as a printer ({error.strerror}); check the printer and its link"
    )
