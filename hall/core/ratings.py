"""好差评: one grade for a service, given freely within its window; no answer is an answer of its own."""

from hall.core import alarms, commands, desk
from hall.core import events as e
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import State, Ticket


def rate(state: State, rules: Rules, command: commands.Rate) -> list[e.Event] | Refusal:
    """Take a grade. A key pressed in time counts also when it arrives after the window was written off."""
    ticket = _rated(state, rules, command)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.finished_at is None or ticket.rating_until is None or ticket.counter is None:
        return refuse(rules, "not_served", ticket=ticket.id, number=ticket.number)
    if ticket.grade is not None:
        return refuse(rules, "already_rated", ticket=ticket.id, number=ticket.number)
    pressed = command.at if command.pressed is None else command.pressed
    if not ticket.finished_at <= pressed <= ticket.rating_until:
        return refuse(rules, "rating_closed", ticket=ticket.id, number=ticket.number)
    rated = e.Rated(
        at=command.at,
        by=command.by,
        ticket=ticket.id,
        counter=ticket.counter,
        clerk=ticket.clerk,
        grade=command.grade,
    )
    if command.grade > rules.hall.rating.bad_at_most:
        return [rated]
    return [rated, alarms.bad_rating(rules, ticket, command)]


def _rated(state: State, rules: Rules, command: commands.Rate) -> Ticket | Refusal:
    """The ticket named, or the one the counter finished last."""
    if command.ticket is None and command.counter is not None:
        for ticket_id in reversed(state.rating):
            if state.tickets[ticket_id].counter == command.counter:
                return state.tickets[ticket_id]
    return desk.named(state, rules, command)
