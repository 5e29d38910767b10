"""The one way onto the bus: publish, subscribe, ask, and keep a retained state alive."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.clock import Clock, after, real_seconds_until
from broker.ids import NewId
from broker.messages.envelope import Command, Message, Reply
from broker.messages.wire import Refused, decode, encode
from broker.now_and_then import NowAndThen
from broker.topics import BadTopic, Topic
from broker.transport import NotConnected, Packet, Transport

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 30.0
"""docs/bus.md: states are repeated at least this often, real seconds."""
BEAT_S: Final = HEARTBEAT_S * 0.45
"""One round over all states. A state that joins in the middle waits for two rounds, and is still in time."""

ASK_AGAIN_S: Final = 1.0
"""An unanswered command is first sent again after this, real seconds, then after twice as long each time."""


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


@dataclass(frozen=True, eq=False)
class _Question:
    """A command that waits for its reply."""

    command_id: str
    packet: Packet
    reply: asyncio.Future[Reply]


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
        """Packets that were no topic of a hall or no message, or whose handler failed."""
        self._transport = transport
        self._handlers: list[tuple[str, Handler]] = []
        self._owned: dict[Topic, Callable[[], bytes]] = {}
        self._disowned: dict[Topic, None] = {}
        self._when_up: list[Callable[[], None]] = []
        self._questions: list[_Question] = []
        self._grumble = NowAndThen(clock)
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

    def unsubscribe(self, filter_: str, handler: Handler) -> None:
        """Let `handler` hear no more of what matches the filter.

        The broker goes on sending it until the next connection where there is none now.
        """
        self._handlers.remove((filter_, handler))
        if self.connected.is_set() and not any(other == filter_ for other, _ in self._handlers):
            self._transport.unsubscribe([filter_])

    def when_up(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each (re)connect, when subscriptions and states have gone out."""
        self._when_up.append(callback)

    def own(self, topic: Topic, state: Callable[[], Message]) -> None:
        """Keep a retained state on `topic`: `state()` is asked whenever it is published."""
        self._own(topic, lambda: encode(state()))

    def own_availability(self, topic: Topic, online: Callable[[], bool] = lambda: True) -> None:
        """Keep the word online or offline on `topic`."""
        self._own(topic, lambda: b"online" if online() else b"offline")

    def disown(self, topic: Topic) -> None:
        """Take a retained state off the bus (docs/bus.md: a state that is over is removed)."""
        self._owned.pop(topic, None)
        if not self._send(Packet(str(topic), b"", qos=1, retain=True)):
            self._disowned[topic] = None

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

        It is sent again with the same id after 1 s, 2 s, 4 s, … and after a reconnect; it is done once all
        the same. Raises `Unanswered` when nobody answered in time, `NotConnected` when it could not be sent.
        """
        return await self.ask_for(topic, command, max(0.0, real_seconds_until(self.clock, command.expires)))

    async def ask_for(self, topic: Topic, command: Command, wait_s: float) -> Reply:
        """As `ask`, waiting `wait_s` real seconds."""
        packet = Packet(
            str(topic),
            encode(command),
            qos=1,
            response_topic=str(self.topic("room", self.room, "reply")),
            correlation=command.id.encode(),
            expiry_s=max(1.0, wait_s),
        )
        question = _Question(command.id, packet, asyncio.get_running_loop().create_future())
        self._questions.append(question)
        try:
            self._transport.publish(packet)
            async with asyncio.timeout(wait_s):
                return await self._insist(question)
        except TimeoutError:
            raise Unanswered(f"{topic} did not answer {command.id} within {wait_s:.1f} s") from None
        finally:
            self._questions.remove(question)

    def expires(self, real_s: float) -> datetime:
        """The hall time `real_s` real seconds from now, for a command's `expires`."""
        return after(self.clock, real_s)

    async def _insist(self, question: _Question) -> Reply:
        """Wait for a reply, and ask again now and then: one message may have found nobody there."""
        pause_s = ASK_AGAIN_S
        while not (await asyncio.wait([question.reply], timeout=pause_s))[0]:
            self._send(question.packet)
            pause_s *= 2
        return question.reply.result()

    def _own(self, topic: Topic, payload: Callable[[], bytes]) -> None:
        self._owned[topic] = payload
        self._disowned.pop(topic, None)
        self.refresh(topic)

    def _send(self, packet: Packet) -> bool:
        try:
            self._transport.publish(packet)
        except NotConnected:
            self.dropped += not packet.retain
            return False
        except ValueError as error:  # a response topic that nobody could publish on
            self.unreadable += 1
            self._grumble("a message for %s was not sent: %s", packet.topic, error)
            return False
        return True

    def _up(self) -> None:
        self.connected.set()
        own_replies = str(self.topic("room", self.room, "reply"))
        self._transport.subscribe([own_replies, *dict.fromkeys(filter_ for filter_, _ in self._handlers)])
        for topic in list(self._owned):
            self._refresh_safely(topic)
        for topic in list(self._disowned):
            del self._disowned[topic]
            self.disown(topic)
        for question in list(self._questions):
            self._send(question.packet)
        for callback in self._when_up:
            callback()

    def _down(self, why: str) -> None:
        log.debug("%s left the bus: %s", self.room, why)
        self.connected.clear()

    def _arrived(self, packet: Packet) -> None:
        try:
            received = Received(Topic.parse(packet.topic), packet)
        except BadTopic as error:
            self.unreadable += 1
            self._grumble("a message is ignored: %s", error)
            return
        if received.topic.kind == "room" and received.topic.leaf == "reply":
            self._run(self._settle, received)
        for filter_, handler in list(self._handlers):
            if matches(filter_, packet.topic):
                self._run(handler, received)

    def _run(self, handler: Handler, received: Received) -> None:
        try:
            handler(received)
        except Refused as refused:
            self.unreadable += 1
            self._grumble("a message is ignored: %s", refused)
        except Exception:
            self.unreadable += 1
            log.exception("a handler of %s failed; the room goes on", received.topic)

    def _settle(self, received: Received) -> None:
        reply = received.message()
        if isinstance(reply, Reply):
            for question in self._questions:
                if question.command_id == reply.re and not question.reply.done():
                    question.reply.set_result(reply)

    def _refresh_safely(self, topic: Topic) -> None:
        """Publish a state whose maker may fail: the others and the heartbeat go on."""
        try:
            self.refresh(topic)
        except Exception:
            log.exception("the state of %s could not be told", topic)

    async def _beat(self) -> None:
        """Repeat every state, spread over the round: a burst of them would hold up what is urgent."""
        while True:
            states = [topic for topic in self._owned if topic.leaf == "state"]
            for topic in states:
                await asyncio.sleep(BEAT_S / len(states))
                self._refresh_safely(topic)
            if not states:
                await asyncio.sleep(BEAT_S)


def matches(filter_: str, topic: str) -> bool:
    """Whether an MQTT subscription filter takes in `topic` (MQTT 5, 4.7)."""
    if topic.startswith("$") and filter_.startswith(("+", "#")):
        return False
    wanted, parts = filter_.split("/"), topic.split("/")
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(parts) or level not in ("+", parts[index]):
            return False
    return len(wanted) == len(parts)
