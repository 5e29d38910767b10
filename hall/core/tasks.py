"""Tasks: who answers, which step comes next, and what its clocks of working days bring."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from hall.core import alarms, calendar, workdays
from hall.core import events as e
from hall.core import task_commands as ask
from hall.core import task_events as t
from hall.core.commands import Command
from hall.core.duties import Clock, Status, Step, StepOutcome, Task, TaskKind
from hall.core.reasons import WHY_MOST, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import CLOCK, Rules
from hall.core.state import State

ID_MOST: Final = 56
"""Characters of a task's id: it is an address on the bus, and so are those of its alarms."""
CONSOLE: Final = "console/"

VERDICTS: Final[tuple[StepOutcome, ...]] = ("true", "malicious", "mistaken")
SET_ASIDE: Final = ("malicious", "mistaken")
"""Verdicts on a rating that leave nothing to put right."""
OUTCOMES: Final[dict[Step, tuple[StepOutcome, ...]]] = {
    "contacted": ("reached", "unreachable"),
    "verified": VERDICTS,
}
NEEDS_WHY: Final = ("answered", "extended")
STATUS: Final[dict[Step, Status]] = {
    "contacted": "contacted",
    "verified": "verified",
    "rectified": "rectified",
    "told": "told",
    "acknowledged": "acknowledged",
    "answered": "closed",
    "closed": "closed",
}
"""Where a step leads; *extended* leads nowhere else."""


class Next(NamedTuple):
    """A step that can be taken now, and what can be said of it."""

    step: Step
    outcomes: tuple[StepOutcome, ...] = ()


def next_steps(rules: Rules, task: Task) -> tuple[Next, ...]:
    """What can be done about a task; the first is what is to be done now."""
    if not task.is_open:
        return ()
    if task.kind != "rating":
        return _next_of_others(task)
    steps = [_next_of_rating(task)]
    if rules.hall.rating.complex_workdays is not None and not task.extended:
        steps.append("extended")
    return tuple(Next(step, OUTCOMES.get(step, ())) for step in steps)


def _next_of_rating(task: Task) -> Step:
    """好差评: contact, verify, put right, tell, close; who left no name can't be told."""
    match task.status:
        case "new":
            return "contacted" if task.contact else "verified"
        case "contacted":
            return "verified"
        case "verified":
            return "closed" if task.verdict in SET_ASIDE else "rectified"
        case "rectified":
            return "told" if task.contact else "closed"
        case _:
            return "closed"


def _next_of_others(task: Task) -> tuple[Next, ...]:
    match task.kind, task.status:
        case "deadline", "new":
            return (Next("acknowledged"),)
        case "deadline", _ if task.card == "discipline":
            return (Next("closed"),)
        case "stuck", "new" if task.contact:
            return (Next("contacted", OUTCOMES["contacted"]), Next("answered"))
        case "stuck", _:
            return (Next("answered"),)
        case _:
            # a card goes with its case, and visitors are recorded one by one
            return ()


def step(state: State, rules: Rules, command: ask.StepTask) -> list[e.Event] | Refusal:
    """One of the task's next steps, taken by a named person who is not the one it is about."""
    task = may_answer(state, rules, command, command.task)
    if isinstance(task, Refusal):
        return task
    found = [near for near in next_steps(rules, task) if near.step == command.step]
    if not found:
        return refuse(rules, "step_not_next", step=rules.texts(f"step.{command.step}"))
    if no := _unclear(rules, found[0], command):
        return no
    why = (command.why or "").strip()[:WHY_MOST] or None
    closes = STATUS.get(command.step) == "closed"
    settings = rules.hall.rating
    stepped = t.TaskStepped(
        at=command.at,
        by=command.by,
        task=task.id,
        step=command.step,
        outcome=command.outcome,
        why=why,
        close_due=workdays.due(rules, task.raised, settings.complex_workdays or 0)
        if command.step == "extended"
        else None,
        again_until=workdays.due(rules, command.at, settings.again_workdays)
        if command.step == "rectified"
        else None,
        forget_at=forget_at(rules, command.at) if closes else None,
        note=task.note if closes else None,
    )
    return [stepped, *_answers_alarms(state, task, command)]


def _unclear(rules: Rules, near: Next, command: ask.StepTask) -> Refusal | None:
    """Why a step can't be taken as it is said."""
    why = (command.why or "").strip()
    if near.outcomes and command.outcome not in near.outcomes:
        named = rules.texts("list").join(rules.texts(f"outcome.{name}") for name in near.outcomes)
        return refuse(rules, "outcome_missing", outcomes=named)
    if not near.outcomes and command.outcome is not None:
        return refuse(rules, "outcome_unasked")
    if not why and (command.step in NEEDS_WHY or command.outcome in SET_ASIDE):
        return refuse(rules, "why_missing")
    return names_somebody(rules, why)


def assign(state: State, rules: Rules, command: ask.AssignTask) -> list[e.Event] | Refusal:
    """Somebody else answers it from now on."""
    task = may_answer(state, rules, command, command.task)
    if isinstance(task, Refusal):
        return task
    if command.handler not in rules.hall.staff:
        return refuse(rules, "unknown_staff", staff=command.handler)
    if command.handler == task.clerk:
        return refuse(rules, "about_yourself")
    if command.handler == task.handler:
        return []
    return [t.TaskAssigned(at=command.at, by=command.by, task=task.id, handler=command.handler)]


