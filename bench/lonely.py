"""A controller on a real broker and nothing else of the hall, so that only they are measured, or killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.livehall import end
from broker.access import KIOSK_PREFIX
from broker.client import Bus, Received
from broker.clock import HallClock
from broker.join import join
from broker.messages.hall import ControllerState
from broker.mosquitto import command, prepare
from hallfile.schema import HallFile

READY_WITHIN_S: Final = 30.0


@dataclass
class Lonely:
    """A broker that runs, and a controller that can be started and killed."""

    hall: HallFile
    path: Path
    data: Path
    clock: HallClock
    process: asyncio.subprocess.Process | None = None

    def join(self, room: str) -> Bus:
        """The bus as a room of the hall that is not there."""
        broker = self.hall.broker
        return join(
            hall=self.hall.hall.id,
            room=room,
            host=broker.host,
            port=broker.port,
            data=self.data,
            clock=self.clock,
        )

    async def start(self) -> int:
        """Start the controller; its process id."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli.main", "controller", str(self.path),
            "--data", str(self.data), "--clock", self.clock.spec(), "--simulate",
            stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        return self.process.pid

    async def kill(self) -> None:
        """SIGKILL, as a power cut would have it."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """SIGTERM."""
        if self.process is not None:
            await end(self.process, signal.SIGTERM)


class Epochs:
    """Hears on the bus when a controller has begun to work: each has a higher epoch than the one before."""

    def __init__(self, bus: Bus) -> None:
        self.epoch = 0
        self._news = asyncio.Event()
        bus.subscribe(str(bus.topic("controller", "main", "state")), self._heard)

    async def above(self, epoch: int, within_s: float = READY_WITHIN_S) -> None:
        """Wait for a controller of a later epoch; raises `TimeoutError`."""
        async with asyncio.timeout(within_s):
            while self.epoch <= epoch:
                self._news.clear()
                await self._news.wait()

    def _heard(self, received: Received) -> None:
        if received.packet.payload and isinstance(state := received.message(), ControllerState):
            self.epoch = max(self.epoch, state.epoch)
            self._news.set()


@asynccontextmanager
async def lonely(hall: HallFile, path: Path, data: Path, clock: HallClock) -> AsyncIterator[Lonely]:
    """A broker for the length of a with-block; the controller is started by whoever wants it."""
    rooms = ["controller", "devices", "console", "bench", *(f"{KIOSK_PREFIX}{name}" for name in hall.kiosks)]
    config = prepare(data, hall.hall.id, hall.broker.host, hall.broker.port, rooms)
    broker = await asyncio.create_subprocess_exec(*command(config), stdin=asyncio.subprocess.DEVNULL)
    place = Lonely(hall, path, data, clock)
    try:
        yield place
    finally:
        await place.stop()
        await end(broker, signal.SIGTERM)


def commits_per_s(folder: Path, seconds: float = 1.0) -> float:
    """Bare SQLite commits a second on this disk: one small row each, WAL, synchronous FULL."""
    import sqlite3
    from time import perf_counter

    path = folder / "commits.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE rows (row BLOB)")
    row, done, began = os.urandom(300), 0, perf_counter()
    while (took := perf_counter() - began) < seconds:
        connection.execute("INSERT INTO rows VALUES (?)", (row,))
        done += 1
    connection.close()
    return done / took
