"""A room's place on the bus: its states, its questions, and what it bears."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

import pytest

import broker.client
from broker.client import Bus, Received, Unanswered, matches
from broker.memory import MemoryBroker
from broker.messages.devices import CallKey, PadState, Show
from broker.messages.envelope import Message, Reply
from broker.messages.wire import encode
from broker.topics import BadTopic
from broker.transport import NotConnected, Packet
from tests.conftest import HandClock

BOARD = ("led_board", "b1", "command")


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


class Hall:
    """Two rooms on a broker in memory."""

    def __init__(self, clock: HandClock, new_id: Callable[[], str]) -> None:
        self.broker = MemoryBroker()
        self.clock = clock
        self.devices = Bus("h", "devices", self.broker.transport("h-devices"), clock, new_id)
        self.controller = Bus("h", "controller", self.broker.transport("h-controller"), clock, new_id)

    def show(self, expires_s: float = 5.0) -> Show:
        now = self.clock.now()
        expires = now + timedelta(seconds=expires_s)
        return Show(id="c1", at=now, expires=expires, by="controller/main", area="call", text="x")

    def answer(self, received: Received) -> None:
        command = received.message()
        self.devices.answer(received, Reply(id="r", at=self.clock.now(), re=command.id, ok=True))

    def pad(self, word: str = "online") -> PadState:
        now = self.clock.now()
        return PadState(
            id=self.devices.new_id(), at=now, device="online", since=now, cause=None, model="m", link=word
        )


@pytest.fixture
async def hall(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Hall]:
    made = Hall(clock, new_id)
    async with made.devices.running(), made.controller.running():
        await asyncio.gather(made.devices.connected.wait(), made.controller.connected.wait())
        yield made


async def test_a_question_gets_its_answer(hall: Hall) -> None:
    hall.devices.subscribe("hall/h/led_board/+/command", hall.answer)
    reply = await hall.controller.ask(hall.controller.topic(*BOARD), hall.show())
    assert (reply.re, reply.ok) == ("c1", True)
    [packet] = hall.broker.seen_on("hall/h/led_board/b1/command")
    assert (packet.qos, packet.retain, packet.correlation) == (1, False, b"c1")
    assert packet.response_topic == "hall/h/room/controller/reply"
    assert packet.expiry_s == pytest.approx(5.0)


async def test_two_who_ask_the_same_are_both_answered(hall: Hall) -> None:
    hall.devices.subscribe("hall/h/led_board/+/command", hall.answer)
    topic = hall.controller.topic(*BOARD)
    replies = await asyncio.gather(
        hall.controller.ask(topic, hall.show()), hall.controller.ask(topic, hall.show())
    )
    assert [reply.ok for reply in replies] == [True, True]


async def test_nobody_answers(hall: Hall) -> None:
    with pytest.raises(Unanswered, match="led_board/b1/command did not answer c1"):
        await hall.controller.ask_for(hall.controller.topic(*BOARD), hall.show(), 0.01)
    with pytest.raises(Unanswered):
        await hall.controller.ask(hall.controller.topic(*BOARD), hall.show(expires_s=-1))


async def test_a_question_is_asked_again_after_the_connection_broke(hall: Hall) -> None:
    asking = asyncio.create_task(hall.controller.ask(hall.controller.topic(*BOARD), hall.show()))
    await settle()
    hall.broker.stop(forget=True)
    hall.devices.subscribe("hall/h/led_board/+/command", hall.answer)
    hall.broker.start()
    async with asyncio.timeout(5):
        assert (await asking).re == "c1"


async def test_a_question_that_found_nobody_is_asked_again(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker.client, "ASK_AGAIN_S", 0.01)
    asking = asyncio.create_task(hall.controller.ask(hall.controller.topic(*BOARD), hall.show()))
    await settle()
    hall.devices.subscribe("hall/h/led_board/+/command", hall.answer)
    async with asyncio.timeout(5):
        assert (await asking).re == "c1"
    asked = hall.broker.seen_on("hall/h/led_board/b1/command")
    assert len(asked) > 1
    assert all(packet == asked[0] for packet in asked)


async def test_what_cannot_be_sent_is_said_or_counted(hall: Hall) -> None:
    hall.broker.stop()
    key = CallKey(id="k", at=hall.clock.now(), action="next")
    topic = hall.devices.topic("call_pad", "p1", "event")
    with pytest.raises(NotConnected):
        hall.devices.publish(topic, key)
    with pytest.raises(NotConnected):
        await hall.devices.ask(hall.devices.topic(*BOARD), hall.show())
    assert hall.devices.tell(topic, key) is False
    assert hall.devices.dropped == 1


async def test_states_are_told_again_after_every_reconnect(hall: Hall) -> None:
    state, there = (hall.devices.topic("call_pad", "p1", leaf) for leaf in ("state", "availability"))
    word = "first"
    hall.devices.own(state, lambda: hall.pad(word))
    hall.devices.own_availability(there)
    hall.broker.stop(forget=True)
    word = "second"
    hall.broker.start()
    await settle()
    assert json.loads(hall.broker.retained[str(state)].payload)["link"] == "second"
    assert hall.broker.retained[str(there)].payload == b"online"


async def test_a_state_that_is_over_is_removed_also_when_the_broker_was_away(hall: Hall) -> None:
    first, second = (hall.devices.topic("alarm", name, "state") for name in ("a1", "a2"))
    for topic in (first, second):
        hall.devices.own(topic, hall.pad)
    hall.devices.disown(first)
    assert str(first) not in hall.broker.retained
    hall.broker.stop()
    hall.devices.disown(second)
    assert str(second) in hall.broker.retained
    hall.broker.start()
    await settle()
    assert str(second) not in hall.broker.retained
    hall.devices.own(second, hall.pad)
    hall.broker.stop()
    hall.broker.start()
    await settle()
    assert str(second) in hall.broker.retained


async def test_a_room_that_leaves_says_so(clock: HandClock, new_id: Callable[[], str]) -> None:
    hall = Hall(clock, new_id)
    topic = hall.devices.topic("room", "devices", "availability")
    hall.devices.own_availability(topic)
    async with hall.devices.running():
        await hall.devices.connected.wait()
        assert hall.broker.retained[str(topic)].payload == b"online"
    assert hall.broker.retained[str(topic)].payload == b"offline"
    assert not hall.devices.connected.is_set()


async def test_the_heartbeat_repeats_every_state_and_outlives_one_that_fails(
    clock: HandClock,
    new_id: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(broker.client, "BEAT_S", 0.001)
    hall = Hall(clock, new_id)
    beaten = asyncio.Event()
    told: list[str] = []

    def state(name: str) -> PadState:
        told.append(name)
        if told.count("good") > 3:
            beaten.set()
        if name == "bad" and told.count("bad") > 1:
            raise RuntimeError("no state today")
        return hall.pad(name)

    for name in ("bad", "good"):
        hall.devices.own(hall.devices.topic("call_pad", name, "state"), partial(state, name))
    async with hall.devices.running(), asyncio.timeout(5):
        await beaten.wait()
    assert "call_pad/bad/state could not be told" in caplog.text


async def test_a_handler_that_fails_ends_nothing(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Message] = []

    def fail(_: Received) -> None:
        raise RuntimeError("a fault of ours")

    hall.controller.subscribe("hall/h/call_pad/+/event", fail)
    hall.controller.subscribe("hall/h/call_pad/+/event", lambda received: heard.append(received.message()))
    topic = hall.devices.topic("call_pad", "p1", "event")
    hall.devices.publish(topic, CallKey(id="k1", at=hall.clock.now(), action="next"))
    await settle()
    assert [message.id for message in heard] == ["k1"]
    assert "the room goes on" in caplog.text


async def test_a_flood_of_garbage_is_counted_and_logged_now_and_then(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    def read(received: Received) -> None:
        received.message()

    hall.controller.subscribe("#", read)
    for number in range(100):
        hall.broker.publish(Packet("hall/h/call_pad/p1/event", b"\xff" * number, 1))
        hall.broker.publish(Packet(f"city/weather/{number}", b"sunny", 1))
        hall.broker.publish(Packet("hall/h/room/controller/reply", b"{}", 1))
    await settle()
    # a reply is read by whoever asks and by the handler of everything
    assert hall.controller.unreadable == 400
    assert len(caplog.records) == 1
    hall.clock.move(61)
    hall.broker.publish(Packet("hall/h/call_pad/p1/event", b"", 1))
    await settle()
    assert "399 more" in caplog.text


async def test_a_response_topic_nobody_can_publish_on_harms_nobody(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = hall.broker.publish

    def as_paho_does(packet: Packet) -> None:
        if "#" in packet.topic:
            raise ValueError("Publish topic cannot contain wildcards.")
        publish(packet)

    monkeypatch.setattr(hall.broker, "publish", as_paho_does)
    hall.devices.subscribe("hall/h/led_board/+/command", hall.answer)
    payload = encode(hall.show())
    hall.broker.publish(Packet("hall/h/led_board/b1/command", payload, 1, response_topic="hall/#"))
    await settle()
    assert len(hall.broker.seen_on("hall/h/led_board/b1/reply")) == 1
    assert hall.devices.unreadable == 1


@pytest.mark.parametrize(
    ("filter_", "topic", "taken"),
    [
        ("hall/h/+/+/state", "hall/h/queue/a/state", True),
        ("hall/h/+/+/state", "hall/h/queue/a/event", False),
        ("hall/h/+/+/state", "hall/h/queue/a/state/more", False),
        ("hall/h/#", "hall/h", True),
        ("hall/h/#", "hall/h/queue/a/state", True),
        ("hall/h/#", "hall/other/queue/a/state", False),
        ("#", "hall/h", True),
        ("#", "$SYS/broker/uptime", False),
        ("+/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker", True),
        ("+/+", "/finance", True),
        ("a", "a/b", False),
        ("a/b", "a", False),
    ],
)
def test_filters_match_as_mqtt_says(filter_: str, topic: str, taken: bool) -> None:
    """MQTT 5.0 sections 4.7.1 and 4.7.2, with their examples."""
    assert matches(filter_, topic) is taken


@pytest.mark.parametrize(
    ("kind", "owner", "leaf"),
    [
        ("toaster", "x", "state"),
        ("queue", "A", "state"),
        ("queue", "a/b", "state"),
        ("queue", "#", "state"),
        ("queue", "", "state"),
        ("queue", "a", "mood"),
    ],
)
async def test_a_word_that_may_not_stand_in_a_topic_is_refused(
    hall: Hall, kind: str, owner: str, leaf: str
) -> None:
    with pytest.raises(BadTopic):
        hall.devices.topic(kind, owner, leaf)


async def test_what_is_unsubscribed_is_heard_no_more(hall: Hall) -> None:
    heard: list[Received] = []
    also: list[Received] = []
    filter_ = "hall/h/rating_pad/+/state"
    hall.controller.subscribe(filter_, heard.append)
    hall.controller.subscribe(filter_, also.append)
    topic = hall.devices.topic("rating_pad", "p1", "state")
    hall.devices.own(topic, hall.pad)
    await settle()
    hall.controller.unsubscribe(filter_, heard.append)
    hall.devices.refresh(topic)
    await settle()
    assert (len(heard), len(also)) == (1, 2)
    hall.controller.unsubscribe(filter_, also.append)
    hall.devices.refresh(topic)
    await settle()
    assert (len(heard), len(also)) == (1, 2)
    # and the broker sends it no more, whoever would listen
    assert not any(filter_ in session.filters for session in hall.broker._sessions.values())
