"""咨询预审: papers are looked through while people wait; who passes is 免审 at the counter."""

from hall.core import desk
from hall.core import events as e
from hall.core import task_commands as ask
from hall.core import task_events as t
from hall.core.commands import AtCounter
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import State, Ticket


def check(state: State, rules: Rules, command: ask.Precheck) -> list[e.Event] | Refusal:
    """Note what was found; it may be said again, differently, until the ticket is called."""
    ticket = _named(state, rules, command)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.status not in ("waiting", "missed", "held"):
        return desk.wrong_state(rules, ticket)
    if ticket.prechecked == command.passed:
        return []
    return [
        t.PreChecked(
            at=command.at,
            by=command.by,
            ticket=ticket.id,
            number=ticket.number,
            passed=command.passed,
        )
    ]


def _named(state: State, rules: Rules, command: ask.Precheck) -> Ticket | Refusal:
    if command.ticket is not None or command.number is None:
        return desk.named(state, rules, AtCounter(at=command.at, ticket=command.ticket))
    number = command.number.strip().upper()
    for ticket in state.tickets.values():
        if ticket.number == number:
            return ticket
    return refuse(rules, "unknown_ticket")
