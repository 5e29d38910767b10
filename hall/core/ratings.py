"""好差评: a grade for a service and stage, given freely; no answer is one of its own, a bad one a task."""

from hall.core import commands, desk, tasks, workdays
from hall.core import events as e
from hall.core import task_commands as ask
from hall.core import task_events as t
from hall.core.duties import Task
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import RatingWindow, State, Ticket


def rate(state: State, rules: Rules, command: commands.Rate) -> list[e.Event] | Refusal:
    """Take a grade. A key pressed in time counts also when it arrives after the window was written off."""
    ticket = _rated(state, rules, command)
    if isinstance(ticket, Refusal):
        return ticket
    if not ticket.windows:
        return refuse(rules, "not_served", ticket=ticket.id, number=ticket.number)
    pressed = command.at if command.pressed is None else command.pressed
    window = next((open_ for open_ in reversed(ticket.windows) if open_.takes(pressed)), None)
    if (window or ticket.windows[-1]).grade is not None:
        return refuse(rules, "already_rated", ticket=ticket.id, number=ticket.number)
    if window is None:
        return refuse(rules, "rating_closed", ticket=ticket.id, number=ticket.number)
    rated = e.Rated(
        at=command.at,
        by=command.by,
        ticket=ticket.id,
        counter=window.counter,
        clerk=window.clerk,
        grade=command.grade,
        service=window.service,
        stage=window.stage,
    )
    if command.grade > rules.hall.rating.bad_at_most:
        return [rated]
    return [rated, *_bad(state, rules, ticket, window, command)]


def rate_again(state: State, rules: Rules, command: ask.RateAgain) -> list[e.Event] | Refusal:
    """追评: one more grade, once what was wrong has been put right, and for some working days."""
    found = [task for task in state.duties.tasks.values() if _is_about(task, command.ticket)]
    if not found:
        return refuse(rules, "no_task_of_ticket")
    task = found[-1]
    if task.again is not None:
        return refuse(rules, "already_rated", ticket=command.ticket, number=task.number or "")
    if task.again_until is None:
        return refuse(rules, "not_put_right")
    if command.at > task.again_until:
        return refuse(rules, "rating_closed", ticket=command.ticket, number=task.number or "")
    return [
        t.RatedAgain(
            at=command.at,
            by=command.by,
            task=task.id,
            ticket=command.ticket,
            counter=task.where,
            clerk=task.clerk,
            stage=task.stage,
            grade=command.grade,
        )
    ]


def _is_about(task: Task, ticket: str) -> bool:
    return task.kind == "rating" and task.ticket == ticket


def _bad(
    state: State, rules: Rules, ticket: Ticket, window: RatingWindow, command: commands.Rate
) -> list[e.Event]:
    """差评: a task with a named handler at once, and an alarm. It names the ticket, never the person."""
    settings = rules.hall.rating
    text = rules.texts(
        "alarm.rating",
        counter=rules.counter_name(window.counter),
        number=ticket.number,
        grade=rules.texts(f"grade.{command.grade}"),
    )
    stage = "" if window.step == 1 else f"-{window.step}"
    counter = rules.hall.counters.get(window.counter)
    zone = None if counter is None else counter.zone
    raised = t.TaskRaised(
        at=command.at,
        by=command.by,
        task=tasks.fitting_id(f"rating-{ticket.id.lower()}{stage}"),
        kind="rating",
        text=text,
        department=zone_name(rules, zone),
        handler=tasks.handler(state, rules, "rating", zone, window.clerk),
        where=window.counter,
        close_due=workdays.due(rules, command.at, settings.close_workdays),
        ticket=ticket.id,
        number=ticket.number,
        service=window.service,
        stage=window.stage,
        clerk=window.clerk,
        grade=command.grade,
    )
    return [raised, tasks.raised_alarm(raised, "rating", settings.parties, text)]


def zone_name(rules: Rules, zone: str | None) -> str:
    """The department of a counter or a service: the part of the hall it is in."""
    if zone is None or zone not in rules.hall.zones:
        return ""
    return rules.named(rules.hall.zones[zone])


def _rated(state: State, rules: Rules, command: commands.Rate) -> Ticket | Refusal:
    """The ticket named, or the one the counter finished last."""
    if command.ticket is None and command.counter is not None:
        for ticket_id in reversed(state.rating):
            if state.tickets[ticket_id].windows[-1].counter == command.counter:
                return state.tickets[ticket_id]
    return desk.named(state, rules, command)
