"""Seeded busy days, longer than hypothesis draws them: the same invariants, and the overtaking they allow."""

import random
from collections import Counter
from typing import Any

import pytest

from hall.core import commands as c
from hall.core.events import TicketCalled, TicketTaken
from tests.hall.test_properties import Life, same


def wish(chance: random.Random) -> tuple[type[c.Command], dict[str, Any]]:
    """What somebody asks of the hall next, mostly sensible."""
    counter = chance.choice(["1", "2"])
    roll = chance.random()
    if roll < 0.42:
        return c.TakeTicket, {
            "service": chance.choice(["a", "b"]),
            "person": chance.choice([None, f"p{chance.randrange(60)}"]),
            "kiosk": chance.choice([None, "k1"]),
            "appointment": f"B{chance.randrange(10**6)}" if chance.random() < 0.3 else None,
            "priority": chance.choice([(), (), (), ("elderly",), ("pregnant",)]),
        }
    if roll < 0.80:
        return c.CallNext, {"counter": counter}
    if roll < 0.90:
        return c.NoShow, {"counter": counter}
    if roll < 0.93:
        return c.Transfer, {"counter": counter, "to": chance.choice(["a", "b"])}
    if roll < 0.96:
        return c.Hold, {"counter": counter}
    return c.Resume, {"counter": counter}


@pytest.mark.parametrize("seed", range(6))
def test_a_busy_day_keeps_every_promise(seed: int) -> None:
    chance = random.Random(seed)
    policy = ["void", "tail", "back", "clerk"][seed % 4]
    life = Life({"calling": {"no_show": policy}, "hours": {"open": [["08:30", "17:30"]]}})
    for _ in range(700):
        kind, keys = wish(chance)
        life.step(kind, keys, chance.expovariate(1 / 40))
    kinds = Counter(type(event) for event in life.journal)
    assert kinds[TicketTaken] > 100
    assert kinds[TicketCalled] > 100
    assert same(life.engine.state, life.shadow)


def test_the_same_seed_is_the_same_day() -> None:
    days = []
    for _ in range(2):
        chance = random.Random(42)
        life = Life({})
        for _ in range(300):
            kind, keys = wish(chance)
            life.step(kind, keys, chance.expovariate(1 / 40))
        days.append(life.journal)
    assert days[0] == days[1]
