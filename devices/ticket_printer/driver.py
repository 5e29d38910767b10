"""The ticket printer: its health watched, its jobs printed once, and never more claimed than is known."""

import asyncio
import logging
import sqlite3
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Final, Self

from broker.clock import real_seconds_until
from broker.door import Refusal
from broker.messages.devices import Print, PrinterState
from broker.messages.envelope import Reply
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import DeviceError, LinkLost, NoAnswer
from devices.kit.exchange import together
from devices.kit.fonts import find_font
from devices.kit.link import Link
from devices.ticket_printer.dialogue import Dialogue
from devices.ticket_printer.drawing import Draughtsman
from devices.ticket_printer.encode import Draw, Job, encode
from devices.ticket_printer.jobs import Ended, JobBook
from devices.ticket_printer.layout import TooLong, UnknownLayout, arrange, layout, layouts
from devices.ticket_printer.status import MECHANICAL, PASSING, Status
from hallfile.premises import Premises
from hallfile.schema import TicketPrinter as Entry

log = logging.getLogger(__name__)

COLUMNS: Final = {58: 32, 80: 48}
"""ASCII columns by paper width in mm, at 203 dots an inch (protocols.md 2.4)."""
ANSWER_S: Final = {"serial": 0.5, "tcp": 2.0}
"""protocols.md 2.1: how long an answer to DLE EOT may take."""
POLL_S: Final = 1.0
CONFIRM_S: Final = 5.0
CONFIRM_LINE_S: Final = 0.02
"""protocols.md 2.5: how long a job may take, and each of its lines."""
LOOK_S: Final = 0.25
"""How often a printer that has not confirmed yet is asked what keeps it."""
REMEMBER: Final = timedelta(days=2)
"""How long a job is kept, so that it is not printed again (hall time)."""


