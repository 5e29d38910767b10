"""Commands in, events out: nothing is changed here, and nothing asked but the state and the rules.

Some of them tell somebody a wait, and are given what is foreseen.
"""

from collections.abc import Callable
from typing import Any, Final

from hall.core import (
    absence,
    alarms,
    appointments,
    commands,
    counters,
    desk,
    issuing,
    notices,
    passing,
    printing,
    ratings,
    reminders,
    stuck,
)
from hall.core.booking_commands import CheckIn
from hall.core.events import ControllerStarted
from hall.core.outlook import Outlooks
from hall.core.refusal import Decision, Refusal
from hall.core.rules import TWICE_S, Rules
from hall.core.state import State
from hall.core.task_commands import ReportStuck
from hall.core.task_decisions import DECISIONS


def decide(state: State, rules: Rules, command: commands.Command, outlooks: Outlooks) -> Decision:
    """What happens because of `command`, or why it does not. An empty list: it is so already."""
    if (foreseeing := _FORESEEING.get(type(command))) is not None:
        return foreseeing(state, rules, command, outlooks)
    return _DECISIONS[type(command)](state, rules, command)


def _start_up(state: State, _: Rules, command: commands.StartUp) -> Decision:
    """A new epoch, above every one before: also where a journal was lost, because it follows the clock."""
    epoch = max(state.epoch + 1, int(command.at.timestamp()))
    return [ControllerStarted(at=command.at, by=command.by, epoch=epoch)]


def _pass_time(state: State, rules: Rules, command: commands.PassTime) -> Decision:
    return passing.pass_time(state, rules, command.at)


def _reprint(state: State, rules: Rules, command: commands.Reprint, outlooks: Outlooks) -> Decision:
    ticket = desk.named(state, rules, command)
    if isinstance(ticket, Refusal):
        return ticket
    if not ticket.is_open:
        return desk.wrong_state(rules, ticket)
    return printing.reprint(state, rules, command, ticket, outlooks)


def _press(state: State, rules: Rules, command: commands.Press) -> Decision:
    """A key of a call pad. *Hold* with nothing in hand pauses the counter; it or *next* ends that."""
    said: dict[str, Any] = {"at": command.at, "by": command.by, "counter": command.counter}
    match command.action:
        case "next":
            return desk.call_next(state, rules, commands.CallNext(**said), reopening=True)
        case "recall":
            return desk.recall(state, rules, commands.Recall(**said))
        case "pass":
            return desk.no_show(state, rules, commands.NoShow(**said))
        case "finish":
            return desk.finish(state, rules, commands.Finish(**said))
        case "hold":
            if _was_meant_once(state, rules, command):
                return []
            if state.in_hand(command.counter) is not None:
                return desk.hold(state, rules, commands.Hold(**said))
            if state.desk(command.counter).paused:
                return counters.reopen(state, rules, commands.Reopen(**said))
            return counters.pause(state, rules, commands.Pause(**said))


def _was_meant_once(state: State, rules: Rules, command: commands.Press) -> bool:
    last = state.desk(command.counter).put_aside_at
    return last is not None and 0 <= (command.at - last).total_seconds() < TWICE_S * rules.speed


_DECISIONS: Final[dict[type[commands.Command], Callable[[State, Rules, Any], Decision]]] = {
    commands.StartUp: _start_up,
    commands.PassTime: _pass_time,
    commands.CallNext: desk.call_next,
    commands.Recall: desk.recall,
    commands.NoShow: desk.no_show,
    commands.Hold: desk.hold,
    commands.Resume: desk.resume,
    commands.Transfer: desk.transfer,
    commands.Start: desk.start,
    commands.Finish: desk.finish,
    commands.Cancel: desk.cancel,
    commands.Rate: ratings.rate,
    commands.PrintEnded: printing.ended,
    commands.Keep: printing.keep,
    commands.Login: counters.login,
    commands.Logout: counters.logout,
    commands.Pause: counters.pause,
    commands.Reopen: counters.reopen,
    commands.Press: _press,
    commands.RaiseAlarm: alarms.raise_alarm,
    commands.Judge: absence.judge,
    commands.NotePicture: absence.note_picture,
    commands.RenewAlarm: alarms.renew,
    commands.ClearAlarm: alarms.clear,
    commands.Acknowledge: alarms.acknowledge,
    **DECISIONS,
    **appointments.DECISIONS,
    **reminders.DECISIONS,
    commands.PostNotice: notices.post,
    commands.WithdrawNotice: notices.withdraw,
}
_FORESEEING: Final[dict[type[commands.Command], Callable[[State, Rules, Any, Outlooks], Decision]]] = {
    commands.TakeTicket: issuing.take,
    commands.Reprint: _reprint,
    CheckIn: appointments.check_in,
    ReportStuck: stuck.report,
    reminders.LookNear: reminders.look_near,
}
"""Those that tell somebody a wait."""
