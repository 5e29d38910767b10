"""The room of simulators on a bus in memory: devices at their links, their states, a hand that turns them."""

import asyncio
import json
import os
import termios
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broker.client import Bus
from broker.clock import Clock
from broker.ids import ulids
from broker.memory import MemoryBroker
from broker.messages.envelope import Command, Reply
from broker.messages.simulators import Switch, Touch
from hallfile.catalogue import Catalogue
from hallfile.load import BadHallFile, load
from hallfile.premises import Premises
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.stand_in import Stage
from simulators.room import TEXTS, run
from simulators.ticket_printer.simulator import PrinterStandIn
from tests.conftest import HandClock
from tests.golden import vector

EXAMPLES = Path(__file__).parents[2] / "examples"
PATIENCE_S = 10.0
WIRE = ["silent", "garbage", "one_byte", "loss", "delay_ms", "unplugged"]
"""The faults that any wire can have."""

HALL = """
[hall]
id = "small"
name = "小厅"
name_en = "A small hall"
[zones]
all = { name = "大厅", name_en = "Hall" }
[services]
a = { prefix = "A", name = "纳税", name_en = "Tax", zone = "all", mean_minutes = 5 }
[counters]
1 = { services = ["a"], zone = "all" }
[ticket_printers]
p1 = { link = "serial:{data}/run/p1?baud=115200", simulated = true }
real = { link = "serial:/dev/ttyUSB0" }
[id_readers]
r1 = { link = "serial:{data}/run/r1", simulated = true }
[rating_pads]
rate-1 = { counter = "1", link = "evdev:{data}/run/rate-1", simulated = true }
[call_pads]
call-1 = { counter = "1", link = "evdev:{data}/run/call-1", simulated = true }
[mic_monitors]
mic-1 = { counter = "1", link = "pcm:{data}/run/mic-1?rate=16000", full_scale_db = 120, simulated = true }
[announcers]
voice = { link = "audio:ring", simulated = true }
[led_boards.b1]
link = "serial:{data}/run/b1?baud=57600"
simulated = true
width = 128
height = 32
areas.call = { x = 0, y = 0, width = 128, height = 32, font_px = 24 }
[simulation]
cards = "cards.toml"
"""


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
    (tmp_path / "cards.toml").write_bytes((EXAMPLES / "cards.toml").read_bytes())
    (tmp_path / "hall.toml").write_text(HALL, encoding="utf-8")
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


async def test_a_late_room_still_answers_at_the_speed_it_was_asked_at(
    tmp_path: Path, clock: HandClock
) -> None:
    stage = stage_at(tmp_path, clock)
    stand_in = ReaderStandIn("r1", stage.premises.hall.id_readers["r1"], stage)
    stand_in.plug()
    port = os.open(stage.premises.run / "r1", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    stand_in.wire.on_bytes(bytes.fromhex("AA AA AA 96 69 00 03 60 04 67"))
    clock.move(10.0)
    stand_in.step()
    assert os.read(port, 64) == bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
    assert stand_in.reader.speed == 9600
    stand_in.close()
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


async def test_two_ends_of_different_speeds_hear_noise(tmp_path: Path) -> None:
    stand_in = printer_at(tmp_path)
    stand_in.plug()
    port = os.open(tmp_path / "data" / "run" / "p1", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    ticket = b"A001\n" + bytes.fromhex("1D 56 42 00")
    set_speed(port, termios.B9600)
    stand_in.wire.on_bytes(ticket)
    set_speed(port, termios.B115200)
    stand_in.printer.hang_up()
    stand_in.wire.on_bytes(b"\n" + ticket)
    stand_in.printer.advance(stand_in.stage.clock.monotonic() + 60)
    assert stand_in.printer.paper.tickets == 1
    assert stand_in.printer.paper.last_ticket()[-1] == "A001"
    stand_in.close()
    os.close(port)


def printer_at(folder: Path) -> PrinterStandIn:
    """A stand-in on a bus that nobody listens to."""
    stage = stage_at(folder)
    return PrinterStandIn("p1", stage.premises.hall.ticket_printers["p1"], stage)


def stage_at(folder: Path, clock: Clock | None = None) -> Stage:
    """A stage on a bus that nobody listens to, by `clock` or the machine's own."""
    (folder / "cards.toml").write_bytes((EXAMPLES / "cards.toml").read_bytes())
    (folder / "hall.toml").write_text(HALL, encoding="utf-8")
    premises = Premises.open(folder / "hall.toml", folder / "data", None, simulated=True)
    clock = clock or premises.clock
    bus = Bus("small", "sim", MemoryBroker().transport("sim"), clock, ulids(clock))
    return Stage(premises, bus, Catalogue.load(TEXTS, "zh-CN"), ThreadPoolExecutor(1))


def set_speed(port: int, speed: int) -> None:
    attributes = termios.tcgetattr(port)
    attributes[4] = attributes[5] = speed
    termios.tcsetattr(port, termios.TCSANOW, attributes)


async def test_a_link_whose_place_is_taken_is_stood_at_once_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("simulators.kit.stand_in.RETRY_S", 0.01)
    stand_in = printer_at(tmp_path)
    place = tmp_path / "data" / "run" / "p1"
    place.write_text("in the way", encoding="utf-8")
    running = asyncio.create_task(stand_in.run())
    async with asyncio.timeout(PATIENCE_S):
        while "can't stand at" not in caplog.text:
            await asyncio.sleep(0.005)
        place.unlink()
        while not place.is_symlink():
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not place.is_symlink()


def test_namesakes_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "cards.toml").write_bytes((EXAMPLES / "cards.toml").read_bytes())
    (tmp_path / "hall.toml").write_text(HALL.replace("r1 = {", "p1 = {"), encoding="utf-8")
    with pytest.raises(BadHallFile) as refused:
        load(tmp_path / "hall.toml")
    said = "id_readers.p1: ticket_printers.p1 is simulator/p1 on the bus; choose another id"
    assert refused.value.faults == [said]


@pytest.mark.parametrize("link", ["tcp://127.0.0.1:1", "pcm:{data}/run/x"])
async def test_a_pad_on_a_wire_that_can_not_be_simulated_is_said(tmp_path: Path, link: str) -> None:
    (tmp_path / "cards.toml").write_bytes((EXAMPLES / "cards.toml").read_bytes())
    (tmp_path / "hall.toml").write_text(HALL.replace("evdev:{data}/run/rate-1", link), encoding="utf-8")
    premises = Premises.open(tmp_path / "hall.toml", tmp_path / "data", None, simulated=True)
    bus = Bus("small", "sim", MemoryBroker().transport("sim"), premises.clock, ulids(premises.clock))
    with pytest.raises(ValueError, match=r"rating_pad rate-1: .* can't be simulated; give it evdev:PATH"):
        await run(premises, bus)
