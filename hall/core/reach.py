"""Which counters the people of a service may meet today, and with whom they share them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hall.core import calendar
from hall.core.rules import Rules
from hall.core.state import State


def reach(
    state: State, rules: Rules, service: str, now: datetime
) -> tuple[list[str], dict[str, list[tuple[datetime, datetime | None]]]]:
    """The services that share counters with `service`, directly or not, and when those counters work."""
    services, counters = [service], {}
    seen: set[str] = set()
    for name in services:
        for counter in rules.counters_of[name]:
            if counter in seen:
                continue
            seen.add(counter)
            if stretches := _stretches(state, rules, counter, now):
                counters[counter] = stretches
                services += [other for other in rules.counter(counter).services if other not in services]
    return services, counters


def groups(rules: Rules, services: Sequence[str], counters: Iterable[str]) -> list[list[str]]:
    """Services that the very same counters do stand in one line."""
    able = set(counters)
    found: dict[tuple[str, ...], list[str]] = {}
    for service in services:
        found.setdefault(tuple(one for one in rules.counters_of[service] if one in able), []).append(service)
    return [group for able_here, group in found.items() if able_here]


def _stretches(
    state: State, rules: Rules, counter: str, now: datetime
) -> list[tuple[datetime, datetime | None]]:
    """When the counter will work from now on today: what is left of this shift, and later ones that open.

    The day's last stretch goes on while people wait.
    """
    desk = state.desk(counter)
    later: list[tuple[datetime, datetime | None]] = [
        (shift.opens, shift.closes)
        for shift in calendar.shifts(rules, counter, now)
        if shift.opens > now and rules.counter(counter).clerk is not None
    ]
    if not desk.is_open:
        return later
    if desk.until is None or desk.until > now:
        return [(now, desk.until), *later]
    return later or [(now, None)]
