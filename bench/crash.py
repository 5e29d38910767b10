"""`hallkeeper bench crash`: the controller killed again and again under load, and a disk that goes wrong.

A real controller on a real broker is killed with SIGKILL at random moments while clerks and kiosks ask and
pads send grades from their outboxes. At the end the journal is held against everything that was answered or
acknowledged: what is missing is lost, what was done twice for one asking is doubled. Time runs as in a hall.
"""

import asyncio
import logging
import random
import tempfile
import time
import tomllib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
import tomli_w
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.disk import disk_faults
from bench.figures import distribution, machine, write
from bench.livehall import free_port
from bench.lonely import Epochs, Lonely, lonely
from bench.stressday import DAY
from bench.world.halls import elsewhere
from broker.client import Bus, Unanswered
from broker.clock import HallClock
from broker.messages.devices import RatingKey
from broker.messages.envelope import Command, Reply
from broker.messages.hall import CallNext, Finish, TakeTicket
from broker.outbox import Outbox
from broker.transport import NotConnected
from hall.core import Rules
from hall.core import events as e
from hall.journal import Journal, journal_path
from hall.texts import texts
from hallfile.schema import HallFile

START: Final = time_of_day(8, 31)
ALIVE_S: Final = (0.0, 0.6)
"""How long a controller works before it is killed, real seconds."""
EXPIRES_S: Final = 20.0
GRADES: Final[tuple[Literal[3, 4, 5], ...]] = (3, 4, 5)
WINDOW_S: Final = 600
"""A grade pressed while nobody works must not come too late: that is a rule of the hall, not a loss."""
SETTLES_WITHIN_S: Final = 90.0
"""Until pads have had all their acknowledgements, once nobody is killed any more."""


@dataclass
class Told:
    """What askers were told and pads had acknowledged."""

    asked: int = 0
    answered: dict[str, str] = field(default_factory=dict)
    """The id of a command that was done → its ticket's number."""
    graded: dict[str, int] = field(default_factory=dict)
    """Ticket → the grade a pad sent."""


def bench_crash(example: Path, *, kills: int, seed: int, json: Path | None) -> None:
    """Kill, compare, and print the figures."""
    began = time.monotonic()
    # a thousand faults make a thousand warnings, and the figures say it all
    for room in ("hall", "broker"):
        logging.getLogger(room).setLevel(logging.CRITICAL + 1)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="hallkeeper-bench-") as folder:
        path = _hall_file(example, Path(folder))
        hall = msgspec.toml.decode(path.read_bytes(), type=HallFile)
        figures = asyncio.run(_killed(hall, path, Path(folder) / "data", kills, chance))
    rules = Rules(hall, texts(hall.hall.language))
    faults = disk_faults(rules, _moment(hall), seed)
    figures["disk_faults"] = {"points": faults.points, "lost": faults.lost, "doubled": faults.doubled}
    figures |= {"machine": machine(), "config": {"kills": kills, "alive_s": ALIVE_S}, "seed": seed}
    figures["took_s"] = round(time.monotonic() - began, 1)
    _print(figures)
    write(figures, json)


def _hall_file(example: Path, folder: Path) -> Path:
    """The example with a port of its own, and services so short that nobody is sent away."""
    tables = tomllib.loads(example.read_text(encoding="utf-8"))
    tables["broker"]["port"] = free_port()
    tables = elsewhere(tables, example.parent)
    for service in tables["services"].values():
        service["mean_minutes"] = 1
    tables["rating"]["window_s"] = WINDOW_S
    path = folder / example.name
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


def _moment(hall: HallFile) -> datetime:
    return datetime.combine(DAY, START, ZoneInfo(hall.hall.timezone))


async def _killed(
    hall: HallFile, path: Path, data: Path, kills: int, chance: random.Random
) -> dict[str, Any]:
    clock = HallClock.simulated(ZoneInfo(hall.hall.timezone), _moment(hall), speed=1.0)
    told = Told()
    async with lonely(hall, path, data, clock) as place:
        bench, devices = place.join("bench"), place.join("devices")
        outbox = Outbox(devices, data / "bench-outbox.db")
        async with bench.running(), devices.running():
            await asyncio.gather(bench.connected.wait(), devices.connected.wait())
            sending = asyncio.create_task(outbox.run())
            epochs = Epochs(bench)
            await place.start()
            await epochs.above(0)
            load = Load(bench, devices, outbox, hall, told, chance)
            back = await load.under(place, epochs, kills)
            await _until_acknowledged(outbox)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            kept = len(outbox)
            outbox.close()
        await place.stop()
    lost, doubled = _compared(data, told)
    return {
        "kills": len(back),
        "asked": told.asked,
        "acknowledged": len(told.answered) + len(told.graded),
        "unacknowledged_grades": kept,
        "lost": lost,
        "doubled": doubled,
        "back_s": distribution(back),
    }


