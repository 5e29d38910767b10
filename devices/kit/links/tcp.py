"""TCP connections to devices: ``tcp://192.0.2.7:9100``."""

import asyncio
import socket
from contextlib import suppress
from typing import Final

from devices.kit.errors import LinkLost, LinkMissing
from devices.kit.link import Link
from hallfile.links import LinkUrl

CONNECT_S: Final = 1.0
"""A device in the same building answers within milliseconds; one that is off never does. The system itself
asks again only 1 and 3 s after it first did, too seldom for one that has just been switched on."""


class TcpLink(Link):
    """An open connection; small writes leave at once."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__()
        self.name = name
        self._reader = reader
        self._writer = writer
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        writer.transport.set_write_buffer_limits(high=0)

    async def read(self, most: int = 4096) -> bytes:
        try:
            data = await self._reader.read(most)
        except OSError as error:
            raise self._lost(error) from None
        if not data:
            raise LinkLost(f"{self.name} hung up; check that the device is on")
        self.received += len(data)
        return data

    async def write(self, data: bytes) -> None:
        if self._writer.is_closing():
            raise LinkLost(f"{self.name} hung up; check that the device is on")
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise self._lost(error) from None
        self.sent += len(data)

    async def close(self) -> None:
        # what is still in the buffer is of no use: a print job cut short must not be finished later
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    def _lost(self, error: OSError) -> LinkLost:
        return LinkLost(
            f"the connection to {self.name} broke ({error.strerror or error}); check its network cable"
        )


async def open(url: LinkUrl) -> TcpLink:  # noqa: A001 - the name every scheme's module has
    """Connect; raises `LinkMissing` when nobody answers there."""
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(url.host, url.port)
    except TimeoutError:
        raise LinkMissing(
            f"{url.place} did not answer within {CONNECT_S:g} s; check that the device is on and its address",
            code="link_unreachable",
        ) from None
    except OSError as error:
        raise LinkMissing(
            f"{url.place} can't be reached ({error.strerror or error}); "
            "check that the device is on and its address",
            code="link_unreachable",
        ) from None
    return TcpLink(url.place, reader, writer)
