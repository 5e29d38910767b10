"""What happens at a counter: calling, serving, and what becomes of one who does not come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hall.core import calendar, commands, dispatch
from hall.core import events as e
from hall.core.reasons import WHY_MOST, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import KEY_GRACE_S, Rules
from hall.core.state import Desk, State, Ticket, TicketStatus
from hall.core.tongues import said

SERVED_LEAST_S: Final = 15.0
"""One whose service was never begun and who was put down sooner, hall seconds, was hardly served: the way to
the counter alone takes as long (domain.md section 8: the shortest services take a minute)."""


def call_next(
    state: State, rules: Rules, command: commands.CallNext, *, reopening: bool = False
) -> list[e.Event] | Refusal:
    """The next ticket by rule; one still in hand is finished first, also when nobody waits.

    A paused counter calls nobody, or with `reopening` ends its pause by it.
    """
    if command.counter not in rules.hall.counters:
        return refuse(rules, "unknown_counter", counter=command.counter)
    desk = state.desk(command.counter)
    if no := _not_working(rules, command.counter, desk, reopening=reopening):
        return no
    first: list[e.Event] = []
    if desk.paused:
        first.append(e.CounterReopened(at=command.at, by=command.by, counter=command.counter))
    in_hand = state.in_hand(command.counter)
    if in_hand is not None:
        if _just_called(rules, in_hand, command.at):
            return refuse(rules, "just_called", ticket=in_hand.id, number=in_hand.number)
        first.append(finished(rules, in_hand, command))
    choice = dispatch.choose(state, rules, command.counter)
    if choice is None:
        return _nobody(rules, command.counter, first)
    why, why_in = said(rules, choice.why)
    called = e.TicketCalled(
        at=command.at,
        by=command.by,
        ticket=choice.ticket.id,
        number=choice.ticket.number,
        service=choice.ticket.service,
        counter=command.counter,
        clerk=desk.clerk,
        nth=1,
        why=why,
        why_in=why_in,
        passed=choice.passed,
    )
    return [*first, called]


def _nobody(rules: Rules, counter: str, first: list[e.Event]) -> Refusal:
    """Said all day, so here and now in every language."""
    text, text_in = said(
        rules, lambda told: told.texts("refusal.nobody_waiting", counter=told.counter_name(counter))
    )
    return Refusal("nobody_waiting", text, events=tuple(first), text_in=text_in)


def recall(state: State, rules: Rules, command: commands.Recall) -> list[e.Event] | Refusal:
    """The number once more, as often as the rules allow."""
    ticket = _in_state(state, rules, command, ("called", "serving"))
    if isinstance(ticket, Refusal):
        return ticket
    most = rules.hall.calling.recalls
    if ticket.calls > most:
        return refuse(rules, "recalls_used", ticket=ticket.id, number=ticket.number, most=most)
    assert ticket.counter is not None
    nth = ticket.calls + 1

    why, why_in = said(rules, lambda told: told.texts("why.recall", number=ticket.number, nth=nth))
    return [
        e.TicketCalled(
            at=command.at,
            by=command.by,
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            counter=ticket.counter,
            clerk=ticket.clerk,
            nth=nth,
            why=why,
            why_in=why_in,
        )
    ]


def no_show(state: State, rules: Rules, command: commands.NoShow) -> list[e.Event] | Refusal:
    """过号: by the hall's rule void, to the tail, back in after some others (once), or until a clerk says."""
    ticket = _in_state(state, rules, command, ("called",))
    if isinstance(ticket, Refusal):
        return ticket
    assert ticket.counter is not None
    goes = rules.hall.calling.no_show
    if goes == "back" and ticket.missed:
        goes = "void"
    return [
        e.TicketMissed(
            at=command.at,
            by=command.by,
            ticket=ticket.id,
            counter=ticket.counter,
            goes=goes,
            after=rules.hall.calling.back_after if goes == "back" else 0,
        )
    ]


