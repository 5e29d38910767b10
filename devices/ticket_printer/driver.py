"""The ticket printer: its health watched, its jobs printed once, and never more claimed than is known."""

import asyncio
import logging
import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final, Self

import msgspec

from broker.clock import real_seconds_until
from broker.door import Refusal
from broker.messages.devices import Print, PrinterState, Taken
from broker.messages.envelope import Reply
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import DeviceError, LinkLost, Misconfigured, NoAnswer
from devices.kit.exchange import together
from devices.kit.link import Link
from devices.ticket_printer.composing import USUAL, Composer, UnknownLayout, composer
from devices.ticket_printer.dialogue import Dialogue
from devices.ticket_printer.encode import Job
from devices.ticket_printer.jobs import Ended, JobBook
from devices.ticket_printer.layout import TooLong
from devices.ticket_printer.models import NotMade
from devices.ticket_printer.status import MECHANICAL, MISSES, PASSING, Recollection, Status
from hallfile.devices import TicketPrinter as Entry
from hallfile.links import BadLink, parse_link
from hallfile.premises import Premises

log = logging.getLogger(__name__)

ANSWER_S: Final = {"serial": 0.5, "usb": 0.5, "lp": 0.5, "tcp": 2.0}
"""protocols.md 2.1: how long an answer to DLE EOT may take."""
POLL_S: Final = 1.0
CONFIRM_S: Final = 5.0
CONFIRM_LINE_S: Final = 0.02
"""protocols.md 2.5: how long a job may take, and each of its lines."""
LOOK_S: Final = 0.25
"""How often a printer that has not confirmed yet is asked what keeps it."""
BITS_A_BYTE: Final = 10
"""Of a serial line: 8N1."""
USUAL_BAUD: Final = 115200
TOLD: Final = ("paper", "cover", "cutter", "media")
"""What of the status is in the state."""
REMEMBER: Final = timedelta(days=2)
"""How long a job is kept, so that it is not printed again (hall time)."""


