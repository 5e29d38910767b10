"""One device in service, on a bus in memory, with somebody in the controller's place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broker.client import Bus, Received
from broker.clock import HallClock
from broker.ids import ulids
from broker.inbox import Inbox, MemoryInbox
from broker.memory import MemoryBroker
from broker.messages.devices import DeviceState
from broker.messages.envelope import Command, Event, Reply
from broker.outbox import Outbox
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.lines import Lines
from devices.kit.link import Link
from devices.kit.links import open_link
from devices.room import TEXTS
from hallfile.catalogue import Catalogue
from hallfile.devices import Device as Entry
from hallfile.links import parse_link

SENTENCES = Catalogue.load(TEXTS, "en")
PATIENCE_S = 10.0
"""What a test waits for must come within this; it never waits out the whole of it."""


class Stand:
    """What is seen of the device from the bus."""

    def __init__(self, device: Device, bus: Bus) -> None:
        self.device = device
        self.states: list[Any] = []
        self.events: list[Event] = []
        self.readings: list[Any] = []
        """Telemetry, in order."""
        self.availability = ""
        self._bus = bus
        self._numbers = count(1)
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()
        bus.subscribe(f"hall/{bus.hall}/{device.kind}/{device.name}/+", self._heard)

    async def ask(self, command: type[Command], *, expires_s: float = 30.0, **keys: Any) -> Reply:
        """Send a command as the controller and return its reply, also when that comes after its expiry."""
        made = command(
            id=f"c-{next(self._numbers)}",
            at=self._bus.clock.now(),
            expires=self._bus.expires(expires_s),
            by="controller/main",
            **keys,
        )
        return await self._bus.ask_for(self.device.topic("command"), made, max(PATIENCE_S, expires_s))

    async def until(self, wanted: Callable[["Stand"], object]) -> None:
        """Wait until something is heard that makes `wanted` true."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: bool(wanted(self)))

    async def word(self, word: str, cause_has: str = "") -> Any:
        """Wait until the device's health is `word`, with `cause_has` in its cause."""
        await self.until(lambda seen: seen.state.device == word and cause_has in (seen.state.cause or ""))
        return self.state

    async def taken(self, size: int) -> None:
        """Wait until the device has read `size` bytes from its link."""
        async with asyncio.timeout(PATIENCE_S):
            while self.device.link is None or self.device.link.received < size:
                await asyncio.sleep(0.001)

    @property
    def state(self) -> Any:
        """The last state heard."""
        return self.states[-1] if self.states else self.device.state()

    def _heard(self, received: Received) -> None:
        match received.topic.leaf:
            case "availability":
                self.availability = received.packet.payload.decode()
            case "state":
                message = received.message()
                assert isinstance(message, DeviceState)
                self.states.append(message)
            case "telemetry":
                self.readings.append(received.message())
            case "event":
                message = received.message()
                assert isinstance(message, Event)
                if message.id not in [event.id for event in self.events]:
                    self.events.append(message)
        task = asyncio.create_task(self._tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


def coded(code: str) -> str:
    """In place of a sentence its code; an error's with the link and the technician's words."""
    return f"{code} {{place}} {{cause}}" if "{cause}" in SENTENCES(code) else code


@asynccontextmanager
async def standing(
    kind: Callable[[str, Any, Opener, Surroundings], Device],
    entry: Entry,
    folder: Path,
    *,
    opener: Opener | None = None,
    name: str = "x1",
    inbox: Inbox | None = None,
    lines: Lines | None = None,
) -> AsyncIterator[Stand]:
    """Keep a device of `kind` in service for the length of a with-block; its link is the entry's own."""

    async def plugged() -> Link:
        return await open_link(parse_link(entry.link))

    broker = MemoryBroker()
    clock = HallClock.real(ZoneInfo("Asia/Shanghai"))
    room = Bus("dezhou", "devices", broker.transport("devices"), clock, ulids(clock))
    hall = Bus("dezhou", "controller", broker.transport("controller"), clock, ulids(clock))
    outbox = Outbox(room, folder / "outbox.db")
    around = Surroundings(
        bus=room,
        outbox=outbox,
        inbox=inbox or MemoryInbox(),
        sentence=coded,
        lines=lines or Lines(),
    )
    device = kind(name, entry, opener or plugged, around)
    async with room.running(), hall.running():
        await asyncio.gather(room.connected.wait(), hall.connected.wait())
        stand = Stand(device, hall)
        service = asyncio.create_task(device.run())
        try:
            yield stand
        finally:
            service.cancel()
            await asyncio.gather(service, *stand._telling, return_exceptions=True)
            outbox.close()