def hold(state: State, rules: Rules, command: commands.Hold) -> list[e.Event] | Refusal:
    """挂起: the visitor fetches something; the counter is free for others meanwhile."""
    ticket = _in_state(state, rules, command, ("called", "serving"))
    if isinstance(ticket, Refusal):
        return ticket
    assert ticket.counter is not None
    return [e.TicketHeld(at=command.at, by=command.by, ticket=ticket.id, counter=ticket.counter)]


def resume(state: State, rules: Rules, command: commands.Resume) -> list[e.Event] | Refusal:
    """A held or missed ticket comes back into its queue, at its old place in time."""
    ticket = _one_held(state, command) or named(state, rules, command)
    if isinstance(ticket, Refusal):
        return ticket
    parked = any(entry.turn[2] == ticket.id for entry in state.queue(ticket.service).parked)
    if ticket.status not in ("held", "missed") and not parked:
        return wrong_state(rules, ticket)
    return [e.TicketResumed(at=command.at, by=command.by, ticket=ticket.id)]


def transfer(state: State, rules: Rules, command: commands.Transfer) -> list[e.Event] | Refusal:
    """转号: on to another service, keeping the place in time."""
    if command.to not in rules.hall.services:
        return refuse(rules, "unknown_service", service=command.to)
    ticket = _in_state(state, rules, command, ("waiting", "called", "serving", "held", "missed"))
    if isinstance(ticket, Refusal):
        return ticket
    name = rules.service_name(command.to)
    if ticket.service == command.to:
        return refuse(rules, "same_service", ticket=ticket.id, number=ticket.number, service=name)
    if not any(
        state.desk(counter).is_open or _opens_later(rules, counter, command.at)
        for counter in rules.counters_of[command.to]
    ):
        return refuse(rules, "no_counter", ticket=ticket.id, service=name)
    step, steps = _visit_from(rules, ticket, command.to)
    return [
        e.TicketTransferred(
            at=command.at,
            by=command.by,
            ticket=ticket.id,
            to=command.to,
            step=step,
            steps=steps,
        )
    ]


def _visit_from(rules: Rules, ticket: Ticket, service: str) -> tuple[int, tuple[str, ...]]:
    """Where a visit stands that is sent on by hand, and what is left of it: one of its own further steps, or
    the beginning of another business."""
    if service not in ticket.steps:
        return 1, tuple(rules.service(service).then)
    skipped = ticket.steps.index(service)
    return ticket.step + skipped + 1, ticket.steps[skipped + 1 :]


def start(state: State, rules: Rules, command: commands.Start) -> list[e.Event] | Refusal:
    """The visitor is at the counter."""
    ticket = _in_state(state, rules, command, ("called",))
    if isinstance(ticket, Refusal):
        return ticket
    assert ticket.counter is not None
    return [e.ServiceStarted(at=command.at, by=command.by, ticket=ticket.id, counter=ticket.counter)]


def finish(state: State, rules: Rules, command: commands.Finish) -> list[e.Event] | Refusal:
    """The service is over; the pad may take a grade now."""
    ticket = _in_state(state, rules, command, ("called", "serving"))
    if isinstance(ticket, Refusal):
        return ticket
    return [finished(rules, ticket, command)]


def cancel(state: State, rules: Rules, command: commands.Cancel) -> list[e.Event] | Refusal:
    """Given up by the visitor, or never handed over; the number is void and is not given again."""
    ticket = _in_state(state, rules, command, ("waiting", "called", "serving", "held", "missed"))
    if isinstance(ticket, Refusal):
        return ticket
    why = (command.why or "given_up")[:WHY_MOST]
    if no := names_somebody(rules, why):
        return no
    return [e.TicketVoided(at=command.at, by=command.by, ticket=ticket.id, why=why)]