def leave_contact(state: State, rules: Rules, command: ask.LeaveContact) -> list[e.Event] | Refusal:
    """A visitor has left how to be reached: from now on that clock runs too."""
    task = of_ticket(state, command.ticket)
    if task is None:
        return refuse(rules, "no_task_of_ticket")
    if task.note == command.note and task.contact:
        return []
    contact = rules.hall.rating.contact_workdays if task.kind == "rating" else rules.hall.stuck.workdays
    return [
        t.TaskNoted(
            at=command.at,
            by=command.by,
            task=task.id,
            note=command.note,
            contact_due=workdays.due(rules, command.at, contact) if task.status == "new" else None,
            note_until=note_until(rules, command.at),
        )
    ]


def of_ticket(state: State, ticket: str) -> Task | None:
    """The open task that is about a ticket; the newest where there are several."""
    for task in reversed(state.duties.tasks.values()):
        if task.ticket == ticket and task.is_open:
            return task
    return None


def handler(state: State, rules: Rules, kind: TaskKind, zone: str | None, clerk: str | None) -> str | None:
    """Of those whose zone and kind it is, who has the fewest open tasks; never the one who was rated."""
    able = [
        name
        for name, person in rules.hall.staff.items()
        if name != clerk
        and (not person.zones or zone is None or zone in person.zones)
        and (not person.tasks or kind in person.tasks)
    ]
    busy = [task.handler for task in state.duties.tasks.values() if task.is_open]
    return min(able, key=busy.count, default=None)


def fitting_id(wanted: str) -> str:
    """An id that is an address on the bus: as wanted, or so far as it may be long, and then its digest."""
    if len(wanted) <= ID_MOST:
        return wanted
    return f"{wanted[: ID_MOST - 13]}-{sha256(wanted.encode()).hexdigest()[:12]}"


def forget_at(rules: Rules, now: datetime) -> datetime:
    """Until when what is closed stays to be seen."""
    return workdays.due(rules, now, rules.hall.tasks.kept_workdays)


def note_until(rules: Rules, now: datetime) -> datetime | None:
    """When a note is erased though its task is open; None: not before it is closed."""
    if rules.hall.tasks.notes_until == "closed":
        return None
    return calendar.day_end(rules, now) or workdays.due(rules, now, 0)


def is_due(state: State, now: datetime) -> bool:
    """Whether any task's or case's clock has run out."""
    return bool(state.duties.agenda) and state.duties.agenda[0][0] <= now


def settled(rules: Rules, task: Task, command: Command, state: State) -> Iterator[e.Event]:
    """A task that ends because of something else: nobody needs to answer it any more."""
    yield t.TaskStepped(
        at=command.at,
        by=command.by,
        task=task.id,
        step="closed",
        forget_at=forget_at(rules, command.at),
        note=task.note,
    )
    yield from _answers_alarms(state, task, command)


def overdue(state: State, rules: Rules, task: Task, clock: Clock, now: datetime) -> Iterator[e.Event]:
    """A clock has run out: those above hear of it, and it stands with the task for good."""
    yield t.TaskOverdue(at=now, by=CLOCK, task=task.id, clock=clock)
    if _overdue_alarm(task, clock) in state.alarms:
        return
    parties = rules.hall.stuck.parties if task.kind == "stuck" else rules.hall.rating.overdue_parties
    yield e.AlarmRaised(
        at=now,
        by=CLOCK,
        alarm=_overdue_alarm(task, clock),
        kind="rating" if task.kind == "rating" else "deadline",
        where=task.where or task.department,
        parties=tuple(parties),
        text=rules.texts(
            f"alarm.overdue_{clock}",
            task=task.text_in.get(rules.texts.language, task.text),
            handler=staff_name(rules, task.handler),
        ),
    )


def staff_name(rules: Rules, name: str | None) -> str:
    """How somebody of the staff is called in the hall's language."""
    if name is None or name not in rules.hall.staff:
        return name or rules.texts("nobody")
    return rules.named(rules.hall.staff[name])


def may_answer(state: State, rules: Rules, command: Command, name: str) -> Task | Refusal:
    """The task, where whoever asks may do something about it."""
    task = state.duties.tasks.get(name)
    if task is None:
        return refuse(rules, "unknown_task")
    if not task.is_open:
        return refuse(rules, "task_closed")
    who = command.by.removeprefix(CONSOLE)
    if rules.hall.staff and who not in rules.hall.staff:
        return refuse(rules, "who_are_you")
    if who == task.clerk:
        return refuse(rules, "about_yourself")
    return task


def _overdue_alarm(task: Task, clock: Clock) -> str:
    return f"{clock}-{task.id}"


def _answers_alarms(state: State, task: Task, command: Command) -> Iterator[e.Event]:
    """Whoever does something about a task has seen what was raised because of it."""
    for name in (task.id, _overdue_alarm(task, "contact"), _overdue_alarm(task, "close")):
        alarm = state.alarms.get(name)
        if alarm is None:
            continue
        for party in alarm.parties:
            if party not in alarm.acknowledged:
                yield e.AlarmAcknowledged(at=command.at, by=command.by, alarm=name, party=party)
        if alarm.cleared is None:
            yield alarms.cleared(name, command)


def raised_alarm(task: t.TaskRaised, kind: e.AlarmKind, parties: list[str], text: str) -> e.AlarmRaised:
    """The alarm that goes with a task and has its id: it is seen when the first step is taken."""
    return e.AlarmRaised(
        at=task.at,
        by=task.by,
        alarm=task.task,
        kind=kind,
        where=task.where or task.department,
        parties=tuple(parties),
        text=text,
        level=None if task.grade is None else float(task.grade),
    )
