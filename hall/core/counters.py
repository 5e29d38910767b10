"""Counters: who is at them, and the hours that open and close them when nobody says otherwise."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from hall.core import calendar, commands, dispatch
from hall.core import events as e
from hall.core.reasons import WHY_MOST, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import HOURS, Rules
from hall.core.state import Desk, State

CLERK_MOST = 64
"""Characters of a login."""


def login(state: State, rules: Rules, command: commands.Login) -> list[e.Event] | Refusal:
    """A clerk opens a counter, or takes it over from another."""
    if no := _unknown(rules, command.counter):
        return no
    clerk = command.clerk.strip()
    if not 1 <= len(clerk) <= CLERK_MOST:
        return refuse(rules, "bad_clerk", most=CLERK_MOST)
    for other, desk in state.desks.items():
        if desk.clerk == clerk and other != command.counter:
            return refuse(rules, "clerk_elsewhere", clerk=clerk, counter=rules.counter_name(other))
    desk = state.desk(command.counter)
    if desk.clerk == clerk and not desk.paused:
        return []
    return [_opened(rules, command.counter, clerk, command.at, command.by)]


def logout(state: State, rules: Rules, command: commands.Logout) -> list[e.Event] | Refusal:
    """The clerk leaves; the one in hand must be brought to an end first."""
    if no := _unknown(rules, command.counter):
        return no
    if not state.desk(command.counter).is_open:
        return []
    in_hand = state.in_hand(command.counter)
    if in_hand is not None:
        return refuse(rules, "ticket_in_hand", ticket=in_hand.id, number=in_hand.number)
    return [e.CounterClosed(at=command.at, by=command.by, counter=command.counter)]


def pause(state: State, rules: Rules, command: commands.Pause) -> list[e.Event] | Refusal:
    """暂停服务: nobody more is called; the one in hand is still served. Said again, it may say why, or until
    when."""
    if no := _unknown(rules, command.counter) or _closed(state, rules, command.counter):
        return no
    if no := names_somebody(rules, command.why):
        return no
    desk, minutes = state.desk(command.counter), command.minutes
    if desk.paused and command.why is None and minutes is None:
        return []
    # what is not said again stays as it was said
    why = (command.why or None) if command.why is not None or not desk.paused else desk.pause_why
    until = desk.back_at if desk.paused else None
    return [
        e.CounterPaused(
            at=command.at,
            by=command.by,
            counter=command.counter,
            why=why[:WHY_MOST] if why else None,
            until=until if minutes is None else command.at + timedelta(minutes=minutes),
        )
    ]


def reopen(state: State, rules: Rules, command: commands.Reopen) -> list[e.Event] | Refusal:
    """The end of a pause."""
    if no := _unknown(rules, command.counter) or _closed(state, rules, command.counter):
        return no
    if not state.desk(command.counter).paused:
        return []
    return [e.CounterReopened(at=command.at, by=command.by, counter=command.counter)]


def opening(state: State, rules: Rules, now: datetime) -> Iterator[e.Event]:
    """Counters whose shift has begun: each is opened once, by its configured clerk or who is there. A break
    that its clerk has said to be longer goes on."""
    opens = calendar.begun(rules, now)
    begun = [
        (name, desk)
        for name, hours in rules.shifts_of.items()
        if (opened := opens.get(hours)) and (desk := state.desk(name)).shift != opened
    ]
    if not begun:
        return
    logged_in = {desk.clerk: name for name, desk in state.desks.items() if desk.clerk is not None}
    for name, desk in begun:
        clerk = desk.clerk or rules.counter(name).clerk
        if clerk is not None and logged_in.get(clerk, name) == name:
            logged_in[clerk] = name
            yield _opened(rules, name, clerk, now, HOURS)
            if desk.break_of == clerk and desk.back_at is not None and desk.back_at > now:
                yield e.CounterPaused(at=now, by=HOURS, counter=name, why=desk.pause_why, until=desk.back_at)


def leaving(
    state: State, rules: Rules, now: datetime, among: Collection[str] | None = None
) -> Iterator[e.Event]:
    """Counters whose shift is over: closed when free, after the day's last shift when nobody waits either.

    `among`: the only ones to look at.
    """
    for name in state.desks if among is None else among:
        if name in rules.hall.counters and _may_leave(state, rules, name, state.desk(name), now):
            yield e.CounterClosed(at=now, by=HOURS, counter=name)


def is_over_time(desk: Desk, now: datetime) -> bool:
    """Whether a counter is still open though its shift has ended."""
    return desk.is_open and desk.until is not None and desk.until <= now


def _may_leave(state: State, rules: Rules, name: str, desk: Desk, now: datetime) -> bool:
    if not is_over_time(desk, now) or desk.ticket is not None:
        return False
    today = calendar.shifts(rules, name, now)
    if today and now < today[-1].closes:
        return True
    end = calendar.day_end(rules, now)
    return end is None or now >= end or not dispatch.waiting_for(state, rules, name)


def _opened(rules: Rules, counter: str, clerk: str, now: datetime, by: str) -> e.CounterOpened:
    shift = calendar.shift_at(rules, counter, now)
    return e.CounterOpened(
        at=now,
        by=by,
        counter=counter,
        clerk=clerk,
        shift=None if shift is None else shift.opens,
        until=None if shift is None else shift.closes,
    )


def _unknown(rules: Rules, counter: str) -> Refusal | None:
    return None if counter in rules.hall.counters else refuse(rules, "unknown_counter", counter=counter)


def _closed(state: State, rules: Rules, counter: str) -> Refusal | None:
    if state.desk(counter).is_open:
        return None
    return refuse(rules, "counter_closed", counter=rules.counter_name(counter))
