"""Rooms are started again when they end, and ended together."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.roster import Room
from cli.supervisor import Phase, Supervisor
from hallfile.premises import Premises

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@dataclass(frozen=True)
class Sleeper(Room):
    """A room that does nothing until it is ended."""

    def command(self, premises: Premises) -> list[str]:
        return [sys.executable, "-c", "import signal; signal.pause()"]


async def changed_until(changes: asyncio.Event, true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            changes.clear()
            await changes.wait()


async def test_a_killed_room_comes_back_and_all_end_together(tmp_path: Path) -> None:
    premises = Premises.open(EXAMPLE, tmp_path, None)
    changes = asyncio.Event()
    supervisor = Supervisor(premises, [Sleeper("one", "one", ()), Sleeper("two", "two", ())], changes.set)
    running = asyncio.create_task(supervisor.run())
    one = supervisor.kept["one"]
    await changed_until(changes, lambda: all(k.phase is Phase.RUNNING for k in supervisor.kept.values()))
    first = one.pid
    assert first is not None

    os.kill(first, signal.SIGKILL)
    await changed_until(changes, lambda: one.starts == 2 and one.phase is Phase.RUNNING)
    pids = [kept.pid for kept in supervisor.kept.values()]
    assert one.pid != first

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for pid in pids:
        assert pid is not None
        assert not Path(f"/proc/{pid}").exists()


async def test_a_room_the_bus_calls_online_is_shown_so(tmp_path: Path) -> None:
    premises = Premises.open(EXAMPLE, tmp_path, None)
    changes = asyncio.Event()
    supervisor = Supervisor(premises, [Sleeper("one", "one", ())], changes.set)
    supervisor.heard("one", True)
    supervisor.heard("nobody", True)
    assert supervisor.kept["one"].online
    assert changes.is_set()
