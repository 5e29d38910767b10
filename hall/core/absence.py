"""脱岗: nobody at a counter that should be open while people wait for it, and what a manager finds there.

A counter is judged by its own activity alone: its calls, keys and finishes. One that has somebody in hand is
never absent, however long that takes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hall.core import alarms, calendar, commands
from hall.core import events as e
from hall.core.reasons import WHY_MOST, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import Desk, State
from hall.core.tongues import said
from hall.core.watched import AlarmJudged, AlarmPictured

WATCH = "watch"
"""The `by` of what is raised and cleared by watching."""


def look(state: State, rules: Rules, now: datetime) -> Iterator[commands.RaiseAlarm | commands.ClearAlarm]:
    """What is to be said of each counter at `now`: one more has nobody there, or somebody is back."""
    minutes = rules.hall.absence.minutes
    if not minutes:
        return
    for counter in rules.hall.counters:
        since = left_since(state, rules, counter, now)
        gone = since is not None and now - since >= timedelta(minutes=minutes)
        alarm = alarms.active(state, "absence", counter)
        if gone and alarm is None:
            yield _raise(state, rules, counter, now)
        elif not gone and alarm is not None:
            yield commands.ClearAlarm(at=now, by=WATCH, alarm=alarm)


def left_since(state: State, rules: Rules, counter: str, now: datetime) -> datetime | None:
    """Since when people have waited for a counter that does nothing; None where all is well."""
    desk, shift = state.desk(counter), calendar.shift_at(rules, counter, now)
    if shift is None or desk.ticket is not None or _clerk(state, rules, counter, desk) is None:
        return None
    waited = [
        moment
        for service in rules.counter(counter).services
        if (moment := state.queue(service).waited_since) is not None
    ]
    if not waited:
        return None
    return max(shift.opens, min(waited), *(moment for moment in (desk.active_at, desk.back_at) if moment))


def judge(state: State, rules: Rules, command: commands.Judge) -> list[e.Event] | Refusal:
    """空岗, which counts, or dismissed with a reason; it is acknowledged by that too."""
    alarm = alarms.known(state, rules, command.alarm, command.party)
    if isinstance(alarm, Refusal):
        return alarm
    if alarm.kind != "absence":
        return refuse(rules, "not_to_be_judged")
    if alarm.verdict is not None:
        return refuse(rules, "judged_already")
    why = command.why.strip()[:WHY_MOST]
    if not command.confirmed and not why:
        return refuse(rules, "why_needed")
    if no := names_somebody(rules, why):
        return no
    judged = AlarmJudged(
        at=command.at,
        by=command.by,
        alarm=command.alarm,
        verdict="confirmed" if command.confirmed else "dismissed",
        counter=alarm.where,
        clerk=alarm.clerk,
        why=why,
    )
    if command.party in alarm.acknowledged:
        return [judged]
    seen = e.AlarmAcknowledged(at=command.at, by=command.by, alarm=command.alarm, party=command.party)
    return [judged, seen]


def note_picture(state: State, rules: Rules, command: commands.NotePicture) -> list[e.Event] | Refusal:
    """What became of the picture of an alarm."""
    if isinstance(no := alarms.known(state, rules, command.alarm), Refusal):
        return no
    return [
        AlarmPictured(
            at=command.at,
            by=command.by,
            alarm=command.alarm,
            picture=command.picture,
            fault=command.fault,
        )
    ]


def _clerk(state: State, rules: Rules, counter: str, desk: Desk) -> str | None:
    """Who should be there: who is logged in, else the counter's own clerk unless they sit elsewhere."""
    if desk.clerk is not None:
        return desk.clerk
    clerk = rules.counter(counter).clerk
    return None if any(other.clerk == clerk for other in state.desks.values()) else clerk


def _raise(state: State, rules: Rules, counter: str, now: datetime) -> commands.RaiseAlarm:
    text, text_in = said(rules, lambda told: _sentence(told, counter))
    return commands.RaiseAlarm(
        at=now,
        by=WATCH,
        alarm=f"absence-{counter}-{now:%Y%m%d%H%M%S}",
        kind="absence",
        where=counter,
        parties=tuple(rules.hall.absence.parties),
        text=text,
        text_in=text_in,
        clerk=_clerk(state, rules, counter, state.desk(counter)),
    )


def _sentence(rules: Rules, counter: str) -> str:
    minutes = f"{rules.hall.absence.minutes:g}"
    return rules.texts("alarm.absence", counter=rules.counter_name(counter), minutes=minutes)
