"""Those who come to a drawn hall: more of everything that goes wrong than a real day has."""

import random
from datetime import datetime, time, timedelta
from typing import Final

from bench.days.halls import is_dday
from bench.world.truth import Absence
from hallfile.appointments import slots
from hallfile.schema import HallFile
from simulators.crowd.plan import Visitor, plan_day

PEOPLE: Final = (6, 40)
"""In the small halls."""
BOOK: Final = 0.35
STAY_AWAY: Final = 0.15
PAUSES: Final = 0.4


def visitors(seed: int, hall: HallFile, day: datetime, chance: random.Random) -> list[Visitor]:
    """Those who come on a day."""
    if is_dday(seed):
        return plan_day(hall, day.date(), seed).visitors
    return [_visitor(hall, day, chance) for _ in range(chance.randint(*PEOPLE))]


def pauses(hall: HallFile, day: datetime, chance: random.Random) -> list[Absence]:
    """Clerks who leave for a while, most of them with a word."""
    return [
        Absence(counter, moment, chance.uniform(1, 40), paused=chance.random() < 0.7)
        for counter in hall.counters
        if chance.random() < PAUSES
        for moment in [_within(hall, day, chance.random())]
    ]


def _visitor(hall: HallFile, day: datetime, chance: random.Random) -> Visitor:
    service = chance.choice(list(hall.services))
    slot = _slot(hall, service, day, chance) if chance.random() < BOOK else None
    return Visitor(
        arrives=_walks_in(hall, day, chance) if slot is None else slot + _punctual(hall, chance),
        service=service,
        minutes=hall.services[service].mean_minutes * chance.lognormvariate(-0.1, 0.5),
        way_s=chance.uniform(10, 40),
        priority=chance.choice([None, None, None, "elderly", "disabled", "veteran"]),
        booked=slot is not None,
        slot=slot,
        stays_away=slot is not None and chance.random() < STAY_AWAY,
        misses_call=chance.random() < 0.15,
        returns=chance.random() < 0.5,
        transferred_to=chance.choice(list(hall.services)) if chance.random() < 0.1 else None,
        grade=chance.choice([None, 1, 4, 5]),
    )


def _walks_in(hall: HallFile, day: datetime, chance: random.Random) -> datetime:
    return _within(hall, day, chance.betavariate(1, 2)) + timedelta(minutes=chance.uniform(-10, 10))


def _slot(hall: HallFile, service: str, day: datetime, chance: random.Random) -> datetime | None:
    """One of the day's slots, the first ones dearer than the others, so that some are full."""
    found = slots(hall.hours_of(service), hall.appointments.slot_minutes)
    if not found:
        return None
    begins, _ = found[int(len(found) * chance.betavariate(1, 3))]
    return datetime.combine(day, time.fromisoformat(begins), day.tzinfo)


def _punctual(hall: HallFile, chance: random.Random) -> timedelta:
    """How long after the beginning of the slot somebody comes: too early, early, on time, late, too late."""
    table = hall.appointments
    on_time_most, missed = table.on_time_minutes, table.slot_minutes + table.grace_minutes
    early, on_time, late = (-table.early_minutes, 0.0), (0.0, on_time_most), (on_time_most, missed)
    too_early, too_late = (-180.0, -table.early_minutes), (missed, missed + 30)
    bounds = chance.choice([too_early, early, early, on_time, on_time, on_time, late, late, too_late])
    return timedelta(minutes=chance.uniform(*bounds))


def _within(hall: HallFile, day: datetime, share: float) -> datetime:
    """A moment between the first opening and the last closing."""
    (first, _), (_, last) = hall.hours.open[0], hall.hours.open[-1]
    opens, closes = (datetime.combine(day, time.fromisoformat(edge), day.tzinfo) for edge in (first, last))
    return opens + (closes - opens) * share
