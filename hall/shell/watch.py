"""Watching what the hall does not do: counters with nobody there, queues that outgrow their counters."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import msgspec

from broker.client import Bus
from hall.core import State, absence, forecast, overload
from hall.core import commands as core
from hall.core.events import AlarmRaised, Event
from hall.shell.intake import Intake
from hall.shell.ledger import Ledger, Order

log = logging.getLogger(__name__)

SERVICES_A_LOOK: Final = 2
"""Queues looked at in one look, in turn: a supposed hall costs a forecast of its own."""
FAULT_MOST: Final = 300
"""Characters of what a program said that are kept."""
PICTURES: Final = "pictures"
"""Folder of the data folder where pictures go."""


class Watch:
    """Looks every second, and has a picture taken of a counter nobody is at."""

    def __init__(self, bus: Bus, intake: Intake, ledger: Ledger, data: Path) -> None:
        self._bus = bus
        self._intake = intake
        self._ledger = ledger
        self._rules = ledger.engine.rules
        self._data = data
        self._services = cycle(self._rules.hall.services)
        self._taking: set[asyncio.Task[None]] = set()

    def look(self) -> None:
        """Raise and clear what is due."""
        state, rules, now = self._ledger.state, self._rules, self._bus.clock.now()
        for command in absence.look(state, rules, now):
            self._put(command)
        for service in islice(self._services, SERVICES_A_LOOK):
            newcomer = forecast.newcomer(state, now, 0.0)
            seen = self._ledger.engine.outlooks.prospect(state, service, newcomer, False, now)
            foreseen = None if seen is None else seen.wait.median
            if (found := overload.look(state, rules, service, now, foreseen)) is not None:
                self._put(found)

    def saw(self, events: list[Event]) -> None:
        """Have a picture taken for every counter that nobody is at."""
        command = self._rules.hall.absence.snapshot_command
        if not command:
            return
        for event in events:
            if isinstance(event, AlarmRaised) and event.kind == "absence":
                task = asyncio.get_running_loop().create_task(self._picture(event, command, self._data))
                self._taking.add(task)
                task.add_done_callback(self._taking.discard)

    async def close(self) -> None:
        """Leave off."""
        for task in self._taking:
            task.cancel()
        await asyncio.gather(*self._taking, return_exceptions=True)

    def _put(self, command: core.Command) -> None:
        def make(now: datetime, _: State) -> core.Command:
            return msgspec.structs.replace(command, at=now)

        self._intake.put(Order(make))

    async def _picture(self, alarm: AlarmRaised, command: Sequence[str], data: Path) -> None:
        within_s = self._rules.hall.absence.snapshot_within_s
        file = data / PICTURES / f"{alarm.alarm}.jpg"
        program = [part.replace("{file}", str(file)).replace("{counter}", alarm.where) for part in command]
        fault = await take_picture(program, file, within_s)
        if fault is not None:
            log.warning("no picture of counter %s: %s", alarm.where, fault)
        picture = f"{PICTURES}/{file.name}" if fault is None else None
        self._put(
            core.NotePicture(at=alarm.at, by=absence.WATCH, alarm=alarm.alarm, picture=picture, fault=fault)
        )


async def take_picture(program: Sequence[str], file: Path, within_s: float) -> str | None:
    """Run `program`, which is to write `file`, without a shell; None, or a sentence of why there is none."""
    name = program[0]
    try:
        await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return f"{name} can't be run ({error.strerror}); correct [absence] snapshot_command"
    try:
        async with asyncio.timeout(within_s):
            _, said = await process.communicate()
    except TimeoutError:
        return f"{name} took longer than {within_s:g} s and was ended; try it by hand"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        why = " ".join(said.decode(errors="replace").split())[-FAULT_MOST:]
        return f"{name} ended with {process.returncode}: {why or 'it said nothing'}"
    if await asyncio.to_thread(file.is_file):
        return None
    return f"{name} ended well but wrote no file; does it use {{file}}?"