class TicketPrinter(Device):
    """An ESC/POS thermal printer with a cutter."""

    kind: ClassVar[str] = "ticket_printer"
    durable_commands: ClassVar[bool] = True
    takes_commands: ClassVar[bool] = True
    answers_unplugged: ClassVar[bool] = True

    def __init__(
        self, name: str, entry: Entry, opener: Opener, around: Surroundings, jobs: JobBook, composer: Composer
    ) -> None:
        super().__init__(name, entry, opener, around)
        self._jobs = jobs
        self._composer = composer
        self._blind = entry.blind
        self._turn = asyncio.Lock()
        """Held while the printer is spoken to: one question, one job at a time."""
        self._dialogue: Dialogue | None = None
        self._status = Status()
        self._memory = Recollection()
        self._in_mouth: str | None = None
        """The job whose ticket, where the printer has one, is in its mouth."""

    @classmethod
    def build(cls, name: str, entry: Any, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        hall, beside = premises.hall, premises.path.parent
        try:
            composing = composer(entry, hall, beside)
        except NotMade as error:
            opener = _refusing(str(error))
            composing = composer(msgspec.structs.replace(entry, model=USUAL), hall, beside)
        jobs = JobBook(premises.data / "devices" / "devices.db", name)
        return cls(name, entry, opener, around, jobs, composing)

    def state(self) -> PrinterState:
        status = self._status
        return PrinterState(
            **self.state_keys(),
            paper=status.paper,
            cover=status.cover,
            cutter=status.cutter,
            media=status.media,
        )

    async def run(self) -> None:
        try:
            self._recall()
            await super().run()
        finally:
            self._jobs.close()

    async def serve(self, link: Link) -> None:
        scheme, baud = self._line()
        self._dialogue = dialogue = Dialogue(
            link,
            self._composer.press.model,
            ANSWER_S.get(scheme, ANSWER_S["tcp"]),
            BITS_A_BYTE / baud if baud else 0.0,
            blind=self._blind,
        )
        try:
            await together(dialogue.listen(), self._watch(dialogue))
        finally:
            self._dialogue = None
            self._status, self._memory = Status(), Recollection()

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
            return self._composer.job(command.layout, command.fields, command.job)
        except UnknownLayout:
            raise self._failed("unknown_layout") from None
        except TooLong as error:
            log.warning("ticket_printer %s: job %s is refused: %s", self.name, command.job, error)
            raise self._failed("malformed") from None

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
        patience_s = CONFIRM_S + CONFIRM_LINE_S * job.lines + len(job.data) * dialogue.byte_s
        ended = await self._sent(dialogue, job, settled, min(patience_s, left_s))
        if ended.outcome != "failed":
            self._in_mouth = command.job
        try:
            self._jobs.end(command.job, ended)
            self._forget_old_jobs()
        except sqlite3.Error as error:
            log.error("ticket_printer %s could not write down how a job ended (%s)", self.name, error)
        return ended

    async def _not_ready(self, dialogue: Dialogue) -> str | None:
        """Why nothing may be sent now; None when the printer says that all is well, or may keep silent."""
        status = await self._look_well(dialogue)
        return status.fault or (None if status.is_known or self._blind else "no_answer")

    async def _sent(self, dialogue: Dialogue, job: Job, settled: bool, patience_s: float) -> Ended:
        """Send the job and find out what became of it; from its first byte on, not knowing is `unknown`."""
        try:
            async with asyncio.timeout(patience_s):
                await dialogue.send(job.data, job.ident)
                while not await dialogue.consumed(LOOK_S):
                    if stopped := await self._stopped(dialogue):
                        return stopped
                status = await self._look_well(dialogue)
        except LinkLost:
            return Ended("unknown", "link_lost")
        except (TimeoutError, DeviceError):
            return Ended("unknown", "no_confirmation")
        status = replace(status, marker=dialogue.marker)
        if status.fault and status.fault not in PASSING:
            return Ended("failed", status.fault)
        # an answer that may have been meant for an earlier job confirms nothing
        return Ended("printed") if settled and status.is_known else Ended("unknown", "no_confirmation")

    async def _stopped(self, dialogue: Dialogue) -> Ended | None:
        """How a job ended that was stopped for good; None while it may still go on.

        Its rest is thrown away, so that new paper does not bring it out. A printer that does not confirm that
        may yet finish the ticket once it is mended: then nobody knows how the job will have ended.
        """
        fault = (await self._look(dialogue)).fault
        if fault is None or fault in PASSING:
            return None
        if await dialogue.clear(recover=fault in MECHANICAL):
            return Ended("failed", fault)
        log.warning(
            "ticket_printer %s stopped (%s) and did not confirm that its buffer is empty; "
            "it may finish the old ticket once it is mended: take that ticket away",
            self.name,
            fault,
        )
        return Ended("unknown", fault)

    async def _watch(self, dialogue: Dialogue) -> None:
        await dialogue.open()
        while True:
            dialogue.unasked.clear()
            async with self._turn:
                if (await self._look(dialogue)).fault is None:
                    await dialogue.settle()
            self.errors, dialogue.garbage = self.errors + dialogue.garbage, 0
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await dialogue.unasked.wait()
                if dialogue.pushed is not None:
                    self._tell(self._memory.take(dialogue.pushed, self._now()))
                    dialogue.pushed = None

    async def _look_well(self, dialogue: Dialogue) -> Status:
        """Ask again while what matters most stays unanswered."""
        for _ in range(MISSES):
            status = await self._look(dialogue)
            if status.is_known:
                break
        return status

    async def _look(self, dialogue: Dialogue) -> Status:
        """Ask the printer how it is, and tell the hall; returns what it has said just now, and no more."""
        status = await dialogue.status()
        self._tell(self._memory.take(status, self._now()))
        return status

    def _tell(self, status: Status) -> None:
        """Tell the hall what is known of the printer."""
        before, self._status = self._status, status
        if status != Status():
            fault = status.fault
            self.report(status.word, self.around.sentence(fault) if fault else None)
        elif self._blind:
            self.report("online", self.around.sentence("printer_blind"))
        if any(getattr(before, part) != getattr(status, part) for part in TOLD):
            self.changed()
        if (before.media, status.media) == ("present", "notPresent") and self._in_mouth is not None:
            around, job, self._in_mouth = self.around, self._in_mouth, None
            self.tell(Taken(id=around.bus.new_id(), at=around.clock.now(), job=job))

    def _now(self) -> float:
        return self.around.clock.monotonic()

    def _line(self) -> tuple[str, int]:
        """What the link runs over, and the bits a second of a serial one; 0 for any other."""
        try:
            url = parse_link(self.entry.link)
            return url.scheme, url.number("baud", USUAL_BAUD) if url.scheme == "serial" else 0
        except BadLink as error:
            raise Misconfigured(f"{error}; correct it in the hall file") from None

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


def _refusing(cause: str) -> Opener:
    """Opens nothing: the hall file asks for what there is not."""

    async def refuse() -> Link:
        raise Misconfigured(f"{cause}; correct it in the hall file")

    return refuse
