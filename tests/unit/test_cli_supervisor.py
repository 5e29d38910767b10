"""Rooms are started again when they end, and ended together."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker.pulse import Heart, Wrist
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


@dataclass(frozen=True)
class Standing(Room):
    """A room that beats once and then stands still, on the bus or not."""

    def command(self, premises: Premises) -> list[str]:
        beat = "import os, signal; os.write(int(os.environ['HALLKEEPER_PULSE']), b'.'); signal.pause()"
        return [sys.executable, "-c", beat]


async def test_a_room_whose_loop_stands_still_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.supervisor.STILL_S", 0.5)
    premises = Premises.open(EXAMPLE, tmp_path, None)
    changes = asyncio.Event()
    rooms: list[Room] = [Standing("one", "one", (), beats=True), Sleeper("two", "two", ())]
    supervisor = Supervisor(premises, rooms, changes.set)
    running = asyncio.create_task(supervisor.run())
    one, two = supervisor.kept["one"], supervisor.kept["two"]
    await changed_until(changes, lambda: one.starts == 2 and one.phase is Phase.RUNNING)
    assert two.starts == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_heart_beats_once_a_second_and_a_full_pipe_does_not_hold_it_up() -> None:
    wrist = Wrist(0.0)
    assert wrist.still_s(3.0) == 3.0
    assert not wrist.beaten
    heart = Heart(wrist.write)
    for moment in (4.0, 4.1, 4.9):
        heart.beat(moment)
    assert os.read(wrist._read, 10) == b"."
    for second in range(100_000):
        heart.beat(5.0 + second)
    assert wrist.still_s(7.0) == 0.0
    assert wrist.beaten
    wrist.close()
    heart.beat(1e9)


async def test_a_room_the_bus_calls_online_is_shown_so(tmp_path: Path) -> None:
    premises = Premises.open(EXAMPLE, tmp_path, None)
    changes = asyncio.Event()
    supervisor = Supervisor(premises, [Sleeper("one", "one", ())], changes.set)
    supervisor.heard("one", True)
    supervisor.heard("nobody", True)
    assert supervisor.kept["one"].online
    assert changes.is_set()
