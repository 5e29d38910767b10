"""Which slots a service has, and how many places are left in them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from hall.core import calendar
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import State
from hallfile import appointments as table


class Slot(NamedTuple):
    """A stretch of time that can be booked."""

    begins: datetime
    ends: datetime


class Day(NamedTuple):
    """What one may still book on a day; why nothing, where there are no slots."""

    day: date
    slots: list[tuple[Slot, int]]
    """With the places left."""
    closed: Refusal | None


def slots_on(rules: Rules, service: str, day: date, zone: tzinfo | None) -> list[Slot]:
    """Every slot of `service` on `day`: where a counter that can do it works throughout."""
    morning = datetime.combine(day, time(), zone)
    hours = [
        (f"{shift.opens:%H:%M}", f"{shift.closes:%H:%M}")
        for counter in rules.counters_of[service]
        for shift in calendar.shifts(rules, counter, morning)
    ]
    minutes = rules.hall.appointments.slot_minutes
    begins = [
        datetime.combine(day, time.fromisoformat(first), zone) for first, _ in table.slots(hours, minutes)
    ]
    return [Slot(moment, moment + timedelta(minutes=minutes)) for moment in begins]


def free(state: State, rules: Rules, service: str, slot: datetime) -> int:
    """Places left in a slot."""
    return max(0, rules.hall.appointments.places(service) - state.diary.tally(service, slot).booked)


def wrong_day(rules: Rules, service: str, day: date, now: datetime) -> Refusal | None:
    """Why nothing of `service` can be booked on `day` at all; None when it may be."""
    name, ahead = rules.service_name(service), rules.hall.appointments.days_ahead
    if rules.hall.appointments.places(service) == 0:
        return refuse(rules, "not_bookable", service=name)
    if day < now.date():
        return refuse(rules, "slot_over")
    if day > now.date() + timedelta(days=ahead):
        return refuse(rules, "too_far_ahead", days=ahead)
    if not slots_on(rules, service, day, now.tzinfo):
        return refuse(rules, "closed_day", month=day.month, day=day.day, service=name)
    return None


def days(state: State, rules: Rules, service: str, only: date | None, now: datetime) -> Iterator[Day]:
    """What can be booked on one day, or on all that may be."""
    ahead = range(rules.hall.appointments.days_ahead + 1)
    for day in [only] if only is not None else [now.date() + timedelta(days=count) for count in ahead]:
        closed = wrong_day(rules, service, day, now)
        coming = (
            []
            if closed
            else [slot for slot in slots_on(rules, service, day, now.tzinfo) if slot.begins > now]
        )
        if closed is None and not coming:
            closed = refuse(rules, "slot_over")
        yield Day(day, [(slot, free(state, rules, service, slot.begins)) for slot in coming], closed)
