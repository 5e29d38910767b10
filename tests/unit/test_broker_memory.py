"""The broker in memory behaves as the hall needs a broker to behave, and can be unkind."""

import asyncio
import random

import pytest

from broker.memory import MemoryBroker, MemoryTransport, Weather
from broker.transport import NotConnected, Packet

WILL = Packet("hall/h/room/a/availability", b"offline", 1, retain=True)


class Client:
    """A transport that is run, and what came to it."""

    def __init__(self, broker: MemoryBroker, name: str, will: Packet | None = None) -> None:
        self.transport: MemoryTransport = broker.transport(name, will)
        self.got: list[Packet] = []
        self.downs: list[str] = []
        self.up = asyncio.Event()
        self.transport.on_packet = self.got.append
        self.transport.on_up = self.up.set
        self.transport.on_down = self._down
        self._task = asyncio.create_task(self.transport.run())

    def _down(self, why: str) -> None:
        self.up.clear()
        self.downs.append(why)

    async def connected(self) -> None:
        async with asyncio.timeout(5):
            await self.up.wait()

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def settle() -> None:
    """Let everything that is on its way arrive."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_late_subscriber_gets_the_retained_picture_and_nothing_else() -> None:
    broker = MemoryBroker()
    early, late = Client(broker, "early"), Client(broker, "late")
    await early.connected()
    await late.connected()
    early.transport.publish(Packet("hall/h/queue/a/state", b"old", 1, retain=True))
    early.transport.publish(Packet("hall/h/queue/a/state", b"new", 1, retain=True))
    early.transport.publish(Packet("hall/h/queue/b/state", b"gone", 1, retain=True))
    early.transport.publish(Packet("hall/h/queue/b/state", b"", 1, retain=True))
    early.transport.publish(Packet("hall/h/counter/1/event", b"past", 1))
    late.transport.subscribe(["hall/h/#"])
    await settle()
    assert [(packet.topic, packet.payload) for packet in late.got] == [("hall/h/queue/a/state", b"new")]
    await early.leave()
    await late.leave()


async def test_quality_of_service_is_carried_through() -> None:
    broker = MemoryBroker()
    client = Client(broker, "c")
    await client.connected()
    client.transport.subscribe(["+/x"])
    for qos in (0, 1, 2):
        client.transport.publish(Packet("a/x", b"", qos))
    await settle()
    assert [packet.qos for packet in client.got] == [0, 1, 1]
    await client.leave()


async def test_a_cut_client_leaves_its_will_and_gets_later_what_it_missed() -> None:
    broker = MemoryBroker()
    cut = Client(broker, "cut", WILL)
    await cut.connected()
    cut.transport.subscribe(["a/+"])
    broker.stop()
    assert broker.retained[WILL.topic].payload == b"offline"
    assert cut.downs == ["the broker stopped"]
    with pytest.raises(NotConnected):
        cut.transport.publish(Packet("a/b", b"", 1))
    broker.publish(Packet("a/b", b"missed", 1))
    broker.publish(Packet("a/b", b"QoS 0 is not kept", 0))
    broker.start()
    await cut.connected()
    await settle()
    assert [packet.payload for packet in cut.got] == [b"missed"]
    await cut.leave()


async def test_leaving_on_purpose_raises_no_will() -> None:
    broker = MemoryBroker()
    client = Client(broker, "c", WILL)
    await client.connected()
    await client.leave()
    assert not broker.retained
    assert client.downs == ["closed"]


async def test_what_is_on_its_way_when_a_client_is_cut_arrives_after_it_is_back() -> None:
    broker = MemoryBroker()
    client = Client(broker, "c")
    await client.connected()
    client.transport.subscribe(["a"])
    broker.publish(Packet("a", b"1", 1))
    broker.cut("c")
    await asyncio.sleep(0)
    await client.connected()
    await settle()
    assert [packet.payload for packet in client.got] == [b"1"]
    await client.leave()


async def test_a_broker_that_keeps_nothing_forgets_pictures_and_sessions() -> None:
    broker = MemoryBroker()
    client = Client(broker, "c")
    await client.connected()
    client.transport.subscribe(["#"])
    client.transport.publish(Packet("a", b"1", 1, retain=True))
    broker.stop(forget=True)
    broker.start()
    client.up.clear()
    await client.connected()
    broker.publish(Packet("b", b"2", 1))
    await settle()
    assert broker.retained == {}
    assert client.got == []
    await client.leave()


async def test_bad_weather_is_the_same_for_the_same_seed() -> None:
    async def day(seed: int) -> list[bytes]:
        broker = MemoryBroker(random.Random(seed), Weather(lose=0.3, duplicate=0.3))
        client = Client(broker, "c")
        await client.connected()
        client.transport.subscribe(["a"])
        for number in range(100):
            broker.publish(Packet("a", b"%d" % number, 1))
        await settle()
        await client.leave()
        return [packet.payload for packet in client.got]

    first = await day(1)
    assert first == await day(1)
    assert first != await day(2)
    assert len(set(first)) < 100
    assert len(first) > len(set(first))


async def test_delayed_packets_overtake_each_other_and_all_arrive() -> None:
    broker = MemoryBroker(random.Random(3), Weather(delay_s=0.02))
    client = Client(broker, "c")
    await client.connected()
    client.transport.subscribe(["a"])
    arrived: list[bytes] = []
    all_there = asyncio.Event()

    def take(packet: Packet) -> None:
        arrived.append(packet.payload)
        if len(arrived) == 50:
            all_there.set()

    client.transport.on_packet = take
    sent = [b"%d" % number for number in range(50)]
    for payload in sent:
        broker.publish(Packet("a", payload, 1))
    async with asyncio.timeout(5):
        await all_there.wait()
    assert sorted(arrived) == sorted(sent)
    assert arrived != sent
    await client.leave()
