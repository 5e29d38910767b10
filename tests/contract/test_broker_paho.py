"""The connection against servers that are no broker: it goes on trying, and nothing else happens."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from broker.paho import MOST_UNACKNOWLEDGED, PahoTransport
from broker.transport import NotConnected, Packet
from tests.contract.real_mosquitto import PATIENCE_S, free_port

CONNACK = bytes.fromhex("2003000000")
"""MQTT 5, 3.2: accepted, no properties."""
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Whatever it is that listens where the broker should be."""

    def __init__(self, answer: Answer) -> None:
        self.port = free_port()
        self.connections = 0
        self.tried_again = asyncio.Event()
        self._answer = answer
        self._open: dict[asyncio.StreamWriter, asyncio.Task[object] | None] = {}

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Server"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            server.close()
            answering = [task for task in self._open.values() if task is not None]
            for writer in self._open:
                writer.transport.abort()
            await asyncio.gather(*answering, return_exceptions=True)
            await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.connections >= 3:
            self.tried_again.set()
        self._open[writer] = asyncio.current_task()
        with contextlib.suppress(ConnectionError):
            await self._answer(reader, writer)
        writer.transport.abort()
        del self._open[writer]


@asynccontextmanager
async def running(port: int) -> AsyncIterator[PahoTransport]:
    transport = PahoTransport(host="127.0.0.1", port=port, client_id="h-devices", username="devices")
    task = asyncio.create_task(transport.run())
    try:
        yield transport
    finally:
        task.cancel()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


async def goes_on_against(answer: Answer) -> None:
    """The transport connects again and again, and is never on the bus for good."""
    async with Server(answer).listening() as server, running(server.port), asyncio.timeout(PATIENCE_S):
        await server.tried_again.wait()


async def test_a_server_that_hangs_up_at_once() -> None:
    async def hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        return

    await goes_on_against(hang_up)


@pytest.mark.parametrize("seed", range(5))
async def test_a_server_that_sends_garbage(seed: int) -> None:
    chance = random.Random(seed)

    async def garbage(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(chance.randbytes(2000))
        await writer.drain()

    await goes_on_against(garbage)


@pytest.mark.parametrize(
    "packet",
    [
        "30050001610005",  # a PUBLISH whose properties are longer than itself
        "300100",  # a PUBLISH too short for its topic
        "40020001",  # a PUBACK for nothing that was sent
        "90020001",  # a SUBACK for nothing that was asked
        "d000",  # a PINGRESP nobody asked for
        "3006000461ff62630000",  # a topic that is not UTF-8
        "ffffffff7f",  # a packet of 268 MB begins
    ],
)
async def test_a_broker_that_speaks_wrongly_after_accepting(packet: str) -> None:
    async def wrong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(CONNACK + bytes.fromhex(packet))
        await writer.drain()
        # long enough for it to be read, and no longer
        await asyncio.sleep(0.01)

    await goes_on_against(wrong)


async def test_nothing_can_be_sent_where_nobody_listens() -> None:
    async with running(free_port()) as transport:
        with pytest.raises(NotConnected, match="out of reach"):
            transport.publish(Packet("a", b"", 1))
        with pytest.raises(NotConnected):
            transport.subscribe(["a"])


async def test_a_server_that_takes_nothing_fills_no_memory() -> None:
    accepted = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(CONNACK)
        await writer.drain()
        while await reader.read(65536):
            pass  # it reads and never acknowledges

    async with Server(accept).listening() as server, running(server.port) as transport:
        transport.on_up = accepted.set
        async with asyncio.timeout(PATIENCE_S):
            await accepted.wait()
        for _ in range(MOST_UNACKNOWLEDGED):
            transport.publish(Packet("a", b"x" * 100, 1))
        with pytest.raises(NotConnected, match="takes nothing"):
            transport.publish(Packet("a", b"one too many", 1))
