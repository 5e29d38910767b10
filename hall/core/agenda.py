"""What time brings of tasks and cases: clocks run out, cards whose morning has come."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from hall.core import deadlines, tasks
from hall.core import events as e
from hall.core import task_events as t
from hall.core.duties import Clock, Task
from hall.core.rules import CLOCK, Rules
from hall.core.state import State


def run_out(state: State, rules: Rules, now: datetime) -> Iterator[e.Event]:
    """The first thing on the agenda that is due."""
    if not tasks.is_due(state, now):
        return
    _, name, what = state.duties.agenda[0]
    task = state.duties.tasks.get(name)
    if task is not None:
        yield from _of_task(state, rules, task, what, now)
    elif what == "forget":
        yield t.CaseForgotten(at=now, by=CLOCK, case=name)
    else:
        yield from deadlines.due(state, rules, name, what, now)


def _of_task(state: State, rules: Rules, task: Task, what: str, now: datetime) -> Iterator[e.Event]:
    clocks: tuple[Clock, ...] = get_args(Clock)
    for clock in clocks:
        if what == clock:
            yield from tasks.overdue(state, rules, task, clock, now)
    if what == "note" and task.note is not None:
        yield t.NoteErased(at=now, by=CLOCK, task=task.id, note=task.note)
    if what == "forget":
        yield t.TaskForgotten(at=now, by=CLOCK, task=task.id)