class TicketPrinter(Device):
    """An ESC/POS thermal printer with a cutter."""

    kind: ClassVar[str] = "ticket_printer"
    durable_commands: ClassVar[bool] = True
    takes_commands: ClassVar[bool] = True
    answers_unplugged: ClassVar[bool] = True

    def __init__(
        self, name: str, entry: Entry, opener: Opener, around: Surroundings, jobs: JobBook, draw: Draw
    ) -> None:
        super().__init__(name, entry, opener, around)
        self._jobs = jobs
        self._draw = draw
        self._columns = COLUMNS[entry.paper_mm]
        self._answer_s = ANSWER_S.get(entry.link.partition(":")[0], 2.0)
        self._turn = asyncio.Lock()
        """Held while the printer is spoken to: one question, one job at a time."""
        self._dialogue: Dialogue | None = None
        self._status = Status()

    @classmethod
    def build(cls, name: str, entry: Any, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        layouts()  # so that the first ticket does not wait for them
        jobs = JobBook(premises.data / "devices" / "devices.db", name)
        draw = Draughtsman(partial(find_font, premises.hall.hall.font, premises.path.parent))
        return cls(name, entry, opener, around, jobs, draw)

    def state(self) -> PrinterState:
        status = self._status
        return PrinterState(**self.state_keys(), paper=status.paper, cover=status.cover, cutter=status.cutter)

    async def run(self) -> None:
        try:
            self._recall()
            await super().run()
        finally:
            self._jobs.close()

    async def serve(self, link: Link) -> None:
        self._dialogue = dialogue = Dialogue(link, self._answer_s)
        try:
            await together(dialogue.listen(), self._watch(dialogue))
        finally:
            self._dialogue = None
            self._status = Status()

    async def act(self, command: Print) -> dict[str, Any]:
        job = self._composed(command)
        async with self._turn:
            ended = self._jobs.known(command.job)
            if ended is None:
                ended = await self._printed(command, job)
        if ended.outcome != "printed":
            raise self._refusal(ended)
        return {"outcome": "printed"}

    def _recall(self) -> None:
        """Answer for the jobs of an earlier run of this program, so that nobody prints them again."""
        self._forget_old_jobs()
        around = self.around
        for command, ended in self._jobs.commands().items():
            if around.inbox.reply_to(command) is None:
                keys = self._reply_keys(ended)
                reply = Reply(id=around.bus.new_id(), at=around.clock.now(), re=command, **keys)
                around.inbox.remember(command, reply)

    def _forget_old_jobs(self) -> None:
        self._jobs.forget_before((self.around.clock.now() - REMEMBER).isoformat())

    def _composed(self, command: Print) -> Job:
        try:
            printed = arrange(layout(command.layout), command.fields, self._columns)
        except UnknownLayout:
            raise self._failed("unknown_layout") from None
        except TooLong as error:
            log.warning("ticket_printer %s: job %s is refused: %s", self.name, command.job, error)
            raise self._failed("malformed") from None
        return encode(printed, self._columns, self._draw)

    async def _printed(self, command: Print, job: Job) -> Ended:
        """The procedure of protocols.md 2.5: ask, send, confirm."""
        dialogue = self._dialogue
        if dialogue is None:
            return Ended("failed", "device_offline")
        try:
            if not_ready := await self._not_ready(dialogue):
                return Ended("failed", not_ready)
            settled = await dialogue.settle()
        except LinkLost:
            return Ended("failed", "device_offline")
        except NoAnswer:
            return Ended("failed", "no_answer")
        # it may have waited its turn for long, and a late ticket is not printed
        if (left_s := real_seconds_until(self.around.clock, command.expires)) <= 0:
            return Ended("failed", "expired")
        try:
            self._jobs.begin(command.job, command.id, self.around.clock.now().isoformat())
        except sqlite3.Error as error:
            log.error(
                "ticket_printer %s prints nothing it can't write down (%s); free the disk", self.name, error
            )
            return Ended("failed", "internal_error")
        patience_s = min(CONFIRM_S + CONFIRM_LINE_S * job.lines, left_s)
        ended = await self._sent(dialogue, job, settled, patience_s)
        try:
            self._jobs.end(command.job, ended)
            self._forget_old_jobs()
        except sqlite3.Error as error:
            log.error("ticket_printer %s could not write down how a job ended (%s)", self.name, error)
        return ended

    async def _not_ready(self, dialogue: Dialogue) -> str | None:
        """Why nothing may be sent now; None when the printer says that all is well."""
        status = await self._look(dialogue)
        return status.fault or (None if status.is_known else "no_answer")

    async def _sent(self, dialogue: Dialogue, job: Job, settled: bool, patience_s: float) -> Ended:
        """Send the job and find out what became of it; from its first byte on, not knowing is `unknown`."""
        try:
            async with asyncio.timeout(patience_s):
                await dialogue.send(job.data)
                while not await dialogue.consumed(LOOK_S):
                    if fault := await self._stopped_by(dialogue):
                        return Ended("failed", fault)
                status = await self._look(dialogue)
        except LinkLost:
            return Ended("unknown", "link_lost")
        except (TimeoutError, DeviceError):
            return Ended("unknown", "no_confirmation")
        if status.fault and status.fault not in PASSING:
            return Ended("failed", status.fault)
        # an answer that may have been meant for an earlier job confirms nothing
        return Ended("printed") if settled and status.is_known else Ended("unknown", "no_confirmation")

    async def _stopped_by(self, dialogue: Dialogue) -> str | None:
        """What stopped a job for good; its rest is thrown away, so that new paper does not bring it out."""
        fault = (await self._look(dialogue)).fault
        if fault is None or fault in PASSING:
            return None
        if not await dialogue.clear(recover=fault in MECHANICAL):
            log.warning(
                "ticket_printer %s stopped (%s) and did not confirm that its buffer is empty; "
                "it may finish the old ticket once it is mended",
                self.name,
                fault,
            )
        return fault

    async def _watch(self, dialogue: Dialogue) -> None:
        while True:
            dialogue.unasked.clear()
            async with self._turn:
                if (await self._look(dialogue)).fault is None:
                    await dialogue.settle()
            self.errors, dialogue.garbage = self.errors + dialogue.garbage, 0
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await dialogue.unasked.wait()

    async def _look(self, dialogue: Dialogue) -> Status:
        """Ask the printer how it is, and tell the hall."""
        status = await dialogue.status()
        before, self._status = self._status, status
        if status == Status():
            return status
        fault = status.fault
        self.report(status.word, self.around.sentence(fault) if fault else None)
        if (before.paper, before.cover, before.cutter) != (status.paper, status.cover, status.cutter):
            self.changed()
        return status

    def _failed(self, reason: str) -> Refusal:
        return self._refusal(Ended("failed", reason))

    def _refusal(self, ended: Ended) -> Refusal:
        return Refusal(ended.reason, self.around.sentence(ended.reason), outcome=ended.outcome)

    def _reply_keys(self, ended: Ended) -> dict[str, Any]:
        """A whole answer, as the door would have made it."""
        if ended.outcome == "printed":
            return {"ok": True, "outcome": "printed"}
        refusal = self._refusal(ended)
        return {"ok": False, "reason": refusal.reason, "text": refusal.text, **refusal.keys}
