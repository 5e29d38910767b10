"""Keeps the rooms of a hall running: starts each, again when it ends or hangs, and ends all together."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from broker.pulse import PULSE, Wrist
from cli.process import PARENT
from cli.roster import Room
from hallfile.premises import Premises

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.2
LAST_RETRY_S: Final = 5.0
STEADY_S: Final = 20.0
"""A room that ran this long is forgiven its earlier ends."""
HUNG_S: Final = 20.0
"""A room whose process lives but that the bus has called offline so long is hung, and is ended."""
STILL_S: Final = 10.0
"""A room that beats is ended when its loop has stood still so long."""
FIRST_BEAT_S: Final = 60.0
"""… and this long may pass before it goes round at all."""
ROOM_ENVIRONMENT: Final = {**os.environ, "OPENBLAS_NUM_THREADS": "1", PARENT: str(os.getpid())}
"""A room's arrays are small: threads of the algebra library would only wait for each other."""
LEAVE_S: Final = 5.0
"""How long a room may take to leave before it is killed."""


class Phase(Enum):
    """How a room's process stands."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass
class Kept:
    """One room under supervision."""

    room: Room
    phase: Phase = Phase.STARTING
    pid: int | None = None
    starts: int = 0
    exit_code: int | None = None
    online: bool = False
    """What the bus says of it."""
    seen_online: bool = False
    """Whether this start of it has been online."""
    offline_since: float | None = None
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)
    wrist: Wrist | None = field(default=None, repr=False)


class Supervisor:
    """All rooms of one hall as child processes."""

    def __init__(self, premises: Premises, rooms: list[Room], changed: Callable[[], None]) -> None:
        self.kept = {room.name: Kept(room) for room in rooms}
        self._premises = premises
        self._changed = changed
        self._leaving = False

    async def run(self) -> None:
        """Keep every room running until cancelled; then end all of them, the broker last."""
        tasks = [asyncio.create_task(self._keep(kept)) for kept in self.kept.values()]
        tasks.append(asyncio.create_task(self._watch()))
        try:
            await asyncio.gather(*tasks)
        finally:
            self._leaving = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._end_all()

    def heard(self, room: str, online: bool) -> None:
        """The bus has said whether a room is online."""
        if (kept := self.kept.get(room)) is None or kept.online == online:
            return
        kept.online = online
        kept.seen_online |= online
        kept.offline_since = None if online else asyncio.get_running_loop().time()
        self._changed()

    async def _keep(self, kept: Kept) -> None:
        retry_s = FIRST_RETRY_S
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._start(kept)
                assert kept.process is not None
                kept.exit_code = await kept.process.wait()
            except OSError as error:
                log.warning("the room %s can't be started now: %s", kept.room.name, error)
            finally:
                _let_go(kept)
            kept.phase, kept.pid, kept.process = Phase.WAITING, None, None
            kept.seen_online, kept.offline_since = False, None
            log.warning("the room %s ended with %s; starting it again", kept.room.name, kept.exit_code)
            self._changed()
            retry_s = FIRST_RETRY_S if loop.time() - began > STEADY_S else min(LAST_RETRY_S, retry_s * 2)
            await asyncio.sleep(retry_s)

    async def _start(self, kept: Kept) -> None:
        kept.phase = Phase.STARTING
        kept.starts += 1
        self._changed()
        errors = self._premises.logs / f"{kept.room.name}.err"
        if kept.room.beats:
            kept.wrist = Wrist(asyncio.get_running_loop().time())
        with errors.open("ab" if _size(errors) < 1 << 20 else "wb") as stream:
            kept.process = await asyncio.create_subprocess_exec(
                *kept.room.command(self._premises),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                env=ROOM_ENVIRONMENT | ({PULSE: str(kept.wrist.write)} if kept.wrist else {}),
                pass_fds=(kept.wrist.write,) if kept.wrist else (),
            )
        if kept.wrist is not None:
            kept.wrist.let_go()
        kept.pid = kept.process.pid
        kept.phase = Phase.RUNNING
        self._changed()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            for kept in self.kept.values():
                if kept.process is not None and _stands_still(kept, loop.time()):
                    log.warning("the loop of the room %s stands still; ending it", kept.room.name)
                    kept.process.kill()
                    continue
                since = kept.offline_since
                hung = kept.seen_online and since is not None and loop.time() - since > HUNG_S
                broker = self.kept.get("broker")
                if hung and kept.process is not None and (broker is None or broker.phase is Phase.RUNNING):
                    log.warning("the room %s lives but does not answer; ending it", kept.room.name)
                    kept.offline_since = loop.time()
                    kept.process.kill()

    async def _end_all(self) -> None:
        others = [kept for kept in self.kept.values() if kept.room.on_bus]
        await asyncio.gather(*(self._end(kept) for kept in others))
        await asyncio.gather(*(self._end(kept) for kept in self.kept.values() if not kept.room.on_bus))

    async def _end(self, kept: Kept) -> None:
        process = kept.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
            try:
                async with asyncio.timeout(LEAVE_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        kept.phase = Phase.ENDED


def _stands_still(kept: Kept, now: float) -> bool:
    if kept.wrist is None:
        return False
    still_s = kept.wrist.still_s(now)
    return still_s > (STILL_S if kept.wrist.beaten else FIRST_BEAT_S)


def _let_go(kept: Kept) -> None:
    if kept.wrist is not None:
        kept.wrist.close()
        kept.wrist = None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