def named(state: State, rules: Rules, command: commands.AtCounter) -> Ticket | Refusal:
    """The ticket a command is about: the one it names, or the one its counter has in hand."""
    if command.counter is not None and command.counter not in rules.hall.counters:
        return refuse(rules, "unknown_counter", counter=command.counter)
    if command.ticket is None:
        if command.counter is None:
            return refuse(rules, "names_nothing")
        in_hand = state.in_hand(command.counter)
        if in_hand is None:
            return refuse(rules, "nothing_in_hand", counter=rules.counter_name(command.counter))
        return in_hand
    ticket = state.tickets.get(command.ticket)
    if ticket is None:
        return refuse(rules, "unknown_ticket")
    return ticket


def _in_state(
    state: State, rules: Rules, command: commands.AtCounter, statuses: Sequence[TicketStatus]
) -> Ticket | Refusal:
    ticket = named(state, rules, command)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.status not in statuses:
        return wrong_state(rules, ticket)
    if ticket.status in ("called", "serving") and command.counter not in (None, ticket.counter):
        at = rules.counter_name(ticket.counter or "")
        return refuse(rules, "at_another_counter", ticket=ticket.id, number=ticket.number, counter=at)
    return ticket


def _one_held(state: State, command: commands.AtCounter) -> Ticket | None:
    """The counter's held ticket, where the command names only the counter: the one held last."""
    if command.ticket is not None or command.counter is None:
        return None
    held = state.desk(command.counter).held
    return state.tickets[held[-1]] if held else None


def wrong_state(rules: Rules, ticket: Ticket) -> Refusal:
    status = rules.texts(f"status.{ticket.status}")
    return refuse(rules, f"ticket_{ticket.status}", ticket=ticket.id, number=ticket.number, status=status)


def _not_working(rules: Rules, counter: str, desk: Desk, *, reopening: bool) -> Refusal | None:
    if not desk.is_open:
        return refuse(rules, "counter_closed", counter=rules.counter_name(counter))
    if desk.paused and not reopening:
        return refuse(rules, "counter_paused", counter=rules.counter_name(counter))
    return None


def _just_called(rules: Rules, ticket: Ticket, now: datetime) -> bool:
    """Whether nobody can have come yet: *next* would end a service that has not begun."""
    if ticket.status != "called" or ticket.last_called_at is None:
        return False
    return 0 <= (now - ticket.last_called_at).total_seconds() < rules.hall.calling.hurry_s


def _opens_later(rules: Rules, counter: str, now: datetime) -> bool:
    return rules.counter(counter).clerk is not None and any(
        shift.opens > now for shift in calendar.shifts(rules, counter, now)
    )


def finished(rules: Rules, ticket: Ticket, command: commands.Command) -> e.ServiceFinished:
    """The end of a service: of the visit, or of one step of it."""
    assert ticket.counter is not None
    goes_on = next((step for step in ticket.steps if step in rules.hall.services), None)
    kept = rules.hall.calling.next_step == "kept"
    window_s = float(rules.hall.rating.window_s)
    return e.ServiceFinished(
        at=command.at,
        by=command.by,
        ticket=ticket.id,
        number=ticket.number,
        counter=ticket.counter,
        clerk=ticket.clerk,
        minutes=_kept_counter(rules, ticket, command.at),
        window_s=window_s,
        rating_until=command.at + timedelta(seconds=(window_s + KEY_GRACE_S) * rules.speed),
        service=ticket.service,
        stage="finished" if goes_on is None else "accepted",
        next=goes_on,
        since=None if goes_on is None else ticket.since if kept else command.at,
    )


def _kept_counter(rules: Rules, ticket: Ticket, now: datetime) -> float | None:
    if ticket.called_at is None or ticket.counter is None or now < ticket.called_at:
        return None
    if ticket.started_at is None and (now - ticket.called_at).total_seconds() < SERVED_LEAST_S:
        return None
    shift = calendar.shift_at(rules, ticket.counter, ticket.called_at)
    if shift is not None and now > shift.closes and shift != calendar.shifts(rules, ticket.counter, now)[-1]:
        return None
    return (now - ticket.called_at).total_seconds() / 60
