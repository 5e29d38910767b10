"""A real Mosquitto as a child, rooms on it, and a cable between them that can be pulled."""

import asyncio
import contextlib
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from broker.client import Bus, Received
from broker.clock import HallClock
from broker.join import join
from broker.mosquitto import command, prepare

HALL = "h"
ROOMS = ["controller", "devices", "console", "simulators", "kiosk-k1", "observer", "bench"]
PATIENCE_S = 20.0
"""What a test waits for must come within this; it never waits out the whole of it."""


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """The broker of one test: it can be killed, frozen and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.config = prepare(folder, HALL, "127.0.0.1", self.port, ROOMS)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            command(self.config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self._process is not None
        self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, by default without giving it a chance to save anything."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=10)
            self._process = None

    def join(self, room: str, port: int | None = None) -> Bus:
        """A room of the hall, not yet running."""
        clock = HallClock.real(ZoneInfo("Asia/Shanghai"))
        return join(
            hall=HALL, room=room, host="127.0.0.1", port=port or self.port, data=self.folder, clock=clock
        )


@contextlib.contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """A running broker for the length of a with-block."""
    broker = Mosquitto(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.end()


@contextlib.asynccontextmanager
async def on_the_bus(*rooms: Bus) -> AsyncIterator[None]:
    """All `rooms` connected, for the length of a with-block."""
    async with contextlib.AsyncExitStack() as stack:
        for room in rooms:
            await stack.enter_async_context(room.running())
        await connected(*rooms)
        yield


async def connected(*rooms: Bus) -> None:
    """Wait until all `rooms` are on the bus."""
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(room.connected.wait() for room in rooms))


async def eventually(wanted: Callable[[], object]) -> None:
    """Look again and again until something is so that nobody tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted():
            await asyncio.sleep(0.005)


async def off_the_bus(*rooms: Bus) -> None:
    """Wait until all `rooms` have noticed that their connection is gone."""
    await eventually(lambda: not any(room.connected.is_set() for room in rooms))


class Ears:
    """What a room heard on a filter."""

    def __init__(self, bus: Bus, filter_: str) -> None:
        self.got: list[Received] = []
        self._news = asyncio.Event()
        bus.subscribe(filter_, self._hear)

    def words(self) -> dict[str, str]:
        """The last payload of each topic as text."""
        return {
            "/".join(str(received.topic).split("/")[2:]): received.packet.payload.decode(errors="replace")
            for received in self.got
        }

    async def until(self, wanted: Callable[["Ears"], object]) -> None:
        """Wait until something is heard that makes `wanted` true."""
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(self):
                self._news.clear()
                await self._news.wait()

    def _hear(self, received: Received) -> None:
        self.got.append(received)
        self._news.set()


class Cable:
    """A TCP connection's way to the broker, which can be pulled and plugged in again."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._to = port
        self._plugged = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def laid(self) -> AsyncIterator["Cable"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            server.close()
            self.pull()
            await asyncio.gather(*self._carrying, return_exceptions=True)
            await server.wait_closed()

    def pull(self) -> None:
        """Cut every connection, and let none through until `plug`."""
        self._plugged = False
        for end in self._ends:
            end.transport.abort()

    def plug(self) -> None:
        self._plugged = True

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._plugged:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
        self._ends.discard(sink)
