"""What time brings: the day's turn, hours, windows that end, alarms nobody came to."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final

from hall.core import agenda, alarms, calendar, counters, notices, penalties, printing
from hall.core import events as e
from hall.core.rules import CLOCK, Rules
from hall.core.state import IN_HAND, State


def pass_time(
    state: State, rules: Rules, now: datetime, *, turned: bool = True, over_time: Collection[str] = ()
) -> list[e.Event]:
    """The next thing that is due at `now`; evolve it and ask again, until nothing is.

    Unless the hours have `turned`, a counter was opened or closed, or the day is over, most of what follows
    them can't be due, and of all counters only those `over_time` may leave.
    """
    for due in _STEPS if turned else _OVER_TIME if over_time else _BETWEEN:
        if events := list(due(state, rules, now)):
            return events
    return [] if turned else list(counters.leaving(state, rules, now, over_time))


def next_due(state: State, turns: datetime, now: datetime) -> datetime:
    """When something is due next, once everything due at `now` has been done; `turns`: when the hours do."""
    moments = [
        turns,
        *list(state.rating.values())[:1],
        *list(state.undecided.values())[:1],
    ]
    if state.diary.due:
        moments.append(datetime.fromtimestamp(state.diary.due[0][0], now.tzinfo))
    for alarm in state.alarms.values():
        if alarm.escalates_at is not None and alarms.is_overdue(alarm):
            moments.append(alarm.escalates_at)
        if alarm.forget_at is not None:
            moments.append(alarm.forget_at)
    moments += [entry[0] for entry in state.duties.agenda[:1]]
    return min((*moments, *notices.next_over(state)))


def _turn_of_the_day(state: State, rules: Rules, now: datetime) -> Iterator[e.Event]:
    today = now.date().isoformat()
    if today <= state.day:
        return
    for ticket_id in state.rating:
        yield _unrated(state, ticket_id, now)
    for ticket in state.tickets.values():
        if ticket.is_open:
            yield e.TicketEnded(at=now, by=CLOCK, ticket=ticket.id, number=ticket.number, reason="day_end")
    for name, desk in state.desks.items():
        if desk.is_open:
            yield e.CounterClosed(at=now, by=CLOCK, counter=name)
    yield from penalties.forgetting(state, now)
    yield from penalties.forgetting_clients(state, rules, now)
    yield e.DayBegan(at=now, by=CLOCK, day=today)


def _end_of_the_day(state: State, rules: Rules, now: datetime) -> Iterator[e.Event]:
    """What still waits after the last closing and its overrun is ended; who is being served is served."""
    end = calendar.day_end(rules, now)
    if end is None or now < end:
        return
    for ticket in state.tickets.values():
        if ticket.is_open and ticket.status not in IN_HAND:
            yield e.TicketEnded(at=now, by=CLOCK, ticket=ticket.id, number=ticket.number, reason="closing")


def _forgetting(state: State, rules: Rules, now: datetime) -> Iterator[e.Event]:
    """Nobody can use a booking again once the day's visits are over."""
    end = calendar.day_end(rules, now)
    if end is None or now < end or not state.appointments:
        return
    if not any(ticket.is_open for ticket in state.tickets.values()):
        yield e.PeopleForgotten(at=now, by=CLOCK)


def _windows(state: State, _: Rules, now: datetime) -> Iterator[e.Event]:
    for ticket_id, until in state.rating.items():
        if until > now:
            return
        yield _unrated(state, ticket_id, now)


def _unanswered(state: State, _: Rules, now: datetime) -> Iterator[e.Event]:
    for alarm_id, alarm in state.alarms.items():
        if alarms.is_overdue(alarm) and alarm.escalates_at is not None and alarm.escalates_at <= now:
            yield e.AlarmEscalated(at=now, by=CLOCK, alarm=alarm_id)


def _forgotten(state: State, _: Rules, now: datetime) -> Iterator[e.Event]:
    for alarm_id, alarm in state.alarms.items():
        if alarm.forget_at is not None and alarm.forget_at <= now:
            yield e.AlarmForgotten(at=now, by=CLOCK, alarm=alarm_id)


def _unrated(state: State, ticket_id: str, now: datetime) -> e.Rated:
    ticket = state.tickets[ticket_id]
    assert ticket.counter is not None
    return e.Rated(at=now, by=CLOCK, ticket=ticket_id, counter=ticket.counter, clerk=ticket.clerk, grade=None)


_STEPS: Final[tuple[Callable[[State, Rules, datetime], Iterator[e.Event]], ...]] = (
    penalties.missing,
    _turn_of_the_day,
    _end_of_the_day,
    _forgetting,
    counters.opening,
    counters.leaving,
    _windows,
    printing.undecided,
    printing.wanted_no_more,
    _unanswered,
    agenda.run_out,
    _forgotten,
    notices.over,
)
_AT_TURNS: Final = (_turn_of_the_day, counters.opening, counters.leaving)
_OVER_TIME: Final = tuple(due for due in _STEPS if due not in _AT_TURNS)
_BETWEEN: Final = tuple(due for due in _OVER_TIME if due not in (_end_of_the_day, _forgetting))
