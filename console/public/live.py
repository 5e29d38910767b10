"""Pages that follow the hall: rendered once for all who look at the same, and sent only where it changed.

A page is a few named regions of markup. Whoever looks holds one connection (server-sent events) over which
the regions that changed come as JSON; who can't, asks for all of them now and then. A thousand open pages
cost a thousand idle connections, and one comparison each when the hall moves.
"""

import asyncio
import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from console.feed import Feed
from console.markup import Html

MOST_OPEN: Final = 4000
"""Connections held at once; beyond it a page asks now and then."""
BEAT_S: Final = 20.0
"""A comment so often keeps a connection through gateways that cut idle ones; real seconds."""
RETRY_MS: Final = 3000

Regions = Mapping[str, Html]

HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True)
class View:
    """Something that can be looked at."""

    key: Hashable
    shape: Callable[[], Hashable]
    """What the markup depends on: cheaper to compare than to render."""
    render: Callable[[], Regions]


@dataclass
class _Shown:
    view: View
    shape: Hashable
    regions: dict[str, Html]
    watchers: "set[Watcher]" = field(default_factory=set)


@dataclass(eq=False)
class Watcher:
    """One open page."""

    news: dict[str, Html]
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False

    def take(self) -> dict[str, Html]:
        """What has changed since it was last asked."""
        self.stirred.clear()
        news, self.news = self.news, {}
        return news


class Live:
    """Everything that is being looked at."""

    def __init__(self, feed: Feed) -> None:
        self.open = 0
        """Connections held now."""
        self._shown: dict[Hashable, _Shown] = {}
        feed.watch(self._changed)

    @contextmanager
    def watching(self, view: View) -> Iterator[Watcher]:
        """Look at `view` for the length of a with-block; all of its regions are news at first."""
        shown = self._shown.get(view.key)
        if shown is None:
            shown = self._shown[view.key] = _Shown(view, view.shape(), dict(view.render()))
        watcher = Watcher(dict(shown.regions))
        shown.watchers.add(watcher)
        self.open += 1
        try:
            yield watcher
        finally:
            self.open -= 1
            shown.watchers.discard(watcher)
            if not shown.watchers:
                self._shown.pop(view.key, None)

    def _changed(self, _: frozenset[str]) -> None:
        for shown in list(self._shown.values()):
            shape = shown.view.shape()
            if shape == shown.shape:
                continue
            fresh = dict(shown.view.render())
            news = {name: html for name, html in fresh.items() if shown.regions.get(name) != html}
            shown.shape, shown.regions = shape, fresh
            for watcher in shown.watchers if news else ():
                watcher.news |= news
                watcher.stirred.set()


async def stream(live: Live, view: View, receive: Receive, send: Send) -> None:
    """Send what changes until the page is closed."""
    if live.open >= MOST_OPEN:
        await answer(send, 503, b"", [(b"retry-after", b"30")])
        return
    with live.watching(view) as watcher:
        leaving = asyncio.create_task(_until_gone(receive, watcher))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _part(send, f"retry: {RETRY_MS}\n\n".encode())
            while not watcher.gone:
                if news := watcher.take():
                    await _part(send, b"data: " + as_json(news) + b"\n\n")
                await _beat(send, watcher)
        finally:
            leaving.cancel()


async def _beat(send: Send, watcher: Watcher) -> None:
    try:
        async with asyncio.timeout(BEAT_S):
            await watcher.stirred.wait()
    except TimeoutError:
        await _part(send, b":\n\n")


async def _part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive, watcher: Watcher) -> None:
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()
    watcher.gone = True
    watcher.stirred.set()


def as_json(regions: Regions) -> bytes:
    """Regions as the page's script reads them; on one line."""
    return json.dumps(regions, ensure_ascii=False, separators=(",", ":")).encode()


async def answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """A whole answer."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})


Asgi = Callable[[Scope, Receive, Send], object]
