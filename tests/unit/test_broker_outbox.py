"""What must not be lost is stored first, resent, and gone once the controller has it."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broker.client import Bus
from broker.memory import MemoryBroker
from broker.messages.devices import RatingKey
from broker.messages.envelope import Ack
from broker.outbox import Outbox
from tests.conftest import HandClock

TOPIC = "hall/h/rating_pad/rate-01/event"
ACKS = "hall/h/rating_pad/rate-01/ack"


class Room:
    """A room with an outbox over a broker in memory."""

    def __init__(self, broker: MemoryBroker, clock: HandClock, new_id: Callable[[], str], path: Path) -> None:
        self.broker = broker
        self.bus = Bus("h", "devices", broker.transport("h-devices"), clock, new_id)
        self.outbox = Outbox(self.bus, path / "outbox.db", most_kept=10)
        self.clock = clock

    def press(self, grade: Any = 5) -> str:
        """Put a rating, as a pad does; returns its id."""
        event = RatingKey(id=self.bus.new_id(), at=self.clock.now(), grade=grade, ticket="t1")
        self.outbox.put(self.bus.topic("rating_pad", "rate-01", "event"), event)
        return event.id

    def acknowledge(self, event_id: str) -> None:
        """As the controller does."""
        topic = self.bus.topic("rating_pad", "rate-01", "ack")
        self.bus.publish(topic, Ack(id=f"ack-{event_id}", at=self.clock.now(), re=event_id))

    def sent(self) -> list[dict[str, Any]]:
        """All attempts the broker saw."""
        return [json.loads(packet.payload) for packet in self.broker.seen_on(TOPIC)]


@pytest.fixture
def room(clock: HandClock, new_id: Callable[[], str], tmp_path: Path) -> Room:
    return Room(MemoryBroker(), clock, new_id, tmp_path)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def connected(bus: Bus) -> None:
    async with asyncio.timeout(5):
        await bus.connected.wait()


async def test_an_event_is_sent_at_once_and_kept_until_it_is_acknowledged(room: Room) -> None:
    async with room.bus.running():
        await connected(room.bus)
        first = room.press()
        second = room.press(1)
        assert [(event["id"], event["keep"], event["attempt"]) for event in room.sent()] == [
            (first, True, 1),
            (second, True, 1),
        ]
        room.acknowledge(first)
        await settle()
        assert len(room.outbox) == 1
        room.acknowledge("nobody-asked")
        room.acknowledge(second)
        await settle()
        assert len(room.outbox) == 0
        room.clock.move(100)
        room.outbox.resend_due()
        assert len(room.sent()) == 2


async def test_it_is_resent_the_same_but_for_the_attempt_after_2_4_8_to_60_s(room: Room) -> None:
    async with room.bus.running():
        await connected(room.bus)
        room.press()
        moments = [0]
        for second in range(1, 250):
            room.clock.move(1)
            room.outbox.resend_due()
            if len(room.sent()) > len(moments):
                moments.append(second)
        assert moments == [0, 2, 6, 14, 30, 62, 122, 182, 242]
        assert [event.pop("attempt") for event in room.sent()] == list(range(1, 10))
        stripped = [{**event, "attempt": 0} for event in room.sent()]
        assert all(event == stripped[0] for event in stripped)


async def test_what_happened_while_the_broker_was_away_goes_out_when_it_is_back(room: Room) -> None:
    pressed = [room.press() for _ in range(3)]
    assert room.sent() == []
    async with room.bus.running():
        await connected(room.bus)
        assert [event["id"] for event in room.sent()] == pressed
        room.broker.stop()
        pressed.append(room.press())
        room.broker.start()
        await connected(room.bus)
        assert [event["id"] for event in room.sent()[3:]] == pressed


async def test_it_outlives_a_restart_of_the_room(
    room: Room, clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> None:
    pressed = room.press()
    room.outbox.close()
    again = Room(room.broker, clock, new_id, tmp_path)
    assert len(again.outbox) == 1
    async with again.bus.running():
        await connected(again.bus)
        assert [(event["id"], event["attempt"]) for event in again.sent()] == [(pressed, 2)]
        again.acknowledge(pressed)
        await settle()
    again.outbox.close()
    assert len(Room(room.broker, clock, new_id, tmp_path).outbox) == 0


async def test_it_is_bounded_and_says_what_it_gave_up(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    pressed = [room.press() for _ in range(12)]
    assert len(room.outbox) == 10
    assert room.outbox.given_up == 2
    assert pressed[0] in caplog.text
    async with room.bus.running():
        await connected(room.bus)
        assert [event["id"] for event in room.sent()] == pressed[2:]


async def test_running_it_resends_without_being_asked(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> None:
    broker = MemoryBroker()
    sent_often = asyncio.Event()

    async def sleep(seconds: float) -> None:
        clock.move(seconds)
        if len(broker.seen_on(TOPIC)) >= 4:
            sent_often.set()
        await asyncio.sleep(0)

    bus = Bus("h", "devices", broker.transport("h-devices"), clock, new_id)
    outbox = Outbox(bus, tmp_path / "outbox.db", sleep=sleep)
    async with bus.running():
        await connected(bus)
        outbox.put(
            bus.topic("rating_pad", "rate-01", "event"),
            RatingKey(id="r1", at=clock.now(), grade=4, ticket="t"),
        )
        task = asyncio.create_task(outbox.run())
        async with asyncio.timeout(5):
            await sent_often.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{}", b'{"v":1,"id":"x","type":"ack"}'])
async def test_garbage_for_an_acknowledgement_changes_nothing(room: Room, payload: bytes) -> None:
    async with room.bus.running():
        await connected(room.bus)
        room.press()
        room.bus.send(room.bus.topic("rating_pad", "rate-01", "ack"), payload)
        await settle()
        assert len(room.outbox) == 1
