"""A broker inside the process: what tests, replays and simulated days use in place of Mosquitto.

It keeps what the hall relies on (retained messages, wildcards, QoS, last wills, sessions that outlive a
connection) and can be unkind by a given chance: lose, double and delay packets, cut a client off, go away.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from broker.client import matches
from broker.transport import NotConnected, Packet

MOST_QUEUED: Final = 10_000
"""Packets kept for a client that is away."""
MOST_SEEN: Final = 10_000


@dataclass
class Weather:
    """How unkind the way to each subscriber is. Shares are between 0 and 1."""

    lose: float = 0.0
    duplicate: float = 0.0
    delay_s: float = 0.0
    """At most so long, evenly spread; delayed packets overtake each other."""


@dataclass
class _Session:
    filters: dict[str, None] = field(default_factory=dict)
    client: "MemoryTransport | None" = None
    waiting: deque[Packet] = field(default_factory=lambda: deque(maxlen=MOST_QUEUED))


class MemoryBroker:
    """All clients of one test, and what was said between them."""

    def __init__(self, chance: random.Random | None = None, weather: Weather | None = None) -> None:
        self.retained: dict[str, Packet] = {}
        self.seen: deque[Packet] = deque(maxlen=MOST_SEEN)
        """Everything that was published, oldest first."""
        self.weather = weather or Weather()
        self._chance = chance or random.Random(0)
        self._sessions: dict[str, _Session] = {}
        self.up = asyncio.Event()
        """Whether clients can connect; `stop` and `start` set it."""
        self.up.set()

    def transport(self, client_id: str, will: Packet | None = None) -> "MemoryTransport":
        """A client of this broker."""
        return MemoryTransport(self, client_id, will)

    def seen_on(self, filter_: str) -> list[Packet]:
        """What was published on topics that match `filter_`."""
        return [packet for packet in self.seen if matches(filter_, packet.topic)]

    def cut(self, client_id: str) -> None:
        """Break one client's connection, as a pulled cable does; it connects again by itself."""
        session = self._sessions.get(client_id)
        if session is not None and session.client is not None:
            session.client._lose("cut off")

    def stop(self, *, forget: bool = False) -> None:
        """Go away; with `forget`, as a broker that keeps nothing on disk."""
        self.up.clear()
        for session in self._sessions.values():
            if session.client is not None:
                session.client._lose("the broker stopped")
        if forget:
            self.retained.clear()
            self._sessions.clear()

    def start(self) -> None:
        """Come back after `stop`."""
        self.up.set()

    def publish(self, packet: Packet) -> None:
        """Take a packet from a client, or from a test that speaks as anyone."""
        self.seen.append(packet)
        if packet.retain:
            if packet.payload:
                self.retained[packet.topic] = packet
            else:
                self.retained.pop(packet.topic, None)
        for session in self._sessions.values():
            if any(matches(filter_, packet.topic) for filter_ in session.filters):
                self._send(session, packet)

    def _attach(self, client: "MemoryTransport") -> None:
        session = self._sessions.setdefault(client.client_id, _Session())
        if session.client is not None:
            session.client._lose("session taken over")
        session.client = client
        waiting = list(session.waiting)
        session.waiting.clear()
        for packet in waiting:
            self._send(session, packet)

    def _detach(self, client: "MemoryTransport", *, will: bool) -> None:
        session = self._sessions.get(client.client_id)
        if session is not None and session.client is client:
            session.client = None
        if will and client.will is not None:
            self.publish(client.will)

    def _subscribe(self, client: "MemoryTransport", filters: list[str]) -> None:
        session = self._sessions[client.client_id]
        session.filters |= dict.fromkeys(filters)
        for packet in list(self.retained.values()):
            if any(matches(filter_, packet.topic) for filter_ in filters):
                self._send(session, packet)

    def _unsubscribe(self, client: "MemoryTransport", filters: list[str]) -> None:
        for filter_ in filters:
            self._sessions[client.client_id].filters.pop(filter_, None)

    def _send(self, session: _Session, packet: Packet) -> None:
        if session.client is None:
            if packet.qos:
                session.waiting.append(packet)
            return
        if self._chance.random() < self.weather.lose:
            return
        times = 2 if self._chance.random() < self.weather.duplicate else 1
        for _ in range(times):
            self._carry(session.client, replace(packet, qos=min(packet.qos, 1)))

    def _missed(self, client: "MemoryTransport", packet: Packet) -> None:
        """The connection broke while `packet` was on its way: it is kept for the next one."""
        if (session := self._sessions.get(client.client_id)) is not None:
            self._send(session, packet)

    def _carry(self, client: "MemoryTransport", packet: Packet) -> None:
        loop = asyncio.get_running_loop()
        if self.weather.delay_s > 0:
            loop.call_later(self._chance.uniform(0, self.weather.delay_s), client._arrived, packet)
        else:
            loop.call_soon(client._arrived, packet)


class MemoryTransport:
    """A `broker.transport.Transport` to a `MemoryBroker`."""

    def __init__(self, broker: MemoryBroker, client_id: str, will: Packet | None = None) -> None:
        self.on_packet: Callable[[Packet], None] = _ignore
        self.on_up: Callable[[], None] = _ignore
        self.on_down: Callable[[str], None] = _ignore
        self.client_id = client_id
        self.will = will
        self._broker = broker
        self._connected = False
        self._lost = asyncio.Event()

    async def run(self) -> None:
        """Be connected whenever the broker is there, until cancelled."""
        try:
            while True:
                await self._broker.up.wait()
                self._lost.clear()
                self._connected = True
                self._broker._attach(self)
                self.on_up()
                await self._lost.wait()
        finally:
            if self._connected:
                self._connected = False
                self._broker._detach(self, will=False)
                self.on_down("closed")

    def publish(self, packet: Packet) -> None:
        """Hand a packet to the broker; raises `NotConnected`."""
        if not self._connected:
            raise NotConnected("the broker in memory is out of reach")
        self._broker.publish(packet)

    def subscribe(self, filters: list[str]) -> None:
        """Ask for topics; raises `NotConnected`."""
        if not self._connected:
            raise NotConnected("the broker in memory is out of reach")
        self._broker._subscribe(self, filters)

    def unsubscribe(self, filters: list[str]) -> None:
        """Ask for topics no more; raises `NotConnected`."""
        if not self._connected:
            raise NotConnected("the broker in memory is out of reach")
        self._broker._unsubscribe(self, filters)

    def _lose(self, why: str) -> None:
        if self._connected:
            self._connected = False
            self._broker._detach(self, will=True)
            self._lost.set()
            self.on_down(why)

    def _arrived(self, packet: Packet) -> None:
        if self._connected:
            self.on_packet(packet)
        elif packet.qos:
            self._broker._missed(self, packet)


def _ignore(*_: object) -> None:
    """What a transport calls until somebody listens."""
