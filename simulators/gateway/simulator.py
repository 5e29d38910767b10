"""The simulated gateway of a hall file: what it was sent can be seen, numbers hidden, and it can fail."""

import asyncio
from collections import deque
from socket import socket
from typing import Any, ClassVar, Final

from hallfile.links import LinkUrl
from hallfile.reminding import Gateway
from simulators.gateway import server
from simulators.gateway.reading import said
from simulators.gateway.server import MOODS, Mood, Taken
from simulators.kit.control import Control, choice
from simulators.kit.stand_in import Stage, StandIn

SHOWN: Final = 6
"""Messages that can be seen."""


class GatewayStandIn(StandIn):
    """One gateway, at the port of its url."""

    kind: ClassVar[str] = "gateway"

    def __init__(self, name: str, entry: Gateway, stage: Stage) -> None:
        port = entry.port or 0
        super().__init__(name, LinkUrl("http", host="127.0.0.1", port=port), stage)
        self._entry = entry
        self._port = port
        self._gateway = server.Gateway(told=self._told)
        self._messages: deque[dict[str, str]] = deque(maxlen=SHOWN)
        self._serving: asyncio.Task[None] | None = None

    def controls(self) -> dict[str, Control]:
        return {
            "mood": choice(lambda: self._gateway.mood, self._feel, MOODS),
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        return {
            "asked": self._gateway.asked,
            "taken": len(self._gateway.taken),
            "messages": list(self._messages),
        }

    @property
    def plugged(self) -> bool:
        return self._serving is not None

    def plug(self) -> None:
        if not self.plugged:
            place = server.place(self._port)
            self._serving = asyncio.get_running_loop().create_task(self._serve(place))
            # also where it ends before it began
            self._serving.add_done_callback(lambda _: place.close())

    def unplug(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None

    async def _serve(self, place: socket) -> None:
        async with self._gateway.listening(place):
            await asyncio.get_running_loop().create_future()

    def _feel(self, mood: str) -> None:
        self._gateway.mood = next(known for known in MOODS if known == mood)

    def _told(self, request: Taken, mood: Mood) -> None:
        message = said(self._entry, request)
        if message is not None:
            at = self.stage.clock.now().isoformat(timespec="milliseconds")
            self._messages.append({"at": at, "to": message.to, "text": message.text, "met": mood})
        self.changed()
