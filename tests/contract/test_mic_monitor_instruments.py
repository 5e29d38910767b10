"""Noise transmitters and pushing modules: the driver at one end of a line, simulated ones at the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from broker.messages.devices import Calibrate, InstrumentLevel
from devices.kit.lines import Lines
from devices.mic_monitor import instrument
from devices.mic_monitor.driver import MicMonitor
from hallfile.devices import MicMonitor as Entry
from simulators.kit.party import PartyLines
from simulators.mic_monitor.instrument import InstrumentStandIn
from tests.contract.simulated import plugged
from tests.contract.stand import Stand, standing

LOUD, QUIET = 82.0, 47.0


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds that a test need not wait out."""
    monkeypatch.setattr(instrument, "ANSWERS_WITHIN_S", 0.1)
    monkeypatch.setattr(instrument, "PUSHES_WITHIN_S", 0.8)
    monkeypatch.setattr(instrument, "TELL_EVERY_S", 0.2)
    monkeypatch.setattr(instrument, "REST_OF_THE_DEAD_S", 0.3)


class Counter:
    """One counter: the instrument that hangs there and what is heard of it on the bus."""

    def __init__(self, machine: InstrumentStandIn, stand: Stand) -> None:
        self.machine = machine
        self.stand = stand

    def turn(self, control: str, value: Any) -> None:
        self.machine.controls()[control].turn(value)

    async def reads(self, level: float) -> None:
        """Wait until `level` is published."""
        await self.stand.until(
            lambda seen: seen.readings and seen.readings[-1].level == pytest.approx(level, abs=0.2)
        )

    async def has_for_background(self, level: float) -> None:
        """Wait until the readings from before the machine was set have no weight."""
        await self.stand.until(lambda seen: seen.readings[-1].background == pytest.approx(level, abs=0.2))


@asynccontextmanager
async def line(
    folder: Path, *models: tuple[str, int | None], options: str = ""
) -> AsyncIterator[list[Counter]]:
    """Instruments on one line, each with its driver."""
    wires, lines, counters = PartyLines(), Lines(), []
    async with AsyncExitStack() as drivers:
        with ExitStack() as machines:
            for number, (model, address) in enumerate(models, 1):
                entry = Entry(
                    link=f"serial:{folder}/rs485{options}", counter=str(number), model=model, address=address
                )

                def make(stage: Any, entry: Entry = entry, name: str = f"n{number}") -> InstrumentStandIn:
                    return InstrumentStandIn(name, entry, stage, wires)

                machine = machines.enter_context(plugged(make, folder / str(number)))
                machine.loudness.level = QUIET + number
                (folder / f"d{number}").mkdir()
                stand = await drivers.enter_async_context(
                    standing(MicMonitor, entry, folder / f"d{number}", lines=lines, name=f"n{number}")
                )
                counters.append(Counter(machine, stand))
            yield counters


@pytest.mark.parametrize("model", ["renke-zs", "sonbest", "gemho", "rt-zs-bz"])
async def test_a_transmitter_tells_its_level_and_calls_it_by_no_other_name(
    tmp_path: Path, model: str
) -> None:
    async with line(tmp_path, (model, 7)) as (counter,):
        await counter.reads(48.0)
        await counter.has_for_background(48.0)
        reading = counter.stand.readings[-1]
        assert isinstance(reading, InstrumentLevel)
        assert reading.calibrated
        assert not hasattr(reading, "laf")
        counter.turn("level", LOUD)
        await counter.reads(LOUD)
        assert counter.stand.state.device == "online"
        assert counter.stand.state.full_scale_db is None


async def test_a_module_pushes_its_level(tmp_path: Path) -> None:
    async with line(tmp_path, ("dy-pushed", None)) as (counter,):
        await counter.reads(48.0)
        counter.turn("silent", True)
        await counter.stand.word("offline", cause_has="instrument_silent")
        counter.turn("silent", False)
        await counter.stand.word("online")
        counter.turn("bad_check", True)
        await counter.stand.word("offline")
        counter.turn("bad_check", False)
        counter.turn("level", LOUD)
        await counter.reads(LOUD)


async def test_several_on_one_line_are_told_apart_and_a_dead_one_stops_nobody(tmp_path: Path) -> None:
    async with line(tmp_path, ("sonbest", 1), ("sonbest", 2), ("gemho", 3)) as (one, two, three):
        await asyncio.gather(one.reads(48.0), two.reads(49.0), three.reads(50.0))
        two.turn("silent", True)
        await two.stand.word("offline", cause_has="instrument_silent")
        assert two.stand.availability == "offline"
        heard = len(one.stand.readings), len(three.stand.readings)
        one.turn("level", LOUD)
        await asyncio.gather(one.reads(LOUD), three.reads(50.0))
        await one.stand.until(lambda seen: len(seen.readings) >= heard[0] + 5)
        await three.stand.until(lambda seen: len(seen.readings) >= heard[1] + 5)
        assert (one.stand.state.device, three.stand.state.device) == ("online", "online")
        two.turn("silent", False)
        await two.stand.word("online")
        await two.reads(49.0)


