"""Print jobs on their way: asked again under the same id until the printer has said what became of them."""

import asyncio
import logging
from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET

from broker.client import Bus, Unanswered
from broker.clock import real_seconds_until
from broker.messages.devices import Print
from broker.messages.envelope import Reply
from broker.topics import CONTROLLER_ID
from broker.transport import NotConnected
from hall.core import Rules, State
from hall.core import commands as core
from hall.core.events import PrintOutcome
from hall.core.state import PrintJob
from hall.shell.intake import Intake
from hall.shell.ledger import Make, Order
from hall.shell.paper import LAYOUT, fields
from hall.shell.steady import steady_id

log = logging.getLogger(__name__)

ASKED_AGAIN_S: Final = 5.0
"""A PUBACK proves nothing: without an answer the job is sent again; the printer's inbox prints it once."""

AFTER_S: Final = 3.0
"""An answer may come so long after the job's expiry; nothing is begun then."""

UNPLUGGED_AGAIN_S: Final = 1.0
"""A printer that answers `device_offline` has begun nothing; it is asked again after so many real seconds."""
COMING_UP_S: Final = 30.0
"""For so many real seconds after a start the devices may still be coming up: a job waits for its printer
until it expires. Later a printer that is away is away, and whoever stands there is told soon."""
BACK_WITHIN_S: Final = 3.0
"""A link that broke is opened again within two seconds."""

WRITTEN_AGAIN_S: Final = 1.0
"""A disk that took no outcome is tried again after so many real seconds."""

NEVER_BEGUN: Final = frozenset(
    (
        "expired",
        "device_offline",
        "stale_epoch",
        "busy",
        "malformed",
        "unknown_version",
        "unknown_type",
        "missing_expires",
    )
)
"""Reasons that prove that nothing was printed."""

Ended = tuple[PrintOutcome, str | None, str | None]
"""An outcome, its reason and its sentence."""


class Printing:
    """Every job whose outcome is not known yet, each in a task of its own."""

    def __init__(self, bus: Bus, rules: Rules, intake: Intake) -> None:
        self._bus = bus
        self._rules = rules
        self._intake = intake
        self._began = bus.clock.monotonic()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def send(self, state: State, job: PrintJob) -> None:
        """Have a job printed; one that is on its way already is left alone."""
        if job.job in self._tasks:
            return
        command = self._command(state, job)
        task = asyncio.get_running_loop().create_task(self._see_through(job, command))
        self._tasks[job.job] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.job, None))

    async def close(self) -> None:
        """Leave what is on its way to the next start: the journal remembers it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _command(self, state: State, job: PrintJob) -> Print:
        return Print(
            id=steady_id(job.asked, "print", job.job),
            at=job.asked,
            expires=job.expires,
            by=f"controller/{CONTROLLER_ID}",
            epoch=state.epoch,
            job=job.job,
            layout=LAYOUT,
            fields=fields(self._rules, state.tickets[job.ticket], job),
        )

    async def _see_through(self, job: PrintJob, command: Print) -> None:
        outcome, reason, text = await self._ask(job, command)

        def ended(now: datetime, _: State) -> core.Command:
            return core.PrintEnded(at=now, job=job.job, outcome=outcome, reason=reason, text=text)

        while not await self._written(ended):  # noqa: ASYNC110 - a disk tells nobody when it can be written again
            await asyncio.sleep(WRITTEN_AGAIN_S)

    async def _written(self, make: Make) -> bool:
        """Have the outcome written down; says whether it was."""
        answered = asyncio.Event()
        reasons: list[object] = []

        def settled(reply: Reply) -> None:
            reasons.append(reply.reason)
            answered.set()

        if not self._intake.put(Order(make, settled=settled)):
            return False
        await answered.wait()
        return reasons != ["journal_unavailable"]

    async def _ask(self, job: PrintJob, command: Print) -> Ended:
        topic = self._bus.topic("ticket_printer", job.printer, "command")
        sent, asked = False, self._bus.clock.monotonic()
        while (left := real_seconds_until(self._bus.clock, command.expires) + AFTER_S) > 0:
            try:
                reply = await self._bus.ask_for(topic, command, min(left, ASKED_AGAIN_S))
            except Unanswered:
                sent = True
            except NotConnected:
                await self._wait_for_bus(left)
            else:
                if reply.reason != "device_offline" or not self._may_come_back(asked, command):
                    return _outcome(reply)
                await asyncio.sleep(UNPLUGGED_AGAIN_S)
                # the answer to an id is kept; the printer's own book knows the job, whatever the id
                command = msgspec.structs.replace(command, id=steady_id(job.asked, command.id, "again"))
        log.warning("printer %s never said what became of job %s", job.printer, job.job)
        if sent:
            return "unknown", "no_answer", self._rules.texts("print.no_answer")
        return "failed", "not_sent", self._rules.texts("print.not_sent")

    def _may_come_back(self, asked: float, command: Print) -> bool:
        """Whether a printer that is not there now is worth waiting for."""
        now = self._bus.clock.monotonic()
        if real_seconds_until(self._bus.clock, command.expires) <= UNPLUGGED_AGAIN_S:
            return False
        return now - self._began < COMING_UP_S or now - asked < BACK_WITHIN_S

    async def _wait_for_bus(self, left: float) -> None:
        try:
            async with asyncio.timeout(left):
                await self._bus.connected.wait()
        except TimeoutError:
            return


def _outcome(reply: Reply) -> Ended:
    """What the printer's answer says; what it does not say is not known."""
    reason = None if reply.reason is UNSET else reply.reason
    text = None if reply.text is UNSET else reply.text
    match reply.outcome:
        case "printed" | "failed" as outcome:
            return outcome, reason, text
        case _:
            return ("failed" if reason in NEVER_BEGUN else "unknown"), reason, text
