"""What an end-to-end test watches: the wire between driver and machine, and the bus by a client not ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bench.livehall import LiveHall, premises_of
from broker.client import Bus, Received
from broker.memory import MemoryBroker
from broker.messages.envelope import Command, Message, Reply
from broker.messages.simulators import SimulatorState, Switch, Touch
from hallfile.catalogue import Catalogue
from simulators.kit.stand_in import Stage
from simulators.kit.wired import WiredStandIn

M = TypeVar("M", bound=Message)
C = TypeVar("C", bound=Command)
Machine = TypeVar("Machine", bound=WiredStandIn)

PATIENCE_S = 20.0


@dataclass
class Witness:
    """Everything the bus says, as typed messages, in the order it came."""

    live: LiveHall
    heard: list[tuple[str, Message]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        for leaf in ("state", "event", "telemetry"):
            self.live.bus.subscribe(f"hall/{self.live.bus.hall}/+/+/{leaf}", self._hear)

    def _hear(self, received: Received) -> None:
        if received.packet.payload:
            self.heard.append((f"{received.topic.kind}/{received.topic.id}", received.message()))
            self._news.set()

    async def until(
        self, kind: type[M], owner: str, true: Callable[[M], bool] = lambda _: True, since: int = 0
    ) -> M:
        """Wait for a message of `kind` from `owner` that is as wanted, among those heard from `since` on."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    for place, message in self.heard[since:]:
                        if place == owner and isinstance(message, kind) and true(message):
                            return message
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            last = [message for place, message in self.heard if place == owner][-3:]
            raise AssertionError(
                f"{owner} never said the {kind.__name__} that was waited for; last: {last}"
            ) from None

    def mark(self) -> int:
        """Where the story stands now: give it to `until` as `since`."""
        return len(self.heard)

    def all_of(self, kind: type[M], since: int = 0) -> list[M]:
        """Every message of a kind."""
        return [message for _, message in self.heard[since:] if isinstance(message, kind)]

    async def ask(self, to: str, kind: type[C], **keys: Any) -> Reply:
        """Send a command to ``kind/id`` as the bench and wait for its answer."""
        bus = self.live.bus
        owner_kind, owner = to.split("/")
        command = kind(
            id=bus.new_id(),
            at=bus.clock.now(),
            expires=bus.expires(8),
            by=keys.pop("by", "console/test"),
            **keys,
        )
        return await bus.ask(bus.topic(owner_kind, owner, "command"), command)

    async def turn(self, device: str, control: str, value: Any) -> None:
        """Turn a switch of a simulated device."""
        reply = await self.ask(f"simulator/{device}", Switch, control=control, value=value)
        assert reply.ok, reply

    async def touch(self, kiosk: str, target: str) -> None:
        """Put a finger on what the kiosk offers; look again where it moved away meanwhile."""
        for _ in range(5):
            await self.until(SimulatorState, f"simulator/{kiosk}", lambda _: target in self._targets(kiosk))
            x, y, width, height = self._targets(kiosk)[target]
            before = self.mark()
            reply = await self.ask(f"simulator/{kiosk}", Touch, x=x + width // 2, y=y + height // 2)
            assert reply.ok, reply
            try:
                async with asyncio.timeout(2):
                    await self.until(SimulatorState, f"simulator/{kiosk}", since=before)
            except TimeoutError:
                continue
            if target not in self._targets(kiosk):
                return
        raise AssertionError(f"the kiosk {kiosk} did not mind touches on {target}")

    def _targets(self, kiosk: str) -> dict[str, list[int]]:
        states = [
            m for place, m in self.heard if place == f"simulator/{kiosk}" and isinstance(m, SimulatorState)
        ]
        targets: dict[str, list[int]] = states[-1].shows.get("targets", {}) if states else {}
        return targets


@asynccontextmanager
async def machine(
    live: LiveHall, make: Callable[[Stage], Machine]
) -> AsyncIterator[tuple[Machine, bytearray]]:
    """A simulated machine in this process, and every byte its driver sends it."""
    premises = premises_of(live)
    bus = Bus(
        live.bus.hall, "simulators", MemoryBroker().transport("simulators"), live.clock, live.bus.new_id
    )
    with ThreadPoolExecutor(1) as studio:
        stands = make(Stage(premises, bus, Catalogue("zh-CN", {}), studio))
        seen = bytearray()
        arrived = stands.wire.on_bytes

        def overhear(data: bytes) -> None:
            seen.extend(data)
            arrived(data)

        stands.wire.on_bytes = overhear
        stands.plug()
        try:
            yield stands, seen
        finally:
            stands.close()


@asynccontextmanager
async def mosquitto_sub(live: LiveHall) -> AsyncIterator[list[tuple[str, bool, bytes]]]:
    """What Mosquitto's own client sees of the whole hall: topic, retained, payload."""
    password = (live.data / "credentials" / "observer").read_text(encoding="ascii").strip()
    broker = live.hall.broker
    process = await asyncio.create_subprocess_exec(
        "mosquitto_sub", "-V", "mqttv5", "-h", broker.host, "-p", str(broker.port), "-u", "observer",
        "-P", password, "-t", f"hall/{live.bus.hall}/#", "-F", '{"topic":"%t","retained":%r,"hex":"%x"}',
        stdout=asyncio.subprocess.PIPE, limit=1 << 20,
    )  # fmt: skip
    seen: list[tuple[str, bool, bytes]] = []

    async def read() -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            found = json.loads(line)
            seen.append((found["topic"], bool(found["retained"]), bytes.fromhex(found["hex"])))

    reading = asyncio.create_task(read())
    try:
        yield seen
    finally:
        process.terminate()
        await process.wait()
        await reading