async def test_what_can_go_wrong_with_an_answer(tmp_path: Path) -> None:
    async with line(tmp_path, ("sonbest", 1)) as (counter,):
        await counter.reads(48.0)
        for control in ("bad_check", "garbage", "slow"):
            counter.turn(control, True)
            await counter.stand.word("offline", cause_has="instrument_silent")
            counter.turn(control, False)
            await counter.stand.word("online")
        counter.turn("refuses", True)
        await counter.stand.word("hardwareError", cause_has="instrument_refuses")
        counter.turn("refuses", False)
        await counter.stand.word("online")
        counter.turn("one_byte", True)
        counter.turn("level", LOUD)
        await counter.reads(LOUD)


async def test_what_can_be_no_level_is_none(tmp_path: Path) -> None:
    async with line(tmp_path, ("sonbest", 1)) as (counter,):
        await counter.reads(48.0)
        counter.turn("dead", True)
        await counter.stand.word("online", cause_has="instrument_implausible")
        await counter.stand.until(lambda seen: seen.readings[-1].level is None)
        assert counter.stand.readings[-1].background is None
        counter.turn("silent", True)
        await counter.stand.word("offline")
        told = len(counter.stand.readings)
        await asyncio.sleep(0.5)
        assert len(counter.stand.readings) <= told + 1
        counter.turn("silent", False)
        counter.turn("dead", False)
        await counter.reads(48.0)
        assert counter.stand.state.cause is None


async def test_a_line_that_is_pulled_out_is_opened_again_for_all(tmp_path: Path) -> None:
    async with line(tmp_path, ("sonbest", 1), ("sonbest", 2)) as (one, two):
        await asyncio.gather(one.reads(48.0), two.reads(49.0))
        one.turn("unplugged", True)
        two.turn("unplugged", True)
        await asyncio.gather(one.stand.word("powerOff"), two.stand.word("powerOff"))
        one.turn("unplugged", False)
        two.turn("unplugged", False)
        await asyncio.gather(one.stand.word("online"), two.stand.word("online"))


async def test_a_transmitter_at_another_speed_is_not_understood(tmp_path: Path) -> None:
    async with line(tmp_path, ("renke-zs", 1), options="?baud=9600") as (counter,):
        counter.machine._baud = 4800
        await counter.stand.word("offline", cause_has="instrument_silent")


async def test_an_instrument_is_not_calibrated_here(tmp_path: Path) -> None:
    async with line(tmp_path, ("sonbest", 1)) as (counter,):
        await counter.reads(48.0)
        assert (await counter.stand.ask(Calibrate)).reason == "factory_calibrated"


@pytest.mark.parametrize(
    ("keys", "cause"),
    [({"model": "sonbest"}, "give it its address"), ({"model": "sonbist", "address": 1}, "'sonbist'")],
)
async def test_a_wrong_entry_is_a_fault_on_the_bus_and_a_sentence_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, keys: dict[str, Any], cause: str
) -> None:
    caplog.set_level("INFO")
    good = Entry(link=f"serial:{tmp_path}/rs485", counter="1", model="sonbest", address=1)

    def make(stage: Any) -> InstrumentStandIn:
        return InstrumentStandIn("n1", good, stage)

    with plugged(make, tmp_path):
        async with standing(MicMonitor, Entry(link=good.link, counter="1", **keys), tmp_path) as stand:
            await stand.word("hardwareError")
    assert cause in caplog.text


async def test_pymodbus_reads_the_simulated_transmitter(tmp_path: Path) -> None:
    entry = Entry(link=f"serial:{tmp_path}/rs485?baud=9600", counter="1", model="sonbest", address=5)
    with plugged(lambda stage: InstrumentStandIn("n1", entry, stage), tmp_path):
        client = AsyncModbusSerialClient(
            f"{tmp_path}/rs485", framer=FramerType.RTU, baudrate=9600, timeout=1, retries=0
        )
        try:
            assert await client.connect()
            level = await client.read_holding_registers(0, count=1, device_id=5)
            model = await client.read_holding_registers(0x64, count=2, device_id=5)
            nothing = await client.read_holding_registers(0x40, count=1, device_id=5)
        finally:
            client.close()
    assert (level.registers, model.registers) == ([520], [7901, 1])
    assert nothing.exception_code == 2


@pytest.mark.parametrize(("model", "register"), [("sonbest", 0), ("gemho", 14)])
async def test_the_driver_reads_a_pymodbus_server(tmp_path: Path, model: str, register: int) -> None:
    """Through a serial server, as RS485 lines are often brought to the network: the same frames over TCP."""
    device = SimDevice(9, SimData(register, values=637, datatype=DataType.REGISTERS))
    server = ModbusTcpServer(device, framer=FramerType.RTU, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    try:
        port = server.transport.sockets[0].getsockname()[1]
        entry = Entry(link=f"tcp://127.0.0.1:{port}", counter="1", model=model, address=9)
        async with standing(MicMonitor, entry, tmp_path) as stand:
            await stand.until(lambda seen: seen.readings and seen.readings[-1].level == 63.7)
            await stand.word("online")
        other = Entry(link=f"tcp://127.0.0.1:{port}", counter="1", model="rt-zs-bz", address=9)
        if register:
            async with standing(MicMonitor, other, tmp_path) as stand:
                await stand.word("hardwareError", cause_has="instrument_refuses")
    finally:
        await server.shutdown()
