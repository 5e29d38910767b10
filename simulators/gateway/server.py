"""A gateway for reminders: it takes messages over HTTP as an SMS gateway or a city's service would, or fails.

What it was sent it keeps in memory, to be looked at by a test or a bench; it sends nothing to anybody.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import create_server, socket
from typing import Final, Literal, get_args

import h11

from hallfile.reminding import SIMULATED_ANSWER

Mood = Literal["well", "refuses", "silent", "hangs_up", "odd"]
"""odd: it answers 200, but that it has failed."""
MOODS: Final[tuple[Mood, ...]] = get_args(Mood)

KEPT: Final = 10_000
LONGEST: Final = 64 * 1024
PATIENCE_S: Final = 10.0
ANSWERS: Final = {
    "well": (200, SIMULATED_ANSWER.encode()),
    "refuses": (503, b"busy"),
    "odd": (200, b'{"code":160040}'),
}


@dataclass(frozen=True)
class Taken:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes


@dataclass
class Gateway:
    """One simulated gateway."""

    mood: Mood = "well"
    asked: int = 0
    """Requests that came, whatever became of them."""
    taken: deque[Taken] = field(default_factory=lambda: deque(maxlen=KEPT))
    """Those that were answered as done."""
    port: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever a request came."""
    told: Callable[[Taken, Mood], None] = lambda _, __: None
    """Told of every request, and how it was met."""

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["Gateway"]:
        """Listen on the loopback for the length of a with-block; port 0 takes a free one."""
        async with self.listening(place(port)):
            yield self

    @asynccontextmanager
    async def listening(self, at: socket) -> AsyncIterator[None]:
        """Answer at a socket for the length of a with-block, and close it."""
        server = await asyncio.start_server(self._serve, sock=at)
        self.port = int(at.getsockname()[1])
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER)
        with contextlib.suppress(OSError, TimeoutError, h11.ProtocolError):
            async with asyncio.timeout(PATIENCE_S):
                if (request := await _request(wire, reader)) is not None:
                    await self._answer(request, wire, writer)
        writer.close()

    async def _answer(self, request: Taken, wire: h11.Connection, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        mood = self.mood
        if mood == "well":
            self.taken.append(request)
        self.news.set()
        self.told(request, mood)
        if mood == "silent":
            await asyncio.sleep(PATIENCE_S)
        elif mood != "hangs_up":
            status, body = ANSWERS[mood]
            headers = [("Content-Length", str(len(body))), ("Connection", "close")]
            for said in (h11.Response(status_code=status, headers=headers), h11.Data(data=body)):
                writer.write(wire.send(said) or b"")
            await writer.drain()


def place(port: int) -> socket:
    """A place on the loopback to listen at; raises `OSError` when it is taken."""
    return create_server(("127.0.0.1", port))


async def _request(wire: h11.Connection, reader: asyncio.StreamReader) -> Taken | None:
    """One request with its body; None for one that is too long, or whose asker has gone.

    Raises `h11.RemoteProtocolError` for what is none (RFC 9112).
    """
    asked = await _next(wire, reader)
    if not isinstance(asked, h11.Request):
        return None
    body = bytearray()
    while isinstance(part := await _next(wire, reader), h11.Data):
        body += part.data
        if len(body) > LONGEST:
            return None
    if not isinstance(part, h11.EndOfMessage):
        return None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in asked.headers}
    return Taken(asked.method.decode(), asked.target.decode("latin-1"), headers, bytes(body))


async def _next(wire: h11.Connection, reader: asyncio.StreamReader) -> object:
    """The next of what a request consists of."""
    while (event := wire.next_event()) is h11.NEED_DATA:
        wire.receive_data(await reader.read(LONGEST))
    return event
