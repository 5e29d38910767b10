"""A full hall of real processes, and what is measured of its device process."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from bench.figures import Distribution, distribution
from bench.livehall import LiveHall
from broker.client import Received
from broker.messages.devices import CardRead, ReaderState
from broker.messages.simulators import Switch
from broker.topics import topic_filter
from simulators.id_reader.machine import Pace

SETTLE_S: Final = 5.0
"""A hall that has just started still loads what it needs."""
KEYS_A_SECOND: Final = 1.0
BACK_WITHIN_S: Final = 20.0
ANSWER_S: Final = 5.0
LONGEST_AWAY_S: Final = 6.0
"""A plug is out for up to this: long enough for a driver's pauses to have grown."""
CARD_BYTES: Final = 10 + 15 + 10 + 19 + 10 + 1295
"""On the wire for a card: find, select and read, each with its answer (protocols.md 1.2, 1.3, 1.5)."""
READER_BAUD: Final = 115200


@dataclass(frozen=True)
class Load:
    """The device process at work."""

    cpu_core_share: float
    """Of one core."""
    levels_a_second: float
    """Of each pickup: 1, or the simulators could not keep up."""
    seconds: float


class Watcher:
    """Hears availabilities, levels and cards, and wakes who waits."""

    def __init__(self, live: LiveHall) -> None:
        self.levels: Counter[str] = Counter()
        self.online: dict[str, bool] = {}
        self._found_at = 0.0
        self._read_at = 0.0
        self._news = asyncio.Event()
        bus = live.bus
        bus.subscribe(topic_filter(bus.hall, leaf="availability"), self._available)
        bus.subscribe(topic_filter(bus.hall, "mic_monitor", leaf="telemetry"), self._level)
        bus.subscribe(topic_filter(bus.hall, "id_reader", leaf="event"), self._card)
        bus.subscribe(topic_filter(bus.hall, "id_reader", leaf="state"), self._reader)

    def forget_card(self) -> None:
        """What comes from here on is of the next card."""
        self._found_at = self._read_at = 0.0

    async def card(self) -> tuple[float, float]:
        """When the next card was found and when it was read; raises `TimeoutError`."""
        await self.until(lambda: bool(self._found_at and self._read_at), "the event of a card")
        return self._found_at, self._read_at

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something is heard that makes it so; raises `TimeoutError`, saying what did not come."""
        try:
            async with asyncio.timeout(BACK_WITHIN_S):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"{what} did not come within {BACK_WITHIN_S:g} s") from None

    def _available(self, received: Received) -> None:
        self.online[received.topic.id] = received.packet.payload == b"online"
        self._news.set()

    def _level(self, received: Received) -> None:
        self.levels[received.topic.id] += 1

    def _card(self, received: Received) -> None:
        if isinstance(received.message(), CardRead):
            self._read_at = time.monotonic()
            self._news.set()

    def _reader(self, received: Received) -> None:
        state = received.message()
        if isinstance(state, ReaderState) and state.media == "present" and not self._found_at:
            self._found_at = time.monotonic()
            self._news.set()


async def under_load(live: LiveHall, watcher: Watcher, seconds: float, chance: Random) -> Load:
    """The processor the device process uses while pickups stream, devices are polled and keys pressed."""
    await asyncio.sleep(SETTLE_S)
    pid = live.rooms()["devices"]
    watcher.levels.clear()
    began, used = time.monotonic(), processor_s(pid)
    pressing = asyncio.create_task(_press_keys(live, chance))
    try:
        await asyncio.sleep(seconds)
    finally:
        pressing.cancel()
        await asyncio.gather(pressing, return_exceptions=True)
    passed = time.monotonic() - began
    pickups = max(1, len(live.hall.mic_monitors))
    return Load(
        cpu_core_share=round((processor_s(pid) - used) / passed, 3),
        levels_a_second=round(watcher.levels.total() / pickups / passed, 3),
        seconds=round(passed, 1),
    )


async def replugged(live: LiveHall, watcher: Watcher, rounds: int, chance: Random) -> dict[str, Distribution]:
    """For each kind: from its plug's going in again to its being in service, real seconds."""
    firsts = {
        kind: next(iter(devices))
        for kind, devices in live.hall.devices().items()
        if devices and kind != "announcer"
    }
    took: dict[str, list[float]] = {kind: [] for kind in firsts}
    for _ in range(rounds):
        times = await asyncio.gather(
            *(_replug(live, watcher, name, chance.uniform(0, LONGEST_AWAY_S)) for name in firsts.values())
        )
        for kind, seconds in zip(firsts, times, strict=True):
            if seconds is not None:
                took[kind].append(seconds)
    return {kind: distribution(times) for kind, times in took.items()}


async def cards(live: LiveHall, watcher: Watcher, rounds: int, chance: Random) -> dict[str, Distribution]:
    """From a card's being laid down, and from its being found, to its event; and what of that is ours, ms."""
    pace = Pace()
    theirs_s = pace.find + pace.select + pace.read + CARD_BYTES * 10 / READER_BAUD
    laid_to_event: list[float] = []
    found_to_event: list[float] = []
    for _ in range(rounds):
        await switch(live, "r1", "card", "none")
        # a reader is looked at now and then; a card comes at any moment between
        await asyncio.sleep(1.0 + chance.uniform(0, 0.3))
        watcher.forget_card()
        laid = time.monotonic()
        await switch(live, "r1", "card", "c02")
        try:
            found, read = await watcher.card()
        except TimeoutError as error:
            print(error, file=sys.stderr)
            continue
        laid_to_event.append((read - laid) * 1e3)
        found_to_event.append((read - found) * 1e3)
    return {
        "laid_to_event": distribution(laid_to_event),
        "found_to_event": distribution(found_to_event),
        "over_card_and_wire": distribution([took - theirs_s * 1e3 for took in laid_to_event]),
    }


async def switch(live: LiveHall, device: str, control: str, value: Any) -> None:
    """Turn a control of a simulated device; raises `RuntimeError` when it is refused."""
    bus = live.bus
    command = Switch(
        id=bus.new_id(),
        at=bus.clock.now(),
        expires=bus.expires(ANSWER_S),
        by="console/bench",
        control=control,
        value=value,
    )
    reply = await bus.ask(bus.topic("simulator", device, "command"), command)
    if not reply.ok:
        raise RuntimeError(f"{device} did not take {control} = {value}: {reply.text}")


async def _replug(live: LiveHall, watcher: Watcher, name: str, away_s: float) -> float | None:
    """Pull a plug and put it back; None where the device did not do as it should, which is said."""
    try:
        await switch(live, name, "unplugged", True)
        await watcher.until(lambda: not watcher.online.get(name, True), f"word that {name} is unplugged")
        await asyncio.sleep(away_s)
        plugged = time.monotonic()
        await switch(live, name, "unplugged", False)
        await watcher.until(lambda: watcher.online.get(name, False), f"word that {name} is back")
    except TimeoutError as error:
        print(error, file=sys.stderr)
        return None
    return time.monotonic() - plugged


async def _press_keys(live: LiveHall, chance: Random) -> None:
    pads = [*live.hall.rating_pads, *live.hall.call_pads]
    while pads:
        pad = chance.choice(pads)
        await switch(live, pad, "key", "5" if pad in live.hall.rating_pads else "recall")
        await asyncio.sleep(1 / KEYS_A_SECOND)


def processor_s(pid: int) -> float:
    """Processor time a process has used, its threads together, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
