"""Pads on the network: we listen, the pad asks. ``http://0.0.0.0:8091?token_file={data}/credentials/rate-07``

No such pad has a published protocol (protocols.md 3.1), so this is **our own convention**, for whoever writes
the page or the app on an Android pad:

- ``GET /window`` → ``200 {"open": true}``. The pad asks every second or few, shows its keys while the answer
  is true, and is taken for switched off when it has not asked for 15 s.
- ``POST /key`` with ``{"grade": 5}`` → ``202``: received. Whether it counted shows in the next answer: a
  window that took a key is closed.
- Both with ``Authorization: Bearer <token>``; the token stands in the file the link names, which is made on
  the first start. Without it: ``401``.

The line is plain HTTP: keep the pads on a network of their own.
"""

import asyncio
import hmac
import json
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.kit.errors import LinkLost, LinkMissing, Misconfigured
from devices.kit.link import Link
from devices.kit.padend import PadEnd
from hallfile.links import LinkUrl

REQUEST_S: Final = 5.0
"""How long a pad may take for one request, real seconds."""
MOST_HEAD: Final = 8192
MOST_BODY: Final = 256
MOST_AT_ONCE: Final = 8
MOST_UNREAD: Final = 64
"""Lines that wait for a driver; whoever posts more is told to come back."""

STATUS: Final = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    413: "Content Too Large",
    503: "Service Unavailable",
}


@dataclass(frozen=True)
class Request:
    """What a pad asks."""

    method: str
    path: str
    token: str
    body: bytes


class BadRequest(Exception):
    """It can't be read; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HttpLink(Link, PadEnd):
    """A port that one pad talks to: a line upward for each post, an empty one each time it asks."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self.name = name
        self.refused = 0
        """Requests without the token, or that could not be read."""
        self._token = token
        self._waiting = False
        self._lines: asyncio.Queue[bytes] = asyncio.Queue(MOST_UNREAD)
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.StreamWriter] = set()

    async def listen(self, host: str, port: int) -> None:
        """Open the port; raises `OSError`."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=MOST_HEAD)

    async def read(self, most: int = 4096) -> bytes:  # noqa: ARG002 - a line is never as long as that
        line = await self._lines.get()
        if not line:
            self._lines.put_nowait(b"")
            raise LinkLost(f"{self.name} was closed")
        self.received += len(line)
        return line

    async def write(self, data: bytes) -> None:
        """A pad on the network is not spoken to; it asks."""

    def signal(self, waiting: bool, lights: Collection[int]) -> None:  # noqa: ARG002 - a pad's screen is its lamp
        """What the pad is told when it asks: whether a key is waited for."""
        self._waiting = waiting

    async def close(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for caller in self._callers:
            caller.transport.abort()
        while not self._lines.empty():
            self._lines.get_nowait()
        self._lines.put_nowait(b"")
        await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._callers) >= MOST_AT_ONCE:
            writer.transport.abort()
            return
        self._callers.add(writer)
        try:
            with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
                async with asyncio.timeout(REQUEST_S):
                    answer = await self._answer(reader)
                    self.sent += len(answer)
                    writer.write(answer)
                    await writer.drain()
        finally:
            self._callers.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            request = await read_request(reader)
            if not hmac.compare_digest(request.token.encode(), self._token.encode()):
                raise BadRequest(401)
            return self._done(request)
        except BadRequest as bad:
            self.refused += 1
            return response(bad.status)

    def _done(self, request: Request) -> bytes:
        if self._lines.full():
            return response(503)
        match request.method, request.path:
            case "GET", "/window":
                self._lines.put_nowait(b"\n")
                return response(200, {"open": self._waiting})
            case "POST", "/key":
                # line ends inside a body would make one post look like several
                self._lines.put_nowait(request.body.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n")
                return response(202)
        raise BadRequest(404)


async def read_request(reader: asyncio.StreamReader) -> Request:
    """One HTTP/1.1 request; raises `BadRequest`."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise BadRequest(413) from None
    first, *fields = head.rstrip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400)
    named = {
        name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)
    }
    length = named.get("content-length", "0")
    if not length.isdecimal() or "transfer-encoding" in named:
        raise BadRequest(400)
    if int(length) > MOST_BODY:
        raise BadRequest(413)
    scheme, _, token = named.get("authorization", "").partition(" ")
    body = await reader.readexactly(int(length))
    return Request(words[0], words[1], token if scheme.lower() == "bearer" else "", body)


def response(status: int, document: dict[str, bool] | None = None) -> bytes:
    """A whole answer; the connection ends with it."""
    body = b"" if document is None else json.dumps(document).encode()
    head = f"HTTP/1.1 {status} {STATUS[status]}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    kind = "Content-Type: application/json\r\n" if body else ""
    return f"{head}{kind}\r\n".encode() + body


def token_in(path: Path) -> str:
    """The token in a file, which is made, for its owner alone, where there is none; raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
    return path.read_text(encoding="utf-8").strip()


async def open(url: LinkUrl) -> HttpLink:  # noqa: A001 - the name every scheme's module has
    """Listen; raises `LinkMissing` when the port is taken, `Misconfigured` when there can be no token."""
    if not (place := url.options.get("token_file")):
        raise Misconfigured(f"{url} names no token_file; add ?token_file={{data}}/credentials/NAME to it")
    try:
        token = token_in(Path(place))
    except OSError as error:
        raise Misconfigured(
            f"the token file {place} can't be used ({error.strerror}); name another"
        ) from None
    if len(token) < 16:
        raise Misconfigured(
            f"the token in {place} is too short to be one; delete the file, a new one is made"
        )
    link = HttpLink(url.place, token)
    try:
        await link.listen(url.host, url.port)
    except OSError as error:
        raise LinkMissing(
            f"{url.place} can't be listened on ({error.strerror}); stop what uses it or name another port",
            code="link_busy",
        ) from None
    return link
