"""Too many wait: which counter to open, who could sit there, and what it would change.

The change is foretold, not guessed: the forecast is asked of the hall as it would be with that counter open.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from hall.core import alarms, calendar, commands, dispatch, forecast
from hall.core.absence import WATCH
from hall.core.rules import Rules
from hall.core.state import Alarm, Desk, State
from hall.core.tongues import said

WORTH_MINUTES = 1.0
"""A counter that makes the wait shorter by less is not named."""


class Advice(NamedTuple):
    """A counter that could be opened."""

    counter: str
    clerk: str
    comes_from: str | None
    """The counter where the clerk sits now, and is not needed."""
    before: float | None
    """The forecast's median now, in minutes; None where nothing can be said, as with no counter open."""
    after: float


def look(
    state: State, rules: Rules, service: str, now: datetime, foreseen: float | None
) -> commands.RaiseAlarm | commands.RenewAlarm | commands.ClearAlarm | None:
    """What is to be said of one service at `now`: that it is too much, how it is by now, that it is over.

    `foreseen` is the median wait of somebody who took a number now, in minutes.
    """
    rule, alarm = rules.hall.overload, alarms.active(state, "overload", service)
    waiting = len(state.queue(service))
    too_long = foreseen is not None and foreseen > rule.minutes and waiting > 0
    if waiting <= rule.waiting and not too_long:
        return None if alarm is None else commands.ClearAlarm(at=now, by=WATCH, alarm=alarm)
    if alarm is None and _told_lately(state, service, now - timedelta(minutes=rule.every_minutes)):
        return None
    if alarm is not None and not _is_old(state.alarms[alarm], now, rule.renew_minutes):
        return None
    advice = advise(state, rules, service, now)

    text, text_in = said(rules, lambda told: sentence(told, service, waiting, foreseen, advice))
    if alarm is not None:
        return commands.RenewAlarm(
            at=now,
            by=WATCH,
            alarm=alarm,
            text=text,
            text_in=text_in,
            level=float(waiting),
        )
    return commands.RaiseAlarm(
        at=now,
        by=WATCH,
        alarm=f"overload-{service}-{now:%Y%m%d%H%M%S}",
        kind="overload",
        where=service,
        parties=tuple(rule.parties),
        text=text,
        text_in=text_in,
        level=float(waiting),
    )


def advise(state: State, rules: Rules, service: str, now: datetime) -> Advice | None:
    """The counter whose opening would help `service` most; None when none would."""
    before = _median(state, rules, service, now)
    found = [
        Advice(counter, clerk, comes_from, before, after)
        for counter, clerk, comes_from in _candidates(state, rules, service, now)
        if (after := _median(supposed(state, rules, counter, clerk, now), rules, service, now)) is not None
        and (before is None or before - after >= WORTH_MINUTES)
    ]
    # a clerk who is there already, before one who must be taken from elsewhere
    return min(found, key=lambda advice: (round(advice.after), advice.comes_from is not None), default=None)


def supposed(state: State, rules: Rules, counter: str, clerk: str, now: datetime) -> State:
    """The hall as it would be with `clerk` at `counter`; the real one is left as it is."""
    shift = calendar.shift_at(rules, counter, now)
    desks = {
        name: Desk(shift=desk.shift) if desk.clerk == clerk and name != counter else desk
        for name, desk in state.desks.items()
    }
    before = state.desk(counter)
    desks[counter] = Desk(
        clerk=clerk,
        ticket=before.ticket,
        held=before.held,
        shift=before.shift,
        until=None if shift is None else shift.closes,
        free_since=now,
    )
    return msgspec.structs.replace(state, desks=desks)


def sentence(rules: Rules, service: str, waiting: int, foreseen: float | None, advice: Advice | None) -> str:
    """How it is told: how many wait, and what to do."""
    texts = rules.texts
    before = foreseen if advice is None else advice.before
    now = texts("overload.unknown") if before is None else texts("overload.wait", minutes=round(before))
    crowded = texts("overload.crowded", service=rules.service_name(service), waiting=waiting, wait=now)
    if advice is None:
        return crowded + texts("overload.no_counter")
    comes = advice.comes_from
    who = texts(
        "overload.clerk" if comes is None else "overload.clerk_from",
        clerk=advice.clerk,
        counter=rules.counter_name(comes or ""),
    )
    return crowded + texts(
        "overload.open", counter=rules.counter_name(advice.counter), who=who, after=round(advice.after)
    )


def _candidates(
    state: State, rules: Rules, service: str, now: datetime
) -> Iterator[tuple[str, str, str | None]]:
    """Counters that do the service and call nobody now, who could sit there, and where they sit now."""
    spare = list(_spare_clerks(state, rules))
    sitting = {desk.clerk for desk in state.desks.values() if desk.is_open}
    for counter in rules.counters_of[service]:
        desk = state.desk(counter)
        if calendar.shift_at(rules, counter, now) is None:
            continue
        own = desk.clerk or rules.counter(counter).clerk
        if desk.paused and desk.clerk is not None:
            yield counter, desk.clerk, None
        elif not desk.is_open and own is not None and own not in sitting:
            yield counter, own, None
        elif not desk.is_open:
            yield from ((counter, clerk, place) for clerk, place in spare[:1])


def _spare_clerks(state: State, rules: Rules) -> Iterator[tuple[str, str]]:
    """Clerks with nobody in hand, nobody waiting, and another open counter for all that they do."""
    for counter, desk in state.desks.items():
        if counter not in rules.hall.counters or desk.clerk is None or desk.paused or desk.ticket is not None:
            continue
        others = {name for name, other in state.desks.items() if name != counter and _calls(other)}
        covered = all(others & set(rules.counters_of[service]) for service in rules.counter(counter).services)
        if covered and not dispatch.waiting_for(state, rules, counter) and not desk.held:
            yield desk.clerk, counter


def _calls(desk: Desk) -> bool:
    return desk.is_open and not desk.paused


def _told_lately(state: State, service: str, since: datetime) -> bool:
    return any(
        alarm.kind == "overload" and alarm.where == service and alarm.raised > since
        for alarm in state.alarms.values()
    )


def _is_old(alarm: Alarm, now: datetime, minutes: float) -> bool:
    """Whether what an alarm says was said so long ago; also where the clock was put back since."""
    return not timedelta() <= now - (alarm.renewed or alarm.raised) < timedelta(minutes=minutes)


def _median(state: State, rules: Rules, service: str, now: datetime) -> float | None:
    """What somebody who took a number now would wait, in minutes."""
    seen = forecast.prospect(state, rules, service, now, forecast.newcomer(state, now, 0.0), booked=False)
    return None if seen is None else seen.wait.median
