"""Datagrams to a device: ``udp://192.0.2.8:4048``. Each write is one; most devices never answer."""

import asyncio
from typing import Final, cast

from devices.kit.errors import LinkLost, LinkMissing
from devices.kit.link import Link
from hallfile.links import LinkUrl

KNOCK_S: Final = 0.2
"""How soon a machine that is there and has nobody at that port says so."""
MOST_UNREAD: Final = 256


class UdpLink(Link, asyncio.DatagramProtocol):
    """A socket for one device; what others send is not heard."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.refused = asyncio.Event()
        """Set once the other machine has said that nobody listens there."""
        self._transport: asyncio.DatagramTransport | None = None
        self._unread: asyncio.Queue[bytes] = asyncio.Queue(MOST_UNREAD)
        self._lost: LinkLost | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - a connected socket has one peer
        if not self._unread.full():
            self._unread.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, ConnectionRefusedError):
            self.refused.set()
            self._lose(f"{self.name} says that nobody listens there; check the device and its port")

    async def read(self, most: int = 4096) -> bytes:
        data = await self._unread.get()
        if self._lost is not None:
            self._unread.put_nowait(b"")
            raise self._lost
        self.received += len(data)
        return data[:most]

    async def write(self, data: bytes) -> None:
        if self._lost is not None or self._transport is None:
            raise self._lost or LinkLost(f"{self.name} was closed")
        self._transport.sendto(data)
        self.sent += len(data)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            self._lose(f"{self.name} was closed")

    def knock(self) -> None:
        """Send nothing, to learn whether the port is open: an empty datagram says nothing to any device."""
        if self._transport is not None:
            self._transport.sendto(b"")

    def _lose(self, why: str) -> None:
        if self._lost is None:
            self._lost = LinkLost(why)
            while not self._unread.empty():
                self._unread.get_nowait()
            self._unread.put_nowait(b"")


async def open(url: LinkUrl) -> UdpLink:  # noqa: A001 - the name every scheme's module has
    """Make the socket; raises `LinkMissing` when the other machine is not known, or says nobody listens."""
    loop = asyncio.get_running_loop()
    try:
        _, link = await loop.create_datagram_endpoint(
            lambda: UdpLink(url.place), remote_addr=(url.host, url.port)
        )
    except OSError as error:
        raise LinkMissing(
            f"{url.place} can't be reached ({error.strerror or error}); check the network and the address",
            code="link_unreachable",
        ) from None
    link.knock()
    try:
        async with asyncio.timeout(KNOCK_S):
            await link.refused.wait()
    except TimeoutError:
        return link
    await link.close()
    raise LinkMissing(
        f"{url.place} says that nobody listens there; check the device and its port", code="link_unreachable"
    )
