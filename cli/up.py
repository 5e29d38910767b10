"""`hallkeeper up`: the whole hall, one line a room, until Ctrl-C."""

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator

from rich.console import Console
from rich.live import Live
from rich.table import Table

from broker.client import Bus, Received
from broker.topics import topic_filter
from cli.process import log_to
from cli.roster import BROKER, credentials, rooms
from cli.simclock import note
from cli.supervisor import Kept, Phase, Supervisor
from hallfile.premises import Premises

log = logging.getLogger(__name__)

Show = Callable[[], None]

SLOW_START_S = 10.0
"""A hall that is not ready by then says what it waits for."""
NAMED_DEVICES = 3

CLOCK_NOTE_S = 2.0
"""How often a simulated hall writes down its time, so that the next start goes on from there."""


class Hall:
    """What `up` knows of the hall it runs."""

    def __init__(self, premises: Premises, crowd: bool, seed: int | None) -> None:
        self.premises = premises
        self.began = time.monotonic()
        self.ready_s: float | None = None
        self.waiting_for = {
            f"{kind}/{name}"
            for kind, devices in premises.hall.devices().items()
            for name, device in devices.items()
            if premises.simulated and device.simulated and getattr(device, "can_answer", True)
        }
        self.changed = asyncio.Event()
        own = [BROKER] if premises.hall.broker.own else []
        chosen = [*own, *rooms(premises, crowd, seed)]
        self.supervisor = Supervisor(premises, chosen, self.changed.set)

    @property
    def address(self) -> str:
        """Where the pages are."""
        console = self.premises.hall.console
        return f"http://{console.host}:{console.port}"

    def hear(self, received: Received) -> None:
        """An availability has come over the bus."""
        online = received.packet.payload == b"online"
        if received.topic.kind == "room":
            self.supervisor.heard(received.topic.id, online)
        elif online:
            self.waiting_for.discard(f"{received.topic.kind}/{received.topic.id}")
        self._look()

    def _look(self) -> None:
        rooms_up = all(kept.online for kept in self.supervisor.kept.values() if kept.room.on_bus)
        if self.ready_s is None and rooms_up and not self.waiting_for:
            self.ready_s = time.monotonic() - self.began
            self.changed.set()

    def table(self) -> Table:
        """One line a room, and the address to open."""
        simulated = " (simulated)" if self.premises.simulated else ""
        table = Table(title=f"{self.premises.hall.hall.name}{simulated}", title_justify="left", box=None)
        for column in ("room", "state", "process", "starts"):
            table.add_column(column, style="bold" if column == "room" else None)
        for kept in self.supervisor.kept.values():
            table.add_row(kept.room.title, _state(kept), str(kept.pid or "–"), str(kept.starts))
        table.caption = self.caption()
        table.caption_justify = "left"
        return table

    def caption(self) -> str:
        """The line below: is it ready, and where to go."""
        if self.ready_s is not None:
            return f"ready in {self.ready_s:.1f} s · open {self.address} · Ctrl-C ends everything"
        waiting = f", waiting for {len(self.waiting_for)} devices" if self.waiting_for else ""
        told = f"starting{waiting} · {self.address} · Ctrl-C ends everything"
        if time.monotonic() - self.began < SLOW_START_S:
            return told
        return "\n".join([told, *self._what_is_missing()])

    def _what_is_missing(self) -> Iterator[str]:
        """Who has not come yet, and what it said last: a start that takes long must say why."""
        for name, kept in self.supervisor.kept.items():
            if kept.room.on_bus and not kept.online:
                yield f"  the room {name} is not there yet; it said last: {self._last_words(name)}"
        for device in sorted(self.waiting_for)[:NAMED_DEVICES]:
            yield f"  {device} does not answer yet; look into {self.premises.logs / 'devices.log'}"

    def _last_words(self, room: str) -> str:
        for ending in ("err", "log"):
            path = self.premises.logs / f"{room}.{ending}"
            try:
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
            if lines:
                return lines[-1]
        return "nothing"

    def line(self) -> str:
        """All of it on one line, for a log or a pipe."""
        states = " ".join(f"{name}={_state(kept)}" for name, kept in self.supervisor.kept.items())
        return f"{states} | {self.caption()}".replace("\n", " |")


def _state(kept: Kept) -> str:
    if kept.phase is Phase.RUNNING and kept.room.on_bus:
        return "online" if kept.online else "starting"
    if kept.phase is Phase.WAITING:
        return f"ended with {kept.exit_code}, starting again"
    return str(kept.phase.value)


async def run(premises: Premises, crowd: bool, seed: int | None) -> None:
    """Bring the hall up and keep it up until SIGINT or SIGTERM."""
    from broker.join import join
    from broker.mosquitto import prepare

    broker = premises.hall.broker
    if broker.own:
        prepare(premises.data, premises.hall.hall.id, broker.host, broker.port, credentials(premises))
    log_to(premises.logs, "up")
    hall = Hall(premises, crowd, seed)
    bus = join(
        hall=premises.hall.hall.id,
        room="up",
        host=broker.host,
        port=broker.port,
        data=premises.data,
        clock=premises.clock,
    )
    bus.subscribe(topic_filter(premises.hall.hall.id, leaf="availability"), hall.hear)
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with _together(hall, bus):
        with _shown(hall) as show:
            await _until(told, hall, show)


@contextlib.asynccontextmanager
async def _together(hall: Hall, bus: Bus) -> AsyncIterator[None]:
    supervising = asyncio.create_task(hall.supervisor.run())
    noting = asyncio.create_task(_note_time(hall.premises))
    try:
        async with bus.running():
            yield
    finally:
        for task in (supervising, noting):
            task.cancel()
        await asyncio.gather(supervising, noting, return_exceptions=True)


async def _until(told: asyncio.Event, hall: Hall, show: Show) -> None:
    stop = asyncio.create_task(told.wait())
    while not stop.done():
        hall.changed.clear()
        show()
        change = asyncio.create_task(hall.changed.wait())
        await asyncio.wait({stop, change}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        change.cancel()


async def _note_time(premises: Premises) -> None:
    while premises.simulated:
        note(premises.data, premises.clock.now(), premises.clock.spec())
        await asyncio.sleep(CLOCK_NOTE_S)


@contextlib.contextmanager
def _shown(hall: Hall) -> Iterator[Show]:
    console = Console()
    if console.is_terminal:
        with Live(hall.table(), console=console, auto_refresh=False) as live:
            yield lambda: live.update(hall.table(), refresh=True)
        return
    last = ""

    def show() -> None:
        nonlocal last
        if (line := hall.line()) != last:
            print(line, flush=True)
            last = line

    yield show
    print("everything has been told to end", file=sys.stderr)
