"""What the machine itself was late by while a benchmark ran: a slow round beside a late machine is not ours.

One process a core sleeps a few milliseconds at a time, before all others where the machine lets it, and
says when it woke late; one more writes a page to the same disk ten times a second and says when that took
long. The end of their standard input ends them, so none outlives its benchmark.
"""

import asyncio
import contextlib
import os
import select
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.figures import distribution

NAP_S: Final = 0.005
WRITE_EACH_S: Final = 0.1
LATE_MS: Final = 10.0
PAGE: Final = bytes(4096)


@dataclass(frozen=True)
class Late:
    """The machine kept somebody waiting from one moment to another, CLOCK_MONOTONIC in ns."""

    what: str
    """`core` or `disk`."""
    begun: int
    over: int

    @property
    def ms(self) -> float:
        """How long."""
        return (self.over - self.begun) / 1e6


@dataclass
class Witnesses:
    """Every delay longer than `LATE_MS`."""

    seen: list[Late] = field(default_factory=list)

    def between(self, start: int, end: int) -> dict[str, float]:
        """The longest delay in ms of each kind that touches these moments (CLOCK_MONOTONIC, ns)."""
        found: dict[str, float] = {}
        for one in self.seen:
            if one.begun < end and start < one.over:
                found[one.what] = max(found.get(one.what, 0.0), round(one.ms, 1))
        return found

    def figures(self) -> dict[str, Any]:
        """The delays in ms, by kind."""
        return {
            what: distribution([one.ms for one in self.seen if one.what == what]) for what in ("core", "disk")
        }


@asynccontextmanager
async def witnessed(folder: Path) -> AsyncIterator[Witnesses]:
    """Watch every core, and the disk of `folder`, for the length of a with-block."""
    testimony = Witnesses()
    async with AsyncExitStack() as stack:
        for core in sorted(os.sched_getaffinity(0)):
            await stack.enter_async_context(_witness(testimony, "core", str(core)))
        await stack.enter_async_context(_witness(testimony, "disk", str(folder)))
        yield testimony


@asynccontextmanager
async def _witness(testimony: Witnesses, what: str, of: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.witness", what, of,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    listening = asyncio.create_task(_listen(process.stdout, testimony, what))
    try:
        yield
    finally:
        process.stdin.close()
        await listening
        await process.wait()


async def _listen(said: asyncio.StreamReader, testimony: Witnesses, what: str) -> None:
    async for line in said:
        begun, over = map(int, line.split())
        testimony.seen.append(Late(what, begun, over))


def _watch_core(core: int) -> None:
    os.sched_setaffinity(0, {core})
    with contextlib.suppress(PermissionError):  # then a busy core looks late, too
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    _watch(lambda: time.sleep(NAP_S), NAP_S, each_s=0.0)


def _watch_disk(folder: Path) -> None:
    page = folder / "witness"
    with page.open("r+b" if page.exists() else "w+b", buffering=0) as file:

        def write() -> None:
            file.seek(0)
            file.write(PAGE)
            os.fdatasync(file.fileno())

        _watch(write, 0.0, each_s=WRITE_EACH_S)


def _watch(wait: Callable[[], None], takes_s: float, *, each_s: float) -> None:
    while not select.select([sys.stdin], [], [], each_s)[0]:
        due = time.monotonic_ns() + round(takes_s * 1e9)
        wait()
        over = time.monotonic_ns()
        if over - due > LATE_MS * 1e6:
            print(due, over, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "core":
        _watch_core(int(sys.argv[2]))
    else:
        _watch_disk(Path(sys.argv[2]))
