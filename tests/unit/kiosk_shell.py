"""A whole kiosk without a screen, on a broker in memory, with a controller played by the test."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


from broker.client import Bus
from broker.clock import HallClock
from broker.door import Door
from broker.ids import ulids
from broker.inbox import MemoryInbox
from broker.memory import MemoryBroker
from broker.messages.bookings import FindBookings
from broker.messages.devices import CardRead
from broker.messages.envelope import Forecast, Message, Reply
from broker.messages.hall import (
    ControllerState,
    QueueState,
    TicketPrint,
)
from broker.messages.simulators import SimulatorState, Touch
from broker.messages.visitors import FindTickets
from broker.messages.wire import decode
from broker.topics import Topic
from broker.transport import Packet
from hallfile.load import load
from hallfile.premises import Premises
from kiosk import asking
from kiosk.presenters import visits
from kiosk.room import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
HALL = "dezhou"
WAIT_S = 10.0


class Hall:
    """The controller, the devices and a finger, as the kiosk meets them on the bus."""

    def __init__(self, bus: Bus, broker: MemoryBroker) -> None:
        self.bus = bus
        self.broker = broker
        self.asked: list[Any] = []
        self.answer: Callable[[Any], dict[str, Any]] = lambda _: {}
        self._door: Door | None = None

    async def open(self) -> None:
        """The controller comes up, with its queues."""
        await self.bus.connected.wait()
        command = Topic(HALL, "controller", "main", "command")
        self._door = Door(self.bus, command, self._act, MemoryInbox(), str)
        self.bus.own(
            command.sibling("state"),
            lambda: self.made(ControllerState, epoch=1, day="2026-11-20", tickets_today=0, version="1"),
        )
        self.bus.own_availability(command.sibling("availability"))
        forecast = Forecast(low=12, median=18, high=24)
        for service, prefix in (("a", "A"), ("b", "B")):
            self.bus.own(
                Topic(HALL, "queue", service, "state"),
                lambda prefix=prefix: self.made(
                    QueueState, prefix=prefix, waiting=7, serving=1, last_called=None, open_counters=2,
                    forecast_minutes=forecast,
                ),
            )  # fmt: skip

    async def close(self) -> None:
        if self._door is not None:
            await self._door.close()

    def made(self, kind: Callable[..., Any], **keys: Any) -> Any:
        return kind(id=self.bus.new_id(), at=self.bus.clock.now(), **keys)

    def paper(self, outcome: str, printer: str = "p1") -> None:
        event = self.made(
            TicketPrint, ticket="t-1", number="A001", printer=printer, outcome=outcome, kiosk="k1"
        )
        self.bus.publish(Topic(HALL, "controller", "main", "event"), event)

    def lay_card(self, *, age_s: float = 0.0, **keys: Any) -> None:
        known: dict[str, Any] = {
            "person": "0123456789abcdef", "card_type": "resident", "name_masked": "张*", "age_band": "60+",
            "priority": ["elderly"], "valid": True, **keys,
        }  # fmt: skip
        event = CardRead(id=self.bus.new_id(), at=self.bus.clock.now() - timedelta(seconds=age_s), **known)
        self.bus.publish(Topic(HALL, "id_reader", "r1", "event"), event)

    async def kiosk(self, until: Callable[[SimulatorState], bool]) -> SimulatorState:
        """The kiosk's picture, once it is as wanted."""
        return await self._state(Topic(HALL, "simulator", "k1", "state"), until)

    async def page(self, name: str) -> SimulatorState:
        return await self.kiosk(lambda state: state.shows["screen"] == name)

    async def touch(self, target: str) -> Reply:
        """A finger in the middle of a control, once it is there."""
        state = await self.kiosk(lambda state: target in state.shows["targets"])
        x, y, width, height = state.shows["targets"][target]
        return await self.touch_at(x + width // 2, y + height // 2)

    async def take(self, service: str) -> None:
        """A service, and yes to how long it takes."""
        await self.touch(f"service-{service}")
        await self.touch(f"take-{service}")

    async def touch_at(self, x: int, y: int) -> Reply:
        command = self.made(Touch, expires=self.bus.expires(5), by="console/test", x=x, y=y)
        return await self.bus.ask(Topic(HALL, "simulator", "k1", "command"), command)

    async def _state(self, topic: Topic, until: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(WAIT_S):
            while True:
                packet = self.broker.retained.get(str(topic))
                state = decode(topic, packet.payload) if packet else None
                if state is not None and until(state):
                    return state
                await asyncio.sleep(0.01)

    async def _act(self, command: Any) -> dict[str, Any]:
        if isinstance(command, FindBookings | FindTickets):
            return {}
        self.asked.append(command)
        return self.answer(command)


TICKET = {"ticket": "t-1", "number": "A001", "service": "a", "ahead": 7, "forecast_minutes": None}


@asynccontextmanager
async def on_the_bus(broker: MemoryBroker, clock: HallClock, room: str) -> AsyncIterator[Bus]:
    will = Packet(f"hall/{HALL}/room/{room}/availability", b"offline", qos=1, retain=True)
    bus = Bus(HALL, room, broker.transport(room, will), clock, ulids(clock))
    bus.own_availability(Topic(HALL, "room", room, "availability"))
    async with bus.running():
        yield bus


@asynccontextmanager
async def with_a_kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    """A hall with one kiosk that runs, and a controller that is not up yet."""
    monkeypatch.setattr(asking, "UNATTENDED_REST_S", 0.01)
    monkeypatch.setattr(visits, "GUARD_S", 0.0)
    clock = HallClock.real(ZoneInfo("Asia/Shanghai"))
    (tmp_path / "pictures").mkdir()
    premises = Premises(load(EXAMPLE), EXAMPLE, tmp_path, clock, simulated=True)
    broker = MemoryBroker()
    async with on_the_bus(broker, clock, "controller") as bus, on_the_bus(broker, clock, "kiosk-k1") as own:
        kiosk = asyncio.create_task(run(premises, own, "k1"))
        there = Hall(bus, broker)
        try:
            yield there
        finally:
            kiosk.cancel()
            with suppress(asyncio.CancelledError):
                await kiosk
            await there.close()


def message(packet: Packet) -> Message:
    return decode(Topic.parse(packet.topic), packet.payload)
