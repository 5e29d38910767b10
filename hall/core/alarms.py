"""Alarms: raised once for each place, acknowledged by each party, escalated when one does not, cleared."""

from datetime import timedelta
from typing import Final

from hall.core import commands
from hall.core import events as e
from hall.core.refusal import Refusal, refuse
from hall.core.rules import ALARM_KEPT_H, Rules
from hall.core.state import Alarm, State
from hall.core.watched import AlarmJudged, AlarmPictured, AlarmRenewed

ANSWERED: Final = ("rating", "deadline")
"""Kinds that are over once everybody has heard of them: what follows is a task."""
PAPER: Final = "paper-"
"""An alarm of a number without its paper begins so, and is over too when somebody goes there."""

OF_ALARMS: Final = (
    e.AlarmRaised,
    e.AlarmAcknowledged,
    e.AlarmEscalated,
    e.AlarmCleared,
    e.AlarmForgotten,
    AlarmJudged,
    AlarmPictured,
    AlarmRenewed,
)
"""The events of an alarm's life."""


def raise_alarm(state: State, rules: Rules, command: commands.RaiseAlarm) -> list[e.Event] | Refusal:
    """A new alarm; refused while the same kind goes on at the same place."""
    if command.alarm in state.alarms or active(state, command.kind, command.where) is not None:
        return refuse(rules, "already_raised")
    escalates = timedelta(seconds=rules.hall.noise.escalate_s * rules.speed)
    return [
        e.AlarmRaised(
            at=command.at,
            by=command.by,
            alarm=command.alarm,
            kind=command.kind,
            where=command.where,
            parties=command.parties,
            text=command.text,
            text_in=command.text_in,
            level=command.level,
            clerk=command.clerk,
            escalates_at=command.at + escalates if command.escalates else None,
        )
    ]


def renew(state: State, rules: Rules, command: commands.RenewAlarm) -> list[e.Event] | Refusal:
    """It goes on with other figures; one that was cleared meanwhile stays as it was."""
    alarm = known(state, rules, command.alarm)
    if isinstance(alarm, Refusal):
        return alarm
    if alarm.cleared is not None:
        return []
    return [
        AlarmRenewed(
            at=command.at,
            by=command.by,
            alarm=command.alarm,
            text=command.text,
            text_in=command.text_in,
            level=command.level,
        )
    ]


def clear(state: State, rules: Rules, command: commands.ClearAlarm) -> list[e.Event] | Refusal:
    """What the alarm was about is over; it stays to be seen, and to be acknowledged."""
    alarm = known(state, rules, command.alarm)
    if isinstance(alarm, Refusal):
        return alarm
    if alarm.cleared is not None:
        return []
    return [cleared(command.alarm, command)]


def acknowledge(state: State, rules: Rules, command: commands.Acknowledge) -> list[e.Event] | Refusal:
    """A party has seen it and is on its way. What is a task too, is over when all have taken it."""
    alarm = known(state, rules, command.alarm, command.party)
    if isinstance(alarm, Refusal):
        return alarm
    if command.party in alarm.acknowledged:
        return []
    seen = e.AlarmAcknowledged(at=command.at, by=command.by, alarm=command.alarm, party=command.party)
    others = all(party in alarm.acknowledged for party in alarm.parties if party != command.party)
    answered = alarm.kind in ANSWERED or command.alarm.startswith(PAPER)
    if answered and others and alarm.cleared is None:
        return [seen, cleared(command.alarm, command)]
    return [seen]


def known(state: State, rules: Rules, alarm_id: str, party: str | None = None) -> Alarm | Refusal:
    """The alarm of that id; refused where there is none, or where it is not for `party` to answer."""
    alarm = state.alarms.get(alarm_id)
    if alarm is None:
        return refuse(rules, "unknown_alarm")
    if party is not None and party not in alarm.parties:
        return refuse(rules, "not_your_alarm", party=party, parties=", ".join(alarm.parties))
    return alarm


def active(state: State, kind: e.AlarmKind, where: str) -> str | None:
    """The id of the alarm of this kind that goes on at this place."""
    for alarm_id, alarm in state.alarms.items():
        if alarm.kind == kind and alarm.where == where and alarm.cleared is None:
            return alarm_id
    return None


def of_paper(ticket: str) -> str:
    """The id of the alarm that a ticket's owner has no paper."""
    return f"{PAPER}{ticket.lower()}"


def of_papers(state: State) -> list[str]:
    """The ids of all such alarms that go on."""
    return [name for name, alarm in state.alarms.items() if name.startswith(PAPER) and alarm.cleared is None]


def is_overdue(alarm: Alarm) -> bool:
    """Whether an alarm is one that escalates and has not yet."""
    return alarm.escalates_at is not None and alarm.escalated is None and not alarm.is_answered


def cleared(alarm: str, command: commands.Command) -> e.AlarmCleared:
    """It is over, and is shown for a while yet."""
    return e.AlarmCleared(
        at=command.at, by=command.by, alarm=alarm, forget_at=command.at + timedelta(hours=ALARM_KEPT_H)
    )
