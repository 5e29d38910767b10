"""What alarms, and numbers without a paper, change in the state."""

from collections.abc import Callable
from typing import Any, Final

from hall.core import events as e
from hall.core.happening import Event
from hall.core.state import Alarm, State
from hall.core.watched import AlarmJudged, AlarmPictured, AlarmRenewed, TicketKept


def _alarm_raised(state: State, event: e.AlarmRaised) -> None:
    state.alarms[event.alarm] = Alarm(
        kind=event.kind,
        where=event.where,
        parties=event.parties,
        text=event.text,
        text_in=event.text_in,
        level=event.level,
        clerk=event.clerk,
        raised=event.at,
        escalates_at=event.escalates_at,
    )


def _alarm_acknowledged(state: State, event: e.AlarmAcknowledged) -> None:
    state.alarms[event.alarm].acknowledged[event.party] = event.at


def _alarm_judged(state: State, event: AlarmJudged) -> None:
    alarm = state.alarms[event.alarm]
    alarm.verdict, alarm.why = event.verdict, event.why


def _alarm_pictured(state: State, event: AlarmPictured) -> None:
    alarm = state.alarms[event.alarm]
    alarm.picture, alarm.picture_fault = event.picture, event.fault


def _alarm_renewed(state: State, event: AlarmRenewed) -> None:
    alarm = state.alarms[event.alarm]
    alarm.text, alarm.text_in, alarm.level = event.text, event.text_in, event.level
    alarm.renewed = event.at


def _alarm_escalated(state: State, event: e.AlarmEscalated) -> None:
    state.alarms[event.alarm].escalated = event.at


def _alarm_cleared(state: State, event: e.AlarmCleared) -> None:
    alarm = state.alarms[event.alarm]
    alarm.cleared, alarm.forget_at = event.at, event.forget_at


def _alarm_forgotten(state: State, event: e.AlarmForgotten) -> None:
    del state.alarms[event.alarm]


def _ticket_kept(state: State, event: TicketKept) -> None:
    state.undecided.pop(event.ticket, None)
    if event.until is not None:
        state.wait_for_word(event.ticket, event.until)


FOLDS: Final[dict[type[Event], Callable[[State, Any], None]]] = {
    e.AlarmRaised: _alarm_raised,
    e.AlarmAcknowledged: _alarm_acknowledged,
    e.AlarmEscalated: _alarm_escalated,
    e.AlarmCleared: _alarm_cleared,
    e.AlarmForgotten: _alarm_forgotten,
    AlarmJudged: _alarm_judged,
    AlarmPictured: _alarm_pictured,
    AlarmRenewed: _alarm_renewed,
    TicketKept: _ticket_kept,
}
