"""Halls drawn by chance: one seed, one hall with rules of its own."""

import random
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.world.halls import dday
from hallfile.schema import HallFile

DDAY_EVERY: Final = 200
"""One day in so many is the D-day hall's own, with its 22 counters and 660 people."""
HOURS: Final = (
    [["08:30", "12:00"], ["14:00", "17:30"]],
    [["09:00", "17:00"]],
    [["07:30", "11:30"], ["13:00", "16:00"], ["18:00", "20:00"]],
    [["20:00", "23:30"]],
)
"""The last one's overrun goes past midnight."""
PENALTIES: Final[tuple[list[dict[str, Any]], ...]] = (
    [{"misses": 1, "days": 7}, {"misses": 3, "within_days": 30, "then": "blacklist"}],
    [{"misses": 1, "days": 0.1}, {"misses": 2, "then": "blacklist"}],
    [{"misses": 2, "days": 1, "voids_bookings": True}],
    [{"misses": 1, "then": "blacklist", "days": 3}, {"misses": 2, "days": 1}],
    [],
)
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
    hours = chance.choice(HOURS)
    tables: dict[str, Any] = {
        "hall": {"id": "drawn", "name": "厅", "name_en": "Hall", "language": chance.choice(["zh-CN", "en"])},
        "hours": {
            "open": hours,
            "overrun_minutes": chance.choice([0, 30, 60]),
            "holidays": chance.choice(["chinese", "none"]),
        },
        "calling": {
            "no_show": chance.choice(["void", "tail", "back", "clerk"]),
            "back_after": chance.randint(1, 3),
            "recalls": chance.randint(0, 3),
            "appointments_in_a_row": chance.randint(1, 3),
            "next_step": chance.choice(["kept", "anew"]),
        },
        "appointments": _appointments(services, chance),
        "zones": {"z": {"name": "区", "name_en": "Zone"}},
        "services": {name: _service(name, services, hours, chance) for name in services},
        "counters": _counters(services, chance),
        "ticket": {"undecided": chance.choice(["void", "alarm"])},
        "ticket_printers": {"p1": {"link": "tcp://127.0.0.1:9100"}, "p2": {"link": "tcp://127.0.0.1:9101"}},
        "kiosks": {"k1": {"printers": ["p1", "p2"]}, "k2": {"printers": []}},
    }
    return msgspec.convert(tables, HallFile)


def _service(name: str, services: str, hours: list[list[str]], chance: random.Random) -> dict[str, Any]:
    others = [other for other in services if other != name]
    opens, closes = hours[0][0], hours[-1][1]
    noon = chance.choice([hours[0][1], "11:00"] if opens < "11:00" < closes else [hours[0][1]])
    stretches = [{"opens": opens, "closes": noon, "most": chance.choice([3, None])}]
    return {
        "prefix": name.upper(),
        "name": name,
        "name_en": name,
        "zone": "z",
        "mean_minutes": chance.choice([2, 8, 15, 30]),
        "quota": chance.choice([None, None, None, 8]),
        "issuing": stretches if chance.random() < 0.15 else [],
        "then": chance.sample(others, chance.randint(1, len(others)))
        if others and chance.random() < 0.2
        else [],
        "direct": chance.random() < 0.95,
    }


def _counters(services: str, chance: random.Random) -> dict[str, Any]:
    counters = [
        chance.sample(services, chance.randint(1, len(services))) for _ in range(chance.randint(1, 5))
    ]
    for service in services:
        if not any(service in able for able in counters):
            chance.choice(counters).append(service)
    return {
        str(number): {
            "services": able,
            "zone": "z",
            "clerk": f"clerk-{number}" if number == 1 or chance.random() < 0.8 else None,
            "hours": [["07:00", "18:00"]] if chance.random() < 0.1 else None,
        }
        for number, able in enumerate(counters, 1)
    }


def _appointments(services: str, chance: random.Random) -> dict[str, Any]:
    return {
        "slot_minutes": chance.choice([15, 30, 60]),
        "per_slot": chance.randint(1, 3),
        "capacity": {services[0]: chance.choice([0, 1, 2, 4])},
        "per_day": chance.randint(1, 3),
        "per_week": chance.randint(1, 4),
        "per_month": chance.randint(2, 6),
        "without_id": chance.random() < 0.8,
        "cancel_before_minutes": chance.choice([0, 30, 120]),
        "early_minutes": chance.choice([0, 15, 30]),
        "on_time_minutes": chance.choice([5, 15, 30]),
        "late": chance.choice(["keeps_place", "walk_in", "refused"]),
        "grace_minutes": chance.choice([0, 10, 30]),
        "penalties": chance.choice(PENALTIES),
        "misses_kept_days": chance.choice([1, 30]),
        "release_forgives": chance.random() < 0.5,
    }
