"""The technician's way in, and what the pages behind it do: the shell's part of `kiosk.technician.visit`."""

import asyncio
import logging
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Final

from broker.client import Bus, Unanswered
from broker.messages.devices import Print
from broker.transport import NotConnected
from hallfile.catalogue import Catalogue
from kiosk.presenters.floor import Floor
from kiosk.screens.frame import Frame
from kiosk.screens.widgets import Widget
from kiosk.technician import pin
from kiosk.technician.knock import Knock
from kiosk.technician.pages import technician
from kiosk.technician.sight import Sight, Watch, network, versions
from kiosk.technician.tools import Tool
from kiosk.technician.visit import Asked, Tries, Visit, is_over, judged, touched
from kiosk.voice import Voice

log = logging.getLogger(__name__)

PRINT_S: Final = 20.0
"""A test print is waited for so long, real seconds."""


class TechniciansDoor:
    """Closed to everybody but whoever knows the knock and the PIN; nothing of a citizen's is behind it."""

    def __init__(
        self,
        bus: Bus,
        floor: Floor,
        knock: Knock,
        voice: Voice,
        sentence: Catalogue,
        data: Path | None,
        font: str,
        changed: Callable[[], None],
    ) -> None:
        self.visit: Visit | None = None
        self._tries = Tries()
        self._bus = bus
        self._floor = floor
        self._knock = knock
        self._voice = voice
        self._sentence = sentence
        self._pin = pin.place(data) if data is not None else None
        self._font = font
        self._changed = changed
        self._watch = Watch(bus, floor, changed)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_open(self) -> bool:
        return self.visit is not None

    def heard(self, x: int, y: int, now: float) -> bool:
        """A finger anywhere while the screen is at rest; whether it was the last of the knock."""
        if not self._knock.heard(x, y, now):
            return False
        if self._pin is None or not pin.is_set(self._pin):
            log.warning("somebody knocks, but no PIN is set; set one with `hallkeeper kiosk --set-pin`")
            return False
        log.info("the technician's door is asked for at kiosk %s", self._floor.kiosk)
        self.visit = Visit(touched_at=now)
        return True

    def felt(self, tool: Tool | None, now: float) -> None:
        """A finger on one of the pages behind the door."""
        if self.visit is None:
            return
        self.visit, asked = touched(self.visit, tool, self._tries, now)
        self._do(asked, now)
        self._changed()

    def ticked(self, now: float) -> None:
        """Time passes: a forgotten visit ends."""
        if self.visit is not None and is_over(self.visit, now):
            self._leave()

    def shown(self, now: float) -> object:
        """What `drawn` depends on: equal things are drawn alike."""
        if self.visit is None:
            return None
        said = (tuple(self._watch.instruments.values()), self._voice.volume)
        return self.visit, said, self.rest_s(now), int(now) if self.visit.room == "network" else 0

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def rest_s(self, now: float) -> int:
        """How long until the next PIN is heard."""
        return max(0, ceil(self._tries.heard_from - now)) if self._tries.wrong else 0

    def drawn(self, frame: Frame, heard_s: float | None, now: float) -> list[Widget]:
        """What the technician sees."""
        assert self.visit is not None
        sight = Sight(
            tuple(self._watch.instruments.values()),
            self._voice.volume,
            network(self._bus, heard_s) if self.visit.room == "network" else (),
            versions(self._font) if self.visit.room == "versions" else (),
        )
        return technician(frame, self.visit, sight, self.rest_s(now))

    def _do(self, asked: Asked, now: float) -> None:
        if asked.pin is not None:
            self._judge(asked.pin, now)
        if asked.printer is not None:
            task = asyncio.get_running_loop().create_task(self._test(asked.printer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if asked.volume_by:
            log.info("the technician sets the volume to %d", self._voice.turn(asked.volume_by))
        if asked.leave:
            self._leave()

    def _judge(self, entered: str, now: float) -> None:
        assert self.visit is not None
        right = self._pin is not None and pin.is_right(self._pin, entered)
        self.visit = judged(self.visit, right)
        if right:
            self._tries = Tries()
            log.info("a technician is in at kiosk %s", self._floor.kiosk)
            return
        self._tries = self._tries.after_a_wrong_one(now)
        log.warning(
            "a wrong PIN at kiosk %s (number %d); the next is heard in %d s",
            self._floor.kiosk, self._tries.wrong, self.rest_s(now),
        )  # fmt: skip

    def _leave(self) -> None:
        self.visit = None
        self._changed()

    async def _test(self, printer: str) -> None:
        said = await self._printed(printer)
        log.info("the test print at %s: %s", printer, said)
        if self.visit is not None:
            self.visit = Visit(
                self.visit.touched_at, is_in=True, room=self.visit.room, said=f"technician.{said}"
            )
            self._changed()

    async def _printed(self, printer: str) -> str:
        bus, say = self._bus, self._sentence
        job = bus.new_id()
        fields = {
            "hall": self._floor.hall.zh,
            "item": say("technician.test"),
            "notes": say("technician.test_note", kiosk=self._floor.kiosk, printer=printer),
            "time": f"{bus.clock.now():%Y-%m-%d %H:%M:%S}",
        }
        order = Print(
            id=job, at=bus.clock.now(), expires=bus.expires(PRINT_S), by=f"kiosk/{self._floor.kiosk}",
            job=job, layout="checklist", fields=fields,
        )  # fmt: skip
        try:
            reply = await bus.ask_for(bus.topic("ticket_printer", printer, "command"), order, PRINT_S)
        except (Unanswered, NotConnected):
            return "unanswered"
        outcome = reply.outcome
        return outcome if outcome in ("printed", "failed", "unknown") else "printed" if reply.ok else "failed"
