"""A link over a file descriptor the system can wait for: a serial port, a FIFO, an input device."""

import asyncio
import os
from collections.abc import Callable

from devices.kit.errors import LinkLost
from devices.kit.link import MOST_THROWN, Link


class DescriptorLink(Link):
    """Reads and writes `fd` without blocking; one reader and one writer at a time.

    An empty read, EIO and ENODEV all mean that the device is gone. `release` gives the descriptor back in
    place of close(2).
    """

    def __init__(self, fd: int, name: str, release: Callable[[], None] | None = None) -> None:
        super().__init__()
        os.set_blocking(fd, False)
        self.name = name
        """What it is called in the sentence that says it was lost."""
        self._fd = fd
        self._release = release or (lambda: os.close(fd))
        self._open = True

    async def read(self, most: int = 4096) -> bytes:
        loop = asyncio.get_running_loop()
        while self._open:
            try:
                data = os.read(self._fd, most)
            except BlockingIOError:
                await self._until(loop.add_reader, loop.remove_reader)
                continue
            except OSError as error:
                raise self._lost(error.strerror) from None
            if not data:
                break
            self.received += len(data)
            return data
        raise self._lost("it was unplugged or the other end hung up")

    async def drain_input(self, quiet_s: float = 0.0) -> bytes:
        if quiet_s or not self._open:
            return await super().drain_input(quiet_s)
        # what has arrived can be had at once, and a question need not wait for a turn of the loop
        try:
            thrown = os.read(self._fd, MOST_THROWN)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error.strerror) from None
        self.received += len(thrown)
        return thrown

    async def write(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        left = memoryview(data)
        while left and self._open:
            try:
                taken = os.write(self._fd, left)
            except BlockingIOError:
                await self._until(loop.add_writer, loop.remove_writer)
                continue
            except OSError as error:
                raise self._lost(error.strerror) from None
            self.sent += taken
            left = left[taken:]
        if left:
            raise self._lost("it was closed")

    async def close(self) -> None:
        if self._open:
            self._open = False
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._fd)
            loop.remove_writer(self._fd)
            self._release()

    async def _until(
        self, watch: Callable[[int, Callable[[], None]], None], unwatch: Callable[[int], bool]
    ) -> None:
        ready = asyncio.Event()
        watch(self._fd, ready.set)
        try:
            await ready.wait()
        finally:
            if self._open:
                unwatch(self._fd)

    def _lost(self, why: str | None) -> LinkLost:
        return LinkLost(f"{self.name} is gone: {why}; plug it in again")
