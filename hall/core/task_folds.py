"""What the events about tasks, cases and visitors make of the state (hall.core.evolve)."""

from collections.abc import Callable
from typing import Any, Final

from hall.core import task_events as t
from hall.core.duties import Case, Done, Task, Visit
from hall.core.happening import Event
from hall.core.state import State
from hall.core.tasks import STATUS

UNDRAWN_DAYS: Final = 7
"""Of so many days it is known who was served, where nobody draws: a hall may ask nobody."""


def served(state: State, visit: Visit, day: str) -> None:
    """Somebody was served, and may be drawn to be asked."""
    by_day = state.duties.served
    by_day.setdefault(day, {})[visit.ticket] = visit
    if len(by_day) > UNDRAWN_DAYS:
        del by_day[min(by_day)]


def _raised(state: State, event: t.TaskRaised) -> None:
    duties = state.duties
    duties.cross_off(event.task)
    if event.case is not None and event.card is not None:
        duties.cross_off(event.case, event.card)
        if event.card == "red":
            duties.reds.append((event.at.date(), event.department))
        if event.card == "discipline":
            duties.reds = [red for red in duties.reds if red[1] != event.department]
    duties.tasks[event.task] = Task(
        id=event.task,
        kind=event.kind,
        text=event.text,
        text_in=event.text_in,
        raised=event.at,
        department=event.department,
        handler=event.handler,
        where=event.where,
        contact_due=event.contact_due,
        close_due=event.close_due,
        ticket=event.ticket,
        number=event.number,
        service=event.service,
        stage=event.stage,
        clerk=event.clerk,
        grade=event.grade,
        note=event.note,
        contact=event.contact,
        card=event.card,
        case=event.case,
        promised=event.promised,
        consequence=event.consequence,
        consequence_in=event.consequence_in,
        reasons=event.reasons,
        visits={visit.ticket: visit for visit in event.visits},
    )
    if event.contact_due is not None:
        duties.plan(event.contact_due, event.task, "contact")
    if event.close_due is not None:
        duties.plan(event.close_due, event.task, "close")
    if event.note_until is not None:
        duties.plan(event.note_until, event.task, "note")


def _stepped(state: State, event: t.TaskStepped) -> None:
    duties, task = state.duties, state.duties.tasks[event.task]
    task.status = STATUS.get(event.step, task.status)
    task.history.append(Done(at=event.at, by=event.by, step=event.step, outcome=event.outcome, why=event.why))
    match event.step:
        case "contacted":
            task.reached = event.outcome == "reached"
        case "verified":
            task.verdict = event.outcome
        case "rectified":
            task.again_until = event.again_until
        case "extended":
            task.extended, task.close_due = True, event.close_due
            duties.cross_off(task.id, "close")
            if event.close_due is not None:
                duties.plan(event.close_due, task.id, "close")
        case _:
            pass
    if event.step != "extended":
        # whoever is past it has done it, or could not
        task.contact_due = None
        duties.cross_off(task.id, "contact")
    if task.status == "closed":
        task.closed, task.note = event.at, None
        duties.cross_off(task.id)
        if event.forget_at is not None:
            duties.plan(event.forget_at, task.id, "forget")


def _assigned(state: State, event: t.TaskAssigned) -> None:
    task = state.duties.tasks[event.task]
    task.handler = event.handler
    task.history.append(Done(at=event.at, by=event.by, step="assigned", outcome=event.handler))


def _noted(state: State, event: t.TaskNoted) -> None:
    duties, task = state.duties, state.duties.tasks[event.task]
    task.note, task.contact, task.contact_due = event.note, True, event.contact_due
    duties.cross_off(task.id, "contact", "note")
    if event.contact_due is not None:
        duties.plan(event.contact_due, task.id, "contact")
    if event.note_until is not None:
        duties.plan(event.note_until, task.id, "note")


def _overdue(state: State, event: t.TaskOverdue) -> None:
    state.duties.tasks[event.task].overdue.append(event.clock)
    state.duties.cross_off(event.task, event.clock)


def _note_erased(state: State, event: t.NoteErased) -> None:
    task = state.duties.tasks[event.task]
    task.note, task.contact, task.contact_due = None, False, None
    state.duties.cross_off(event.task, "note", "contact")


def _forgotten(state: State, event: t.TaskForgotten) -> None:
    del state.duties.tasks[event.task]
    state.duties.cross_off(event.task)


def _rated_again(state: State, event: t.RatedAgain) -> None:
    state.duties.tasks[event.task].again = event.grade


def _case_registered(state: State, event: t.CaseRegistered) -> None:
    duties = state.duties
    known = duties.cases.get(event.case)
    duties.cases[event.case] = Case(
        item=event.item,
        department=event.department,
        zone=event.zone,
        accepted=event.accepted,
        promised_workdays=event.promised_workdays,
        promised=event.promised,
        note=None if known is None else known.note,
    )
    duties.cross_off(event.case)
    for moment, what in event.due:
        duties.plan(moment, event.case, what)


def _case_noted(state: State, event: t.CaseNoted) -> None:
    state.duties.cases[event.case].note = event.note


def _case_finished(state: State, event: t.CaseFinished) -> None:
    case = state.duties.cases[event.case]
    case.finished, case.note = event.finished, None
    state.duties.cross_off(event.case)
    state.duties.plan(event.forget_at, event.case, "forget")


def _case_forgotten(state: State, event: t.CaseForgotten) -> None:
    del state.duties.cases[event.case]
    state.duties.cross_off(event.case)


def _overdue_recorded(state: State, event: t.OverdueRecorded) -> None:
    state.duties.cross_off(event.case, "record")


def _drawn(state: State, event: t.FollowUpDrawn) -> None:
    state.duties.served.pop(event.day, None)


def _followed_up(state: State, event: t.FollowedUp) -> None:
    task = state.duties.tasks[event.task]
    visit = task.visits[event.ticket]
    task.visits[event.ticket] = Visit(
        ticket=visit.ticket,
        number=visit.number,
        service=visit.service,
        counter=visit.counter,
        result=event.result,
    )


def _pre_checked(state: State, event: t.PreChecked) -> None:
    state.tickets[event.ticket].prechecked = event.passed


FOLDS: Final[dict[type[Event], Callable[[State, Any], None]]] = {
    t.TaskRaised: _raised,
    t.TaskStepped: _stepped,
    t.TaskAssigned: _assigned,
    t.TaskNoted: _noted,
    t.TaskOverdue: _overdue,
    t.NoteErased: _note_erased,
    t.TaskForgotten: _forgotten,
    t.RatedAgain: _rated_again,
    t.CaseRegistered: _case_registered,
    t.CaseNoted: _case_noted,
    t.CaseFinished: _case_finished,
    t.CaseForgotten: _case_forgotten,
    t.OverdueRecorded: _overdue_recorded,
    t.FollowUpDrawn: _drawn,
    t.FollowedUp: _followed_up,
    t.PreChecked: _pre_checked,
}
