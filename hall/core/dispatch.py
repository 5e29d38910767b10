"""Who is next, and why.

Everybody has a moment from which their waiting counts: when they took the number, less the minutes their
priority is credited with. The earliest goes first, so nobody is overtaken by one who came later than that
credit after them. Appointments go before walk-ins, but never more than a set number in a row past the same
waiting people.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from hall.core.rules import Rules
from hall.core.state import Queue, State, Ticket, Turn

Why = Callable[[Rules], str]
"""Says it in the language of the rules it is given."""


class Choice(NamedTuple):
    """The next ticket of a counter."""

    ticket: Ticket
    passed: tuple[str, ...]
    """Services whose waiting walk-ins a booked ticket goes before."""
    why: Why


def choose(state: State, rules: Rules, counter: str) -> Choice | None:
    """Whom `counter` calls next; None when nobody waits whom it can serve."""
    queues: list[Queue] = []
    passed: list[str] = []
    walk_in: Turn | None = None
    booked: Turn | None = None
    run = 0
    for service in rules.counter(counter).services:
        queue = state.queues.get(service)
        if queue is None:
            continue
        queues.append(queue)
        if queue.walk_in:
            passed.append(service)
            run = max(run, queue.run)
            walk_in = queue.walk_in[0] if walk_in is None else min(walk_in, queue.walk_in[0])
        if queue.booked:
            booked = queue.booked[0] if booked is None else min(booked, queue.booked[0])
    if booked is not None and run < rules.hall.calling.appointments_in_a_row:
        ticket, nth = state.tickets[booked[2]], run + 1 if passed else 0
        return Choice(ticket, tuple(passed), lambda told: _why_booked(told, ticket, nth))
    if walk_in is not None:
        ticket, nth = state.tickets[walk_in[2]], run if booked else 0
        return Choice(ticket, (), lambda told: _why_walk_in(state, told, ticket, queues, nth))
    if (parked := _nearest_parked(queues)) is not None:
        ticket = state.tickets[parked[2]]
        return Choice(ticket, (), lambda told: _why(told, "missed_alone", ticket))
    return None


def waiting_for(state: State, rules: Rules, counter: str) -> int:
    """How many wait whom `counter` may call."""
    return sum(len(state.queue(service)) for service in rules.counter(counter).services)


def _nearest_parked(queues: Iterable[Queue]) -> Turn | None:
    parked = [(entry.left, entry.turn) for queue in queues for entry in queue.parked]
    return min(parked)[1] if parked else None


def _why_booked(rules: Rules, ticket: Ticket, run: int) -> str:
    if run == 0:
        return _why(rules, "booked_alone", ticket)
    return _why(rules, "booked", ticket, run=run, most=rules.hall.calling.appointments_in_a_row)


def _why_walk_in(state: State, rules: Rules, ticket: Ticket, queues: Iterable[Queue], run: int) -> str:
    if run:
        return _why(rules, "after_booked", ticket, run=run)
    if ticket.missed:
        return _why(rules, "missed", ticket)
    if ticket.credit_minutes and (before := _earliest_overtaken(state, ticket, queues)) is not None:
        if ticket.late:
            return _why(rules, "late", ticket, minutes=f"{ticket.credit_minutes:.0f}", other=before.number)
        names = [rules.texts(f"priority.{name}") for name in ticket.priority]
        return _why(
            rules,
            "priority",
            ticket,
            who=rules.texts("list").join(names),
            minutes=f"{ticket.credit_minutes:g}",
            other=before.number,
            then=f"{before.since:%H:%M}",
        )
    if ticket.step > 1 and ticket.came_from in rules.hall.services:
        done, step = rules.step_name(ticket.came_from), rules.step_name(ticket.service)
        return _why(rules, "next_step", ticket, service=done, step=step)
    if ticket.came_from is not None:
        came_from = rules.hall.services.get(ticket.came_from)
        return _why(
            rules, "transferred", ticket, service=rules.named(came_from) if came_from else ticket.came_from
        )
    return _why(rules, "first", ticket)


def _earliest_overtaken(state: State, ticket: Ticket, queues: Iterable[Queue]) -> Ticket | None:
    """Who has waited longest of those that `ticket` goes before by its credit."""
    earlier = [
        other
        for queue in queues
        for turn in queue.walk_in
        if (other := state.tickets[turn[2]]).since < ticket.since
    ]
    return min(earlier, key=lambda other: other.since, default=None)


def _why(rules: Rules, key: str, ticket: Ticket, **values: object) -> str:
    since = f"{ticket.since.hour:02}:{ticket.since.minute:02}"
    return rules.texts(f"why.{key}", number=ticket.number, since=since, **values)
