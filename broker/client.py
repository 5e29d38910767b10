"""The one way onto the bus: publish, subscribe, ask, and keep a retained state alive."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from broker.clock import Clock, after, real_seconds_until
from broker.ids import NewId
from broker.messages.envelope import Command, Message, Reply
from broker.messages.wire import Refused, decode, encode
from broker.topics import BadTopic, Topic
from broker.transport import NotConnected, Packet, Transport

log = logging.getLogger(__name__)

HEARTBEAT_S = 30.0
"""docs/bus.md: states are repeated at least this often, real seconds."""


@dataclass(frozen=True)
class Received:
    """One packet with its topic read."""

    topic: Topic
    packet: Packet

    def message(self) -> Message:
        """The message in it; raises `broker.messages.wire.Refused`."""
        return decode(self.topic, self.packet.payload)


Handler = Callable[[Received], None]


class Unanswered(TimeoutError):
    """Nobody answered a command before its time was up."""


class Bus:
    """One room's place on the bus of one hall.

    Handlers run on the event loop and must not block; a handler that raises is logged, never fatal.
    Retained states given to `own` are published on every (re)connect and as heartbeats.
    """

    def __init__(self, hall: str, room: str, transport: Transport, clock: Clock, new_id: NewId) -> None:
        self.hall = hall
        self.room = room
        self.clock = clock
        self.new_id = new_id
        self.connected = asyncio.Event()
        self.dropped = 0
        """Events and readings that could not be sent because the broker was away."""
        self.unreadable = 0
        """Packets that were no topic of a hall, or whose handler failed."""
        self._transport = transport
        self._handlers: list[tuple[str, Handler]] = []
        self._owned: dict[Topic, Callable[[], bytes]] = {}
        self._when_up: list[Callable[[], None]] = []
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        transport.on_packet = self._arrived
        transport.on_up = self._up
        transport.on_down = self._down

    def topic(self, kind: str, owner: str, leaf: str) -> Topic:
        """A topic of this hall; raises `BadTopic` for a word that may not stand there."""
        return Topic.parse(f"hall/{self.hall}/{kind}/{owner}/{leaf}")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bus"]:
        """Be on the bus for the length of a with-block; does not wait for the first connection."""
        tasks = [asyncio.create_task(self._transport.run()), asyncio.create_task(self._beat())]
        try:
            yield self
        finally:
            self.withdraw()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def withdraw(self) -> None:
        """Say `offline` on every availability this room owns: it leaves on purpose."""
        for topic in self._owned:
            if topic.leaf == "availability":
                self._send(Packet(str(topic), b"offline", qos=1, retain=True))

    def subscribe(self, filter_: str, handler: Handler) -> None:
        """Call `handler` for everything that matches the MQTT filter, now and after each reconnect."""
        self._handlers.append((filter_, handler))
        if self.connected.is_set():
            self._transport.subscribe([filter_])

    def when_up(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each (re)connect, when subscriptions and states have gone out."""
        self._when_up.append(callback)

    def own(self, topic: Topic, state: Callable[[], Message]) -> None:
        """Keep a retained state on `topic`: `state()` is asked whenever it is published."""
        self._owned[topic] = lambda: encode(state())
        self.refresh(topic)

    def own_availability(self, topic: Topic, online: Callable[[], bool] = lambda: True) -> None:
        """Keep the word online or offline on `topic`."""
        self._owned[topic] = lambda: b"online" if online() else b"offline"
        self.refresh(topic)

    def disown(self, topic: Topic) -> None:
        """Take a retained state off the bus (docs/bus.md: a state that is over is removed)."""
        self._owned.pop(topic, None)
        self._send(Packet(str(topic), b"", qos=1, retain=True))

    def refresh(self, topic: Topic) -> None:
        """Publish an owned state now, because it changed."""
        if topic in self._owned:
            self._send(Packet(str(topic), self._owned[topic](), qos=1, retain=True))

    def publish(self, topic: Topic, message: Message) -> None:
        """Send an event, an ack or a reply; raises `NotConnected`."""
        self.send(topic, encode(message))

    def send(self, topic: Topic, payload: bytes) -> None:
        """Send what is encoded already; raises `NotConnected`."""
        self._transport.publish(Packet(str(topic), payload, qos=1))

    def tell(self, topic: Topic, message: Message, *, qos: int = 1) -> bool:
        """Send what may be lost (telemetry, an event nobody keeps); says whether it went out."""
        return self._send(Packet(str(topic), encode(message), qos=qos))

    def answer(self, received: Received, reply: Reply) -> None:
        """Reply on the owner's topic and, unchanged, on the response topic of the asker."""
        payload = encode(reply)
        self._send(Packet(str(received.topic.sibling("reply")), payload, qos=1))
        if received.packet.response_topic:
            correlation = received.packet.correlation
            self._send(Packet(received.packet.response_topic, payload, qos=1, correlation=correlation))

    async def ask(self, topic: Topic, command: Command) -> Reply:
        """Send `command` and wait for its reply until it expires.

        Raises `Unanswered` when nobody answered in time, `NotConnected` when it could not be sent.
        """
        return await self.ask_for(topic, command, max(0.0, real_seconds_until(self.clock, command.expires)))

    async def ask_for(self, topic: Topic, command: Command, wait_s: float) -> Reply:
        """As `ask`, waiting `wait_s` real seconds."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[command.id] = reply
        try:
            self._transport.publish(
                Packet(
                    str(topic),
                    encode(command),
                    qos=1,
                    response_topic=str(self.topic("room", self.room, "reply")),
                    correlation=command.id.encode(),
                    expiry_s=max(1.0, wait_s),
                )
            )
            async with asyncio.timeout(wait_s):
                return await reply
        except TimeoutError:
            raise Unanswered(f"{topic} did not answer {command.id} within {wait_s:.1f} s") from None
        finally:
            self._waiting.pop(command.id, None)

    def expires(self, real_s: float) -> datetime:
        """The hall time `real_s` real seconds from now, for a command's `expires`."""
        return after(self.clock, real_s)

    def _send(self, packet: Packet) -> bool:
        try:
            self._transport.publish(packet)
        except NotConnected:
            self.dropped += not packet.retain
            return False
        return True

    def _up(self) -> None:
        self.connected.set()
        own_replies = str(self.topic("room", self.room, "reply"))
        self._transport.subscribe([own_replies, *dict.fromkeys(filter_ for filter_, _ in self._handlers)])
        for topic in list(self._owned):
            self.refresh(topic)
        for callback in self._when_up:
            callback()

    def _down(self, why: str) -> None:
        log.debug("%s left the bus: %s", self.room, why)
        self.connected.clear()

    def _arrived(self, packet: Packet) -> None:
        try:
            received = Received(Topic.parse(packet.topic), packet)
        except BadTopic:
            self.unreadable += 1
            return
        if received.topic.kind == "room" and received.topic.leaf == "reply":
            self._settle(received)
        for filter_, handler in list(self._handlers):
            if matches(filter_, packet.topic):
                self._run(handler, received)

    def _run(self, handler: Handler, received: Received) -> None:
        try:
            handler(received)
        except Exception:
            self.unreadable += 1
            log.exception("a handler of %s failed; the room goes on", received.topic)

    def _settle(self, received: Received) -> None:
        try:
            reply = received.message()
        except Refused:
            self.unreadable += 1
            return
        if isinstance(reply, Reply) and (waiting := self._waiting.get(reply.re)) and not waiting.done():
            waiting.set_result(reply)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S * 0.8)
            for topic in list(self._owned):
                if topic.leaf == "state":
                    self.refresh(topic)


def matches(filter_: str, topic: str) -> bool:
    """Whether an MQTT subscription filter takes in `topic` (MQTT 5, 4.7)."""
    wanted, parts = filter_.split("/"), topic.split("/")
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(parts) or level not in ("+", parts[index]):
            return False
    return len(wanted) == len(parts)
