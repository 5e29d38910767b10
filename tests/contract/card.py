"""A scripted Onbon card on TCP: it takes frames in, and answers each as the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.golden import vector

ACK = vector("onbon", "ack").bytes
NACK_CHECKSUM = vector("onbon", "nack_checksum").bytes
NACK_BUSY = bytes.fromhex("A5 00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 01 03 00 00 E5 50 5A")
NACK_FONT = bytes.fromhex("A5 00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 01 0C 00 00 D5 53 5A")
PING, SHOW, CLEAR, BRIGHTNESS = b"\xa2\x00", b"\xa3\x06", b"\xa3\x10", b"\xa3\x02"
STATUS, PARAMETERS = b"\xa1\x02", b"\xa2\x0a"

Answer = Callable[[bytes], bytes]
"""From a frame's data field to the bytes sent back."""


class Card:
    """What arrived, and what is answered; unplugged and plugged in again at will."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.answer: Answer = lambda _: ACK
        self.requests: list[bytes] = []
        """Data fields, oldest first."""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Condition()

    async def plug_in(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None
            async with asyncio.timeout(15), self._news:
                await self._news.wait_for(lambda: not self._writers)

    def shows(self) -> list[bytes]:
        """The A3 06 requests, as their data fields."""
        return [data for data in self.requests if data[:2] == SHOW]

    def texts(self) -> list[str]:
        """What was shown, without the style in front of it."""
        return [data[9 + 27 :].partition(b"\\C")[2][1:].decode("gbk") for data in self.shows()]

    async def until(self, wanted: Callable[["Card"], object]) -> None:
        """Wait until something arrives that makes `wanted` true."""
        async with asyncio.timeout(15), self._news:
            await self._news.wait_for(lambda: bool(wanted(self)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                frame = await reader.readuntil(b"\x5a")
                data = _data(frame)
                answer = self.answer(data)
                async with self._news:
                    self.requests.append(data)
                    self._news.notify_all()
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            async with self._news:
                self._writers.discard(writer)
                self._news.notify_all()


def _data(frame: bytes) -> bytes:
    """The data field of one escaped frame."""
    body = frame[:-1].lstrip(b"\xa5")
    for escape, plain in (("a602", "a5"), ("5b02", "5a"), ("5b01", "5b"), ("a601", "a6")):
        body = body.replace(bytes.fromhex(escape), bytes.fromhex(plain))
    return body[14:-2]


@asynccontextmanager
async def card() -> AsyncIterator[Card]:
    """A card that is plugged in for the length of a with-block."""
    plugged = Card()
    await plugged.plug_in()
    try:
        yield plugged
    finally:
        await plugged.unplug()
