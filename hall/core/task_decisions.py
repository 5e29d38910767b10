"""Who decides what is asked about tasks, cases and visitors (hall.core.decide)."""

from collections.abc import Callable
from typing import Any, Final

from hall.core import deadlines, followup, prechecking, ratings, tasks
from hall.core import task_commands as ask
from hall.core.commands import Command
from hall.core.happening import Event
from hall.core.refusal import Refusal
from hall.core.rules import Rules
from hall.core.state import State

DECISIONS: Final[dict[type[Command], Callable[[State, Rules, Any], list[Event] | Refusal]]] = {
    ask.LeaveContact: tasks.leave_contact,
    ask.StepTask: tasks.step,
    ask.AssignTask: tasks.assign,
    ask.RateAgain: ratings.rate_again,
    ask.DrawFollowUp: followup.draw_of,
    ask.RecordFollowUp: followup.record,
    ask.Precheck: prechecking.check,
    ask.RegisterCase: deadlines.register,
}
"""All but `ReportStuck`, which gives a number and so is told what is foreseen."""
