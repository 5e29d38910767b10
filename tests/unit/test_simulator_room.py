"""The room of simulators on a bus in memory: devices at their links, their states, a hand that turns them."""

import asyncio
import json
import os
import termios
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from broker.messages.envelope import Command, Reply
from broker.messages.simulators import Switch, Touch
from hallfile.premises import Premises
from simulators.room import run
from tests.golden import vector
from tests.unit.simulated_hall import EXAMPLES, PATIENCE_S, set_speed, write_hall

WIRE = ["silent", "garbage", "one_byte", "loss", "delay_ms", "unplugged"]
"""The faults that any wire can have."""


class House:
    """A running room and what is seen of it on the bus."""

    def __init__(self, premises: Premises, broker: MemoryBroker, bus: Bus) -> None:
        self.premises = premises
        self.broker = broker
        self.bus = bus
        self._numbers = count(1)

    def state(self, device: str) -> dict[str, Any]:
        packet = self.broker.retained.get(f"hall/small/simulator/{device}/state")
        state: dict[str, Any] = json.loads(packet.payload) if packet else {}
        return state

    async def turn(self, device: str, control: str, value: Any) -> Reply:
        return await self.ask(device, Switch, control=control, value=value)

    async def ask(self, device: str, command: type[Command], **keys: Any) -> Reply:
        topic = self.bus.topic("simulator", device, "command")
        now = self.bus.clock.now()
        made = command(
            id=f"t-{next(self._numbers)}", at=now, expires=self.bus.expires(5.0), by="console/test", **keys
        )
        return await self.bus.ask(topic, made)

    async def until(self, wanted: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not wanted():
                await asyncio.sleep(0.005)

    def link(self, name: str) -> Path:
        return self.premises.run / name

    def open(self, name: str) -> int:
        return os.open(self.link(name), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    async def answer(self, port: int, size: int) -> bytes:
        """The next `size` bytes of an open link."""
        data = b""

        def came() -> bool:
            nonlocal data
            try:
                data += os.read(port, size - len(data))
            except BlockingIOError:
                return False
            return len(data) == size

        await self.until(came)
        return data


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    write_hall(tmp_path)
    premises = Premises.open(tmp_path / "hall.toml", tmp_path / "data", None, simulated=True)
    broker = MemoryBroker()
    new_id = ulids(premises.clock)
    bus = Bus("small", "sim", broker.transport("sim"), premises.clock, new_id)
    asking = Bus("small", "test", broker.transport("test"), premises.clock, new_id)
    async with bus.running(), asking.running():
        room = asyncio.create_task(run(premises, bus))
        made = House(premises, broker, asking)
        await made.until(lambda: len(broker.retained) == 6 and made.link("mic-1").exists())
        yield made
        room.cancel()
        await asyncio.gather(room, return_exceptions=True)
    assert list(premises.run.iterdir()) == []


async def test_every_simulated_device_stands_at_its_link_and_says_what_can_be_done(house: House) -> None:
    assert sorted(path.name for path in house.premises.run.iterdir()) == sorted(
        ["b1", "call-1", "mic-1", "p1", "r1", "rate-1", "rate-1.leds"]
    )
    controls = {name: list(house.state(name)["controls"]) for name in ("p1", "r1", "b1", "mic-1", "rate-1")}
    assert controls == {
        "p1": [
            "cover",
            "paper_mm",
            "near_end",
            "jam",
            "cutter",
            "overheat",
            "ticket",
            "mm_per_s",
            "lost_answers",
            "model",
            *WIRE,
        ],
        "r1": ["card", "sw3", "card_s", "speed", "fault", *WIRE],
        "b1": ["power", "power_cut", "busy", "nack", "baud", *WIRE],
        "mic-1": ["level", "scene", "dead", "clipped", "unplugged"],
        "rate-1": ["key", "bounce", "stuck", "unplugged"],
    }
    assert house.state("r1")["choices"]["card"][:2] == ["none", "c01"]
    assert house.state("call-1")["choices"]["key"] == ["next", "recall", "pass", "hold", "finish"]
    numbers = [
        card.split('"')[1] for card in (EXAMPLES / "cards.toml").read_text("utf-8").split("number = ")[1:]
    ]
    said = b"".join(packet.payload for packet in house.broker.seen).decode()
    assert not any(number in said for number in numbers)


async def test_a_ticket_comes_out_is_seen_and_its_first_byte_told(house: House) -> None:
    port = house.open("p1")
    os.write(port, b"\x10\x04\x01")
    assert await house.answer(port, 1) == b"\x12"
    os.write(port, "请A001号\n".encode("gb18030") + bytes.fromhex("1D 56 42 00 1D 72 01"))
    assert await house.answer(port, 1) == b"\x00"
    await house.until(lambda: house.state("p1")["shows"]["ticket"] == ["请A001号"])
    events = [json.loads(packet.payload) for packet in house.broker.seen_on("hall/small/simulator/p1/event")]
    assert [(event["type"], event["what"]) for event in events] == [("first_byte", "print")]
    assert abs(events[0]["monotonic_ns"] / 1e9 - house.bus.clock.monotonic()) < 60
    version = house.state("p1")["picture_version"]
    await house.until(lambda: house.state("p1")["picture_version"] > 0)
    with Image.open(house.premises.pictures / house.state("p1")["picture"]) as picture:
        assert picture.width == 576
    assert version <= house.state("p1")["picture_version"]
    os.close(port)


async def test_the_cover_is_opened_by_hand_and_felt_on_the_wire(house: House) -> None:
    port = house.open("p1")
    assert (await house.turn("p1", "cover", True)).ok
    os.write(port, b"\x10\x04\x02")
    assert await house.answer(port, 1) == b"\x16"
    await house.until(lambda: house.state("p1")["controls"]["cover"] is True)
    assert (await house.turn("p1", "paper_mm", 2000)).ok
    os.write(port, b"\x10\x04\x04")
    assert await house.answer(port, 1) == b"\x1e"
    assert (await house.turn("p1", "near_end", False)).ok
    await house.until(lambda: house.state("p1")["controls"]["paper_mm"] == 80000)
    os.close(port)


async def test_a_silent_printer_prints_and_says_nothing(house: House) -> None:
    port = house.open("p1")
    await house.turn("p1", "silent", True)
    os.write(port, b"\x10\x04\x01line\n")
    await house.until(lambda: house.state("p1")["controls"]["paper_mm"] < 80000)
    await house.turn("p1", "silent", False)
    await house.turn("p1", "cover", True)
    os.write(port, b"\x10\x04\x02")
    assert await house.answer(port, 1) == b"\x16"
    os.close(port)


async def test_garbage_comes_in_place_of_answers(house: House) -> None:
    port = house.open("p1")
    await house.turn("p1", "garbage", True)
    os.write(port, b"\x10\x04\x02" * 8)
    assert await house.answer(port, 8) != b"\x12" * 8
    os.close(port)


async def test_a_slow_line_brings_an_answer_late_and_byte_by_byte(house: House) -> None:
    port = house.open("r1")
    await house.turn("r1", "delay_ms", 60)
    await house.turn("r1", "one_byte", True)
    asked_at = house.bus.clock.monotonic()
    os.write(port, bytes.fromhex("AA AA AA 96 69 00 03 11 FF ED"))
    assert await house.answer(port, 11) == bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    assert house.bus.clock.monotonic() - asked_at >= 0.12
    os.close(port)


async def test_a_line_that_loses_everything_is_silent_both_ways(house: House) -> None:
    port = house.open("p1")
    await house.turn("p1", "loss", 100)
    os.write(port, b"\x10\x04\x01line\n")
    await house.turn("p1", "loss", 0)
    os.write(port, b"\x10\x04\x04")
    assert await house.answer(port, 1) == b"\x12"
    assert house.state("p1")["controls"]["paper_mm"] == 80000
    assert not (await house.turn("p1", "loss", 101)).ok
    os.close(port)


async def test_the_readers_speed_is_changed_by_its_host(house: House) -> None:
    port = house.open("r1")
    ok = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    os.write(port, bytes.fromhex("AA AA AA 96 69 00 03 60 04 67"))
    assert await house.answer(port, 11) == ok
    await house.until(lambda: house.state("r1")["shows"]["speed"] == 9600)
    set_speed(port, termios.B9600)
    os.write(port, bytes.fromhex("AA AA AA 96 69 00 03 11 FF ED"))
    assert await house.answer(port, 11) == ok
    os.close(port)


async def test_a_plug_is_pulled_and_put_back(house: House) -> None:
    for name in ("p1", "r1", "b1", "rate-1", "mic-1"):
        assert (await house.turn(name, "unplugged", True)).ok
        assert not house.link(name).exists()
        assert (await house.turn(name, "unplugged", True)).ok
        assert (await house.turn(name, "unplugged", False)).ok
        assert house.link(name).exists()
    port = house.open("r1")
    os.write(port, bytes.fromhex("AA AA AA 96 69 00 03 11 FF ED"))
    assert await house.answer(port, 11) == bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    os.close(port)


async def test_a_card_is_laid_down_and_found(house: House) -> None:
    port = house.open("r1")
    find = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
    assert (await house.turn("r1", "card", "c02")).ok
    os.write(port, find)
    assert (await house.answer(port, 15))[9] == 0x9F
    assert (await house.turn("r1", "card", None)).ok
    os.write(port, find)
    assert (await house.answer(port, 11))[9] == 0x80
    os.close(port)


async def test_a_key_reaches_the_driver_that_listens(house: House) -> None:
    assert (await house.turn("call-1", "key", "next")).ok
    await house.until(lambda: house.state("call-1")["shows"]["unheard"] == 1)
    pad = os.open(house.link("call-1"), os.O_RDONLY | os.O_NONBLOCK)
    assert (await house.turn("call-1", "key", "finish")).ok
    stroke = await house.answer(pad, 96)
    assert stroke[16:24] == bytes.fromhex("01 00 53 00 01 00 00 00")
    await house.until(
        lambda: house.state("call-1")["shows"] == {"last_key": "finish", "pressed": 2, "unheard": 1}
    )
    os.close(pad)


async def test_a_pickup_streams_in_real_time_to_whoever_listens(house: House) -> None:
    pipe = os.open(house.link("mic-1"), os.O_RDONLY | os.O_NONBLOCK)
    began = house.bus.clock.monotonic()
    await house.answer(pipe, 2 * 16000)
    assert house.bus.clock.monotonic() - began > 0.6
    assert (await house.turn("mic-1", "scene", "slam")).ok
    await house.until(lambda: house.state("mic-1")["controls"]["scene"] == "slam")
    await house.until(lambda: house.state("mic-1")["controls"]["scene"] == "none")
    os.close(pipe)


async def test_a_board_shows_what_it_was_sent(house: House) -> None:
    port = house.open("b1")
    os.write(port, vector("onbon", "dynamic_call").bytes)
    ack = bytes.fromhex("00 80 01 00 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00")
    assert (await house.answer(port, 30))[8:27] == ack
    await house.until(lambda: house.state("b1")["shows"]["areas"] == {"0": "A012 请到 3 号窗口"})
    assert house.broker.seen_on("hall/small/simulator/b1/event")
    await house.until(lambda: house.state("b1")["picture_version"] > 0)
    with Image.open(house.premises.pictures / "b1.png") as picture:
        assert picture.size == (512, 128)
    os.close(port)


@pytest.mark.parametrize(
    ("device", "control", "value", "reason"),
    [
        ("p1", "lid", True, "unknown_control"),
        ("p1", "cover", 1, "bad_value"),
        ("p1", "paper_mm", -1, "bad_value"),
        ("p1", "paper_mm", True, "bad_value"),
        ("r1", "card", "c99", "bad_value"),
        ("rate-1", "key", None, "bad_value"),
        ("mic-1", "scene", ["slam"], "malformed"),
    ],
)
async def test_what_a_hand_can_not_do_is_refused(
    house: House, device: str, control: str, value: Any, reason: str
) -> None:
    reply = await house.turn(device, control, value)
    assert (reply.ok, reply.reason) == (False, reason)
    assert reply.text


async def test_a_touch_is_no_switch(house: House) -> None:
    assert (await house.ask("p1", Touch, x=1, y=2)).reason == "unknown_type"


async def test_a_printer_at_work_publishes_at_most_four_times_a_second(house: House) -> None:
    port = house.open("p1")
    before = len(house.broker.seen_on("hall/small/simulator/p1/state"))
    began = house.bus.clock.monotonic()
    os.write(port, b"line\n" * 60 + bytes.fromhex("1D 72 01"))
    await house.answer(port, 1)
    took = house.bus.clock.monotonic() - began
    assert took > 1.0
    assert len(house.broker.seen_on("hall/small/simulator/p1/state")) - before <= 4 * took + 2
    os.close(port)
