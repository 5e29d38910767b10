"""A simulated ID reader in service, and the hand that lays cards on it."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from devices.id_reader import driver, reader
from devices.id_reader.driver import IdReader
from devices.id_reader.privacy import DayKey
from devices.kit.device import Opener, Surroundings
from hallfile.catalogue import Catalogue
from hallfile.devices import IdReader as Entry
from hallfile.premises import Premises
from simulators.id_reader.machine import Pace
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.stand_in import Stage
from tests.contract.stand import Stand, standing

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the loopback an answer that is not there in 0.2 s never comes."""
    monkeypatch.setattr(reader, "SHORT_S", 0.2)
    monkeypatch.setattr(reader, "PROBE_S", 0.1)
    monkeypatch.setattr(reader, "READ_S", 0.5)
    monkeypatch.setattr(reader, "SETTLE_S", 0.005)
    monkeypatch.setattr(driver, "AGAIN_S", 0.02)
    monkeypatch.setattr(driver, "BROKEN_POLL_S", 0.05)


@dataclass
class Desk:
    """A reader in service, and the hand that lays cards on it."""

    stand: Stand
    machine: ReaderStandIn

    def lay(self, card: str | None) -> None:
        self.turn("card", card)

    def turn(self, control: str, value: Any) -> None:
        self.machine.controls()[control].turn(value)

    async def media(self, media: str) -> None:
        await self.stand.until(lambda seen: seen.state.media == media)

    async def gone(self) -> None:
        """Wait until no card can be seen."""
        await self.stand.until(lambda seen: seen.state.media != "present")

    async def event(self, number: int = 1) -> Any:
        await self.stand.until(lambda seen: len(seen.events) >= number)
        return self.stand.events[number - 1]


def make(folder: Path) -> Callable[[str, Any, Opener, Surroundings], IdReader]:
    def built(name: str, entry: Any, opener: Opener, around: Surroundings) -> IdReader:
        return IdReader(name, entry, opener, around, DayKey(folder / "keys"))

    return built


@asynccontextmanager
async def desk(folder: Path, baud: int = 115200, left_at: int = 115200) -> AsyncIterator[Desk]:
    """A simulated reader that was left at one speed, and its driver told of `baud`."""
    premises = Premises.open(DEZHOU, folder / "data", None, simulated=True)
    broker = MemoryBroker()
    bus = Bus("dezhou", "simulators", broker.transport("simulators"), premises.clock, ulids(premises.clock))
    entry, driven = (Entry(link=f"serial:{folder}/r1?baud={speed}") for speed in (115200, baud))
    with ThreadPoolExecutor(1) as studio:
        machine = ReaderStandIn("x1", entry, Stage(premises, bus, Catalogue("zh-CN", {}), studio))
        machine.reader.pace = Pace(read=0.1)
        machine.reader.set_speed(left_at)
        machine.plug()
        try:
            async with standing(make(folder), driven, folder) as stand:
                yield Desk(stand, machine)
        finally:
            machine.close()
