"""What visitors' screens are answered aside from the journal: nothing happens to a number by it.

A kiosk may not command a printer itself (broker.access): whatever a printer prints is asked for by the
controller, whose epoch it obeys. A checklist that is lost with the controller is touched for again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import UNSET

from broker.client import Bus, Received, Unanswered
from broker.door import Door, Refusal
from broker.inbox import MemoryInbox
from broker.messages.devices import Print
from broker.messages.envelope import Command
from broker.messages.visitors import FindTickets, OwnTicket, PrintChecklist
from broker.topics import CONTROLLER_ID, Topic
from broker.transport import NotConnected
from hall.core import Rules, printing
from hall.shell import checklist
from hall.shell.ledger import Ledger
from hall.shell.replies import forecast
from hallfile.guide import Guide

ASIDE: Final[tuple[type[Command], ...]] = (FindTickets, PrintChecklist)
"""Commands that never reach the core."""
STILL_THEIRS: Final = ("waiting", "called", "held", "missed")
"""A number in one of these is worth showing to its owner, and printing again."""


class Aside:
    """Answers what changes nothing."""

    def __init__(self, bus: Bus, topic: Topic, rules: Rules, ledger: Ledger, guide: Guide) -> None:
        self._bus = bus
        self._rules = rules
        self._ledger = ledger
        self._guide = guide
        self._acts: dict[type[Command], Callable[[Any], Awaitable[dict[str, Any]]]] = {
            FindTickets: self._find,
            PrintChecklist: self._print,
        }
        self._door = Door(
            bus, topic, self._act, MemoryInbox(), lambda code: rules.texts(f"refusal.{code}"), listens=False
        )

    def takes(self, command: Command) -> bool:
        """Whether it is answered here."""
        return isinstance(command, ASIDE)

    def admit(self, received: Received, command: Command) -> None:
        """Answer it, once for one id."""
        self._door.admit(received, command)

    async def close(self) -> None:
        """Give up what is still being answered."""
        await self._door.close()

    async def _act(self, command: Command) -> dict[str, Any]:
        return await self._acts[type(command)](command)

    async def _find(self, command: FindTickets) -> dict[str, Any]:
        state, now = self._ledger.state, self._bus.clock.now()
        own = [state.tickets[ticket] for ticket in state.of_person.get(command.person, ())]
        told = []
        for ticket in own:
            if ticket.status in STILL_THEIRS:
                ahead, wait = printing.now_before(state, ticket, self._ledger.engine.outlooks, now)
                told.append(
                    OwnTicket(
                        ticket=ticket.id,
                        number=ticket.number,
                        service=ticket.service,
                        status=ticket.status,
                        ahead=ahead,
                        forecast_minutes=forecast(wait),
                    )
                )
        return {"details": {"tickets": told}}

    async def _print(self, command: PrintChecklist) -> dict[str, Any]:
        item = self._guide.items.get(command.item)
        if item is None:
            raise self._no("unknown_item", "failed")
        printer = self._printer(command)
        if printer is None:
            raise self._no("no_printer", "failed")
        paper = Print(
            id=self._bus.new_id(),
            at=self._bus.clock.now(),
            expires=command.expires,
            by=f"controller/{CONTROLLER_ID}",
            epoch=self._ledger.state.epoch,
            job=f"checklist-{command.id}",
            layout=checklist.LAYOUT,
            fields=checklist.fields(self._rules, self._guide, item, self._bus.clock.now()),
        )
        try:
            reply = await self._bus.ask(self._bus.topic("ticket_printer", printer, "command"), paper)
        except NotConnected:
            raise self._no("not_printed", "failed") from None
        except Unanswered:
            raise self._no("not_printed", "unknown") from None
        if reply.outcome == "printed":
            return {"outcome": "printed"}
        outcome = "failed" if reply.outcome is UNSET else reply.outcome
        said = reply.text if isinstance(reply.text, str) else self._rules.texts("refusal.not_printed")
        raise Refusal(reply.reason if isinstance(reply.reason, str) else "not_printed", said, outcome=outcome)

    def _printer(self, command: PrintChecklist) -> str | None:
        hall = self._rules.hall
        if isinstance(command.printer, str):
            return command.printer if command.printer in hall.ticket_printers else None
        kiosk = hall.kiosks.get(command.kiosk) if isinstance(command.kiosk, str) else None
        return next(iter(kiosk.printers), None) if kiosk is not None else None

    def _no(self, reason: str, outcome: str) -> Refusal:
        return Refusal(reason, self._rules.texts(f"refusal.{reason}"), outcome=outcome)
