"""A disk that fails, fills or tears a write, at every point of a short run: what was answered must be there.

Two kinds of fault. A statement that fails before or after it was carried out, as the disk's errors reach
SQLite's callers; and a power cut, after which the log ends at any sector of what was written last, or with
garbage in its place, as long as nobody was answered yet.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from broker.messages.envelope import Reply
from hall.core import Rules
from hall.core import commands as c
from hall.core.events import TicketCalled, TicketTaken
from hall.journal import Journal, JournalBroken
from hall.shell.ledger import Ledger, Order

MEMORY: Final = Path("/dev/shm")
SECTOR: Final = 512
TRIES: Final = 4
"""How often an asker who was refused for the disk's sake asks again."""

Kind = Literal["fails", "full", "late"]
KINDS: Final[tuple[Kind, ...]] = ("fails", "full", "late")
"""Refused at once; refused for want of room; carried out, and an error answered all the same."""
SAYS: Final[dict[Kind, str]] = {
    "fails": "disk I/O error",
    "full": "database or disk is full",
    "late": "disk I/O error",
}


@dataclass
class Standing:
    """A clock that is moved by hand."""

    time: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


@dataclass
class Faults:
    """What came of all points."""

    points: int = 0
    lost: int = 0
    doubled: int = 0

    def see(self, told: dict[str, str], found: list[tuple[str, str]]) -> None:
        """Compare what was answered, by command, with what the journal holds."""
        self.points += 1
        self.lost += sum((command, number) not in found for command, number in told.items())
        self.doubled += sum(times - 1 for times in Counter(command for command, _ in found).values())


def disk_faults(rules: Rules, moment: datetime, seed: int) -> Faults:
    """Every point of a short run, with every kind of fault."""
    faults = Faults()
    # the disk is simulated, so its files need none
    with TemporaryDirectory(prefix="hallkeeper-disk-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        for kind in KINDS:
            for point in count(1):
                path = folder / f"{kind}-{point}" / "journal.db"
                run = Run(rules, moment, path, broken_at(point, kind))
                run.play()
                faults.see(run.told, held(path))
                if not run.met:
                    break
        for told, path in torn(rules, moment, folder, random.Random(seed)):
            faults.see(told, held(path))
    return faults


class BrokenDisk(sqlite3.Connection):
    """A connection whose disk goes wrong at one statement."""

    point = 0
    kind: Kind = "fails"
    done = 0

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        return self._do(super().execute, arguments)

    def executescript(self, *arguments: Any) -> sqlite3.Cursor:
        return self._do(super().executescript, arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        return self._do(super().executemany, arguments)

    def _do(self, carry_out: Any, arguments: tuple[Any, ...]) -> sqlite3.Cursor:
        disk = type(self)
        disk.done += 1
        if disk.done != disk.point:
            cursor: sqlite3.Cursor = carry_out(*arguments)
            return cursor
        if disk.kind == "late":
            carry_out(*arguments)
        raise sqlite3.OperationalError(SAYS[disk.kind])


def broken_at(point: int, kind: Kind) -> type[BrokenDisk]:
    """A disk that goes wrong at the statement `point`."""
    return type("DiskOfThisRun", (BrokenDisk,), {"point": point, "kind": kind, "done": 0})


@dataclass
class Run:
    """A few tickets and calls through a ledger; whoever is refused for the disk's sake asks again."""

    rules: Rules
    moment: datetime
    path: Path
    disk: type[sqlite3.Connection] = sqlite3.Connection
    told: dict[str, str] = field(default_factory=dict)
    """Command → the number its asker was told."""

    @property
    def met(self) -> bool:
        """Whether the run came upon its fault."""
        return issubclass(self.disk, BrokenDisk) and self.disk.done >= self.disk.point

    def play(self) -> None:
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[None]:
        """Play it; yields after each answer."""
        clock = Standing(self.moment)
        journal, ledger = self._started(clock)
        try:
            for command, order in self._orders():
                clock.time += timedelta(seconds=1)
                for _ in range(TRIES):
                    ((_, reply),) = ledger.settle([order]).replies
                    if reply.reason != "journal_unavailable":
                        self._note(command, reply)
                        break
                ledger.tend()
                yield
        finally:
            journal.close()

    def _started(self, clock: Standing) -> tuple[Journal, Ledger]:
        """A start that fails is tried again, as `up` does: the disk goes wrong only once."""
        numbers = count(1)
        while True:
            with suppress(JournalBroken):
                journal = Journal.open(self.path, self.disk)
                try:
                    return journal, Ledger(journal, self.rules, clock, lambda: f"r{next(numbers)}")
                except JournalBroken:
                    journal.close()

    def _note(self, command: str, reply: Reply) -> None:
        if reply.ok and isinstance(reply.number, str):
            self.told[command] = reply.number

    def _orders(self) -> Iterator[tuple[str, Order]]:
        service = next(iter(self.rules.hall.services))
        counter = self.rules.counters_of[service][0]
        yield "start", Order(lambda now, _: c.StartUp(at=now, by="start"), id="start")
        for step in range(4):
            take, call = f"take-{step}", f"call-{step}"
            yield take, self._order(c.TakeTicket, take, ticket=f"t{step}", service=service, person=f"p{step}")
            if step % 2:
                yield call, self._order(c.CallNext, call, counter=counter)

    def _order(self, kind: type[c.Command], name: str, **keys: Any) -> Order:
        return Order(lambda now, _: kind(at=now, by=name, **keys), id=name)


def held(path: Path) -> list[tuple[str, str]]:
    """What a journal holds after everything: command → number, as often as it was done."""
    with closing(Journal.open(path)) as journal:
        return [
            (event.by, event.number)
            for event in journal.events()
            if isinstance(event, TicketTaken | TicketCalled)
        ]


def torn(
    rules: Rules, moment: datetime, folder: Path, chance: random.Random
) -> Iterator[tuple[dict[str, str], Path]]:
    """The disk as a power cut during each write leaves it, with what had been answered by then."""
    run = Run(rules, moment, folder / "torn" / "journal.db")
    log = Path(f"{run.path}-wal")
    before, told = (b"", b""), dict(run.told)
    numbers = count(1)
    for _ in run.steps():
        now = run.path.read_bytes(), log.read_bytes() if log.exists() else b""
        if before[0] == now[0] and len(now[1]) > len(before[1]):
            for cut in range(len(before[1]), len(now[1]), SECTOR):
                kept = now[1][:cut]
                for end in (b"", chance.randbytes(SECTOR), bytes(len(now[1]) - cut)):
                    path = folder / f"cut-{next(numbers)}" / "journal.db"
                    path.parent.mkdir()
                    path.write_bytes(now[0])
                    Path(f"{path}-wal").write_bytes(kept + end)
                    yield told, path
        before, told = now, dict(run.told)
