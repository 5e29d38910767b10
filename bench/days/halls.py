"""Halls, days and people drawn by chance: one seed, one hall and its day."""

import random
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.world.halls import dday
from hallfile.schema import HallFile
from simulators.crowd.plan import Visitor, plan_day

DDAY_EVERY: Final = 200
"""One day in so many is the D-day hall's own, with its 22 counters and 660 people."""
PEOPLE: Final = (6, 40)
"""In the small halls."""
HOURS: Final = (
    [["08:30", "12:00"], ["14:00", "17:30"]],
    [["09:00", "17:00"]],
    [["07:30", "11:30"], ["13:00", "16:00"], ["18:00", "20:00"]],
    [["20:00", "23:30"]],
)
"""The last one's overrun goes past midnight."""
EXAMPLE: Final = Path("examples/dezhou.toml")


def is_dday(seed: int) -> bool:
    """Whether this seed's day is a D-day."""
    return seed % DDAY_EVERY == 0


@lru_cache(maxsize=1)
def _dday() -> HallFile:
    return dday(EXAMPLE)


def hall(seed: int, chance: random.Random) -> HallFile:
    """A hall of one to four services and as many counters or some more; now and then the D-day's."""
    if is_dday(seed):
        return _dday()
    services = "abcd"[: chance.randint(1, 4)]
    counters = [
        chance.sample(services, chance.randint(1, len(services))) for _ in range(chance.randint(1, 5))
    ]
    for service in services:
        if not any(service in able for able in counters):
            chance.choice(counters).append(service)
    hours = chance.choice(HOURS)
    tables: dict[str, Any] = {
        "hall": {"id": "drawn", "name": "厅", "name_en": "Hall", "language": chance.choice(["zh-CN", "en"])},
        "hours": {"open": hours, "overrun_minutes": chance.choice([0, 30, 60])},
        "calling": {
            "no_show": chance.choice(["void", "tail", "back", "clerk"]),
            "back_after": chance.randint(1, 3),
            "recalls": chance.randint(0, 3),
            "appointments_in_a_row": chance.randint(1, 3),
        },
        "zones": {"z": {"name": "区", "name_en": "Zone"}},
        "services": {
            name: {
                "prefix": name.upper(),
                "name": name,
                "name_en": name,
                "zone": "z",
                "mean_minutes": chance.choice([2, 8, 15, 30]),
                "quota": chance.choice([None, None, None, 8]),
            }
            for name in services
        },
        "counters": {
            str(number): {
                "services": able,
                "zone": "z",
                "clerk": f"clerk-{number}" if number == 1 or chance.random() < 0.8 else None,
                "hours": [["07:00", "18:00"]] if chance.random() < 0.1 else None,
            }
            for number, able in enumerate(counters, 1)
        },
        "ticket_printers": {"p1": {"link": "tcp://127.0.0.1:9100"}, "p2": {"link": "tcp://127.0.0.1:9101"}},
        "kiosks": {"k1": {"printers": ["p1", "p2"]}, "k2": {"printers": []}},
    }
    return msgspec.convert(tables, HallFile)


def visitors(seed: int, hall: HallFile, day: datetime, chance: random.Random) -> list[Visitor]:
    """Those who come: more of everything that goes wrong than a real day has."""
    if is_dday(seed):
        return plan_day(hall, day.date(), seed).visitors
    services = list(hall.services)
    (first, _), (_, last) = hall.hours.open[0], hall.hours.open[-1]
    opens, closes = (datetime.combine(day, time.fromisoformat(edge), day.tzinfo) for edge in (first, last))
    return [
        Visitor(
            arrives=opens
            + (closes - opens) * chance.betavariate(1, 2)
            + timedelta(minutes=chance.uniform(-10, 10)),
            service=(service := chance.choice(services)),
            minutes=hall.services[service].mean_minutes * chance.lognormvariate(-0.1, 0.5),
            way_s=chance.uniform(10, 40),
            priority=chance.choice([None, None, None, "elderly", "disabled", "veteran"]),
            booked=chance.random() < 0.25,
            misses_call=chance.random() < 0.15,
            returns=chance.random() < 0.5,
            transferred_to=chance.choice(services) if chance.random() < 0.1 else None,
            grade=chance.choice([None, 1, 4, 5]),
        )
        for _ in range(chance.randint(*PEOPLE))
    ]
