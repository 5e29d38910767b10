"""A FIFO that a driver reads as if it were a device file: an input device, or a microphone's stream."""

import errno
import fcntl
import os
import select
from pathlib import Path

from simulators.kit.wire import place


class Fifo:
    """The writing end of a FIFO at `path`; open all the time, so that only unplugging ends it."""

    def __init__(self, path: Path, size: int | None = None) -> None:
        self.path = path
        self.lost = 0
        """Bytes nobody took."""
        self._size = size
        self._end = -1
        self._poll = select.poll()

    @property
    def plugged(self) -> bool:
        return self._end >= 0

    @property
    def heard(self) -> bool:
        """Whether somebody has the other end open."""
        return self.plugged and not any(events & select.POLLERR for _, events in self._poll.poll(0))

    def plug(self) -> None:
        """Make the FIFO appear; raises `OSError` when its place is taken."""
        if not self.plugged:
            place(self.path, self._make)

    def unplug(self) -> None:
        """Take the FIFO away: a reader gets what was written, then the end."""
        if self.plugged:
            self.path.unlink(missing_ok=True)
            self._poll.unregister(self._end)
            os.close(self._end)
            self._end = -1

    def write(self, data: bytes) -> int:
        """Send what can be sent now and return how many bytes that was; never blocks, never raises."""
        sent = 0
        if self.plugged:
            try:
                sent = os.write(self._end, data)
            except BlockingIOError:
                pass
            except OSError as error:
                if error.errno == errno.EPIPE:
                    self.empty()
        self.lost += len(data) - sent
        return sent

    def empty(self) -> None:
        """Throw away what a reader that is gone left unread: a device file keeps nothing for the next one."""
        reading = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            while os.read(reading, 65536):
                pass
        except BlockingIOError:
            pass
        finally:
            os.close(reading)

    def _make(self, path: Path) -> None:
        os.mkfifo(path, 0o660)
        # A FIFO can be opened for writing only while somebody reads it, so a reader stands in for a moment.
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._end = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        os.close(reading)
        self._poll.register(self._end, select.POLLOUT)
        if self._size is not None:
            fcntl.fcntl(self._end, fcntl.F_SETPIPE_SZ, self._size)
