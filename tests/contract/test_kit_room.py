"""The room that runs every device of a hall: each on its own, whatever the others do."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from broker.messages.devices import DeviceState
from broker.messages.wire import decode
from broker.topics import DEVICE_KINDS, Topic
from devices import registry, room
from devices.id_reader.driver import IdReader
from devices.kit.device import Device
from hallfile.devices import IdReader as ReaderEntry
from hallfile.devices import TicketPrinter as PrinterEntry
from hallfile.premises import Premises

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"


def premises_with(folder: Path, **devices: Any) -> Premises:
    """The D-day hall on `folder`, with these devices and no others."""
    premises = Premises.open(DEZHOU, folder, None, simulated=True)
    none: dict[str, Any] = {f"{kind}s": {} for kind in DEVICE_KINDS}
    hall = msgspec.structs.replace(premises.hall, **(none | devices))
    return Premises(hall, premises.path, premises.data, premises.clock, simulated=True)


@asynccontextmanager
async def running(premises: Premises, broker: MemoryBroker) -> AsyncIterator[Bus]:
    bus = Bus("dezhou", "devices", broker.transport("devices"), premises.clock, ulids(premises.clock))
    async with bus.running():
        await bus.connected.wait()
        working = asyncio.create_task(room.run(premises, bus))
        try:
            yield bus
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def state_of(broker: MemoryBroker, kind: str, name: str, word: str) -> DeviceState:
    """Wait until the retained state of a device says `word`."""
    topic = f"hall/dezhou/{kind}/{name}/state"
    async with asyncio.timeout(10):
        while True:
            if (packet := broker.retained.get(topic)) is not None:
                state = decode(Topic.parse(topic), packet.payload)
                assert isinstance(state, DeviceState)
                if state.device == word:
                    return state
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", DEVICE_KINDS)
def test_every_kind_has_a_driver(kind: str) -> None:
    found = registry.driver(kind)
    assert issubclass(found, Device)
    assert found.kind == kind


def test_an_unknown_kind_has_none() -> None:
    with pytest.raises(LookupError, match="turnstile"):
        registry.driver("turnstile")


async def test_devices_that_are_not_plugged_in_say_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    premises = premises_with(
        tmp_path,
        ticket_printers={"p1": PrinterEntry(link="serial:{data}/run/p1")},
        id_readers={"r1": ReaderEntry(link="serial:{data}/run/r1")},
    )
    broker = MemoryBroker()
    async with running(premises, broker):
        state = await state_of(broker, "ticket_printer", "p1", "powerOff")
        assert state.cause == (
            "设备没有接上（serial:{data}/run/p1），请插好设备并通电，或核对配置中的连接"
        ), "people read it in the hall's language"
        assert "is not there; plug the device in" in caplog.text, "a technician reads it in the log"
        await state_of(broker, "id_reader", "r1", "powerOff")
        assert broker.retained["hall/dezhou/id_reader/r1/availability"].payload == b"offline"
    assert (tmp_path / "devices" / "devices.db").is_file()


async def test_one_device_that_can_t_be_built_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(registry.DRIVERS, "ticket_printer", "devices.not_there:Nothing")
    premises = premises_with(
        tmp_path,
        ticket_printers={"p1": PrinterEntry(link="serial:{data}/run/p1")},
        id_readers={"r1": ReaderEntry(link="serial:{data}/run/r1")},
    )
    broker = MemoryBroker()
    with caplog.at_level(logging.ERROR):
        async with running(premises, broker):
            await state_of(broker, "id_reader", "r1", "powerOff")
    assert "ticket_printer p1 is left out" in caplog.text


async def test_one_device_that_stops_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: IdReader) -> DeviceState:
        raise RuntimeError("a fault of the driver")

    monkeypatch.setattr(IdReader, "state", broken)
    premises = premises_with(
        tmp_path,
        id_readers={"r1": ReaderEntry(link="serial:{data}/run/r1")},
        ticket_printers={"p1": PrinterEntry(link="serial:{data}/run/p1")},
    )
    broker = MemoryBroker()
    with caplog.at_level(logging.ERROR):
        async with running(premises, broker):
            await state_of(broker, "ticket_printer", "p1", "powerOff")
    assert "id_reader r1 stopped" in caplog.text


async def test_the_memory_is_open_until_the_last_device_has_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    began, stopped = asyncio.Event(), asyncio.Event()

    async def slow_to_stop(self: IdReader) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            assert self.around.inbox.reply_to("never asked") is None
            stopped.set()

    monkeypatch.setattr(IdReader, "run", slow_to_stop)
    premises = premises_with(tmp_path, id_readers={"r1": ReaderEntry(link="serial:{data}/run/r1")})
    with caplog.at_level(logging.ERROR):
        async with running(premises, MemoryBroker()):
            await began.wait()
    assert stopped.is_set()
    assert not caplog.records