async def _until_acknowledged(outbox: Outbox) -> None:
    try:
        async with asyncio.timeout(SETTLES_WITHIN_S):
            while len(outbox):  # noqa: ASYNC110 - an outbox tells nobody when it has become empty
                await asyncio.sleep(0.1)
    except TimeoutError:
        return


class Load:
    """Clerks and kiosks at every counter that has a pad, and the kills among them."""

    def __init__(
        self, bench: Bus, devices: Bus, outbox: Outbox, hall: HallFile, told: Told, chance: random.Random
    ) -> None:
        self._bench = bench
        self._devices = devices
        self._outbox = outbox
        self._hall = hall
        self._told = told
        self._chance = chance
        self._over = False

    async def under(self, place: Lonely, epochs: Epochs, kills: int) -> list[float]:
        """Kill so often while everybody asks; how long the hall was without a controller each time, in s."""
        back: list[float] = []
        async with asyncio.TaskGroup() as askers:
            for pad, entry in list(self._hall.rating_pads.items())[:8]:
                askers.create_task(self._visits(pad, entry.counter))
            for _ in track(range(kills), description="kills", console=Console(stderr=True)):
                await asyncio.sleep(self._chance.uniform(*ALIVE_S))
                epoch, killed = epochs.epoch, time.monotonic()
                await place.kill()
                await place.start()
                await epochs.above(epoch)
                back.append(time.monotonic() - killed)
            self._over = True
        return back

    async def _visits(self, pad: str, counter: str) -> None:
        """A number, a call, a service and a grade, one visitor after the other."""
        service = self._hall.counters[counter].services[0]
        while not self._over:
            await self._ask(TakeTicket, service=service)
            called = await self._ask(CallNext, counter=counter)
            if called is None or not called.ok:
                continue
            done = await self._ask(Finish, counter=counter)
            if done is not None and done.ok and isinstance(done.ticket, str):
                self._grade(pad, done.ticket)

    def _grade(self, pad: str, ticket: str) -> None:
        grade = self._chance.choice(GRADES)
        bus = self._devices
        key = RatingKey(id=bus.new_id(), at=bus.clock.now(), grade=grade, ticket=ticket, keep=True, attempt=1)
        self._outbox.put(bus.topic("rating_pad", pad, "event"), key)
        self._told.graded[ticket] = grade

    async def _ask(self, kind: type[Command], **keys: Any) -> Reply | None:
        """The answer, or None when nobody answered; the asker is named after the command."""
        bus = self._bench
        name = bus.new_id()
        command = kind(
            id=name, at=bus.clock.now(), expires=bus.expires(EXPIRES_S), by=f"bench/{name}", **keys
        )
        self._told.asked += 1
        try:
            reply = await bus.ask(bus.topic("controller", "main", "command"), command)
        except (Unanswered, NotConnected):
            return None
        if reply.ok and isinstance(reply.number, str):
            self._told.answered[f"bench/{name}"] = reply.number
        return reply


def _compared(data: Path, told: Told) -> tuple[int, int]:
    """What of it the journal lacks, and what it holds more than once."""
    done, numbers, graded = Counter[tuple[str, str]](), Counter[str](), Counter[tuple[str, int]]()
    with closing(Journal.open(journal_path(data))) as journal:
        for event in journal.events():
            match event:
                case e.TicketTaken():
                    done[event.by, event.number] += 1
                    numbers[event.number] += 1
                case e.TicketCalled():
                    done[event.by, event.number] += 1
                case e.ServiceFinished() if (event.by, event.number) in told.answered.items():
                    done[event.by, event.number] += 1
                case e.Rated(grade=int(grade)):
                    graded[event.ticket, grade] += 1
    lost = sum(done[asked] == 0 for asked in told.answered.items())
    lost += sum(graded[sent] == 0 for sent in told.graded.items())
    doubled = sum(times - 1 for tally in (done, numbers, graded) for times in tally.values())
    return lost, doubled


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="crash", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for key in ("kills", "asked", "acknowledged", "lost", "doubled"):
        table.add_row(key, str(figures[key]))
    back = figures["back_s"]
    table.add_row(
        "back after, s, p50 / p99 / max", " / ".join(str(back.get(key, "–")) for key in ("p50", "p99", "max"))
    )
    faults = figures["disk_faults"]
    table.add_row("points at which the disk went wrong", str(faults["points"]))
    table.add_row("lost / doubled there", f"{faults['lost']} / {faults['doubled']}")
    console = Console()
    console.print(table)
    console.print(f"the whole run took {figures['took_s']} s")
