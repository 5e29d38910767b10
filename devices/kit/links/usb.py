"""USB devices no kernel driver makes a file of: ``usb:0400:C35A``, ``…?serial=A1``, ``…?path=1-3.2``.

The device's interface and endpoints are found in its descriptors (devices.kit.usb), and whatever they are,
the link carries the same bytes as a serial port. ``?via=HOST:PORT`` opens it through a USB/IP server in place
of this machine's own USB: where the kernel has none, or where the device hangs on another machine.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from usb.core import USBError

from devices.kit.blocking import opened
from devices.kit.errors import LinkLost, Misconfigured
from devices.kit.link import Link
from devices.kit.usb.pipes import WAIT_MS, GaveUp
from devices.kit.usb.plugged import Plugged, plug_in
from hallfile.links import LinkUrl

MOST_WAITING: Final = 1 << 16
"""Bytes that wait for a driver that does not read; beyond them the device is left to keep its own."""


class UsbLink(Link):
    """An open USB device: one thread listens to it, another gives it what is written."""

    def __init__(self, plugged: Plugged) -> None:
        super().__init__()
        self._plugged = plugged
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._news = asyncio.Event()
        self._lost: LinkLost | None = None
        self._closing = threading.Event()
        self._counting = threading.Lock()
        self._unread = 0
        self._room = threading.Event()
        self._room.set()
        self._mouth = ThreadPoolExecutor(max_workers=1, thread_name_prefix="usb write")
        self._ear = threading.Thread(target=self._listen, name="usb read", daemon=True)
        if not plugged.pipe.mute:
            self._ear.start()

    async def read(self, most: int = 4096) -> bytes:
        while not self._waiting:
            if self._lost is not None:
                raise self._lost
            self._news.clear()
            await self._news.wait()
        data = bytes(self._waiting[:most])
        del self._waiting[:most]
        self._count(-len(data))
        self.received += len(data)
        return data

    async def write(self, data: bytes) -> None:
        if self._lost is not None:
            raise self._lost
        stop = threading.Event()
        try:
            await self._loop.run_in_executor(self._mouth, self._send, data, stop)
        except asyncio.CancelledError:
            stop.set()  # a job that is given up must not come out later
            raise
        except GaveUp:
            raise LinkLost(f"{self._plugged.name} was closed") from None
        except USBError as error:
            self._lose(error)
            raise self._plugged.lost(error) from None
        self.sent += len(data)

    async def close(self) -> None:
        if not self._closing.is_set():
            self._closing.set()
            self._lose(None)
            await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._mouth.shutdown(wait=True)
        if self._ear.is_alive():
            self._ear.join()
        self._plugged.let_go()

    def _send(self, data: bytes, stop: threading.Event) -> None:
        self._plugged.pipe.write(data, lambda: not stop.is_set() and not self._closing.is_set())

    def _listen(self) -> None:
        try:
            while not self._closing.is_set():
                if self._room.wait(WAIT_MS / 1000) and (data := self._plugged.pipe.read()):
                    self._count(len(data))
                    self._on_the_loop(self._heard, data)
        except USBError as error:
            self._on_the_loop(self._lose, error)

    def _on_the_loop(self, call: Any, argument: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended before the device did
            self._loop.call_soon_threadsafe(call, argument)

    def _heard(self, data: bytes) -> None:
        self._waiting += data
        self._news.set()

    def _count(self, more: int) -> None:
        """Keep count of what nobody has read yet, in either thread."""
        with self._counting:
            self._unread += more
            (self._room.set if self._unread < MOST_WAITING else self._room.clear)()

    def _lose(self, error: USBError | None) -> None:
        if self._lost is None:
            name = self._plugged.name
            self._lost = LinkLost(f"{name} was closed") if error is None else self._plugged.lost(error)
        self._news.set()


async def open(url: LinkUrl, backend: Any = None) -> UsbLink:  # noqa: A001 - the name every scheme's module has
    """Find, claim and open the device; what it raises is said at `plug_in`.

    `backend` is what stands behind pyusb; none means this machine's libusb, or what the link's ``via`` names.
    """
    return UsbLink(await opened(lambda: plug_in(url, backend or _backend(url)), Plugged.let_go))


def _backend(url: LinkUrl) -> Any:
    """A new one each time: where no udev runs, libusb learns of devices only when it starts."""
    if (server := url.options.get("via")) is not None:
        from devices.kit.usb.over_ip import UsbIpBackend

        host, _, port = server.rpartition(":")
        if not port.isdigit():
            raise Misconfigured(f"via={server!r} in {url} is not HOST:PORT; correct it")
        vendor, product = (int(part, 16) for part in url.path.split(":"))
        return UsbIpBackend(host, int(port), vendor, product)
    import libusb_package
    import usb.backend.libusb1

    backend = usb.backend.libusb1.get_backend(find_library=libusb_package.find_library)
    if backend is None:
        raise Misconfigured(f"{url} needs libusb, which can't be loaded; type: apt-get install libusb-1.0-0")
    return backend
