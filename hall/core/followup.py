"""回访: each day some of those who were served are drawn fairly, and asked how it was.

The draw needs nothing but the day's tickets and a seed: each ticket's place is the digest of both, and those
with the smallest are drawn. The seed stands in the event, so anybody can draw again and find the same.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from math import ceil
from typing import Final

from hall.core import calendar, tasks, workdays
from hall.core import events as e
from hall.core import task_commands as ask
from hall.core import task_events as t
from hall.core.duties import Visit
from hall.core.ratings import zone_name
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import State

LIST_MOST: Final = 200
"""Visitors on one list: it travels as one message, and one person works through it."""


def draw(tickets: Iterable[str], seed: str, share: float) -> tuple[str, ...]:
    """At least `share` of the tickets, whatever order they come in; in the order of the draw."""
    pool = sorted(tickets, key=lambda ticket: sha256(f"{seed}:{ticket}".encode()).digest())
    # 0.1 * 30 is a hair above 3 in binary, and must not draw a fourth
    return tuple(pool[: ceil(round(share * len(pool), 9))])


def wanted(state: State, rules: Rules, now: datetime) -> str | None:
    """The day whose visitors are to be drawn now: its last one has gone, and nobody was drawn yet."""
    if rules.hall.followup.share == 0:
        return None
    for day in state.duties.served:
        if day != now.date().isoformat():
            return day
        end = calendar.day_end(rules, now)
        if (end is None or now >= end) and not any(ticket.is_open for ticket in state.tickets.values()):
            return day
    return None


def draw_of(state: State, rules: Rules, command: ask.DrawFollowUp) -> list[e.Event] | Refusal:
    """Draw of one day's visitors, once, and make lists of them for the departments."""
    served = state.duties.served.get(command.day)
    if served is None:
        return refuse(rules, "nobody_to_draw", day=command.day)
    drawn = draw(served, command.seed, rules.hall.followup.share)
    event = t.FollowUpDrawn(
        at=command.at,
        by=command.by,
        day=command.day,
        seed=command.seed,
        served=len(served),
        drawn=drawn,
    )
    return [event, *_lists(state, rules, command, [served[ticket] for ticket in drawn])]


def record(state: State, rules: Rules, command: ask.RecordFollowUp) -> list[e.Event] | Refusal:
    """What one of them said; the last one closes the list."""
    task = tasks.may_answer(state, rules, command, command.task)
    if isinstance(task, Refusal):
        return task
    visit = task.visits.get(command.ticket)
    if visit is None:
        return refuse(rules, "not_drawn")
    if visit.result is not None:
        return refuse(rules, "already_asked", number=visit.number)
    asked = t.FollowedUp(
        at=command.at,
        by=command.by,
        task=task.id,
        ticket=command.ticket,
        department=task.department,
        result=command.result,
    )
    others = [other for name, other in task.visits.items() if name != command.ticket]
    if any(other.result is None for other in others):
        return [asked]
    return [asked, *tasks.settled(rules, task, command, state)]


def _lists(
    state: State, rules: Rules, command: ask.DrawFollowUp, drawn: list[Visit]
) -> Iterator[t.TaskRaised]:
    """One list for each department, or several where it would be too long."""
    for zone in rules.hall.zones:
        mine = [visit for visit in drawn if _zone(rules, visit) == zone]
        for nth, first in enumerate(range(0, len(mine), LIST_MOST), start=1):
            visits = mine[first : first + LIST_MOST]
            department = zone_name(rules, zone)
            yield t.TaskRaised(
                at=command.at,
                by=command.by,
                task=tasks.fitting_id(f"followup-{command.day}-{zone}-{nth}"),
                kind="followup",
                text=rules.texts("followup.list", day=command.day, department=department, count=len(visits)),
                department=department,
                handler=tasks.handler(state, rules, "followup", zone, None),
                close_due=workdays.due(rules, command.at, rules.hall.followup.workdays),
                visits=tuple(visits),
            )


def _zone(rules: Rules, visit: Visit) -> str:
    """Where a visit belongs; one of a service that the hall has no more is with the first zone."""
    service = rules.hall.services.get(visit.service)
    return next(iter(rules.hall.zones)) if service is None else service.zone
