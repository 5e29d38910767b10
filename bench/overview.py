"""How long it takes to foresee everything at once: each ticket that waits, and one taken now."""

import random
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, Final

from bench.figures import distribution
from bench.stressday import stress_hall
from hall.core import Engine
from hall.core import commands as c
from hall.core.forecast import overview
from hall.core.outlook import Outlooks
from hall.told import rules_of

WAITING: Final = 300
COUNTERS: Final = 60
TICKETS: Final = 1_800
"""A day of so many makes the example's hall large enough to have `COUNTERS`."""
COME: Final = 10 * WAITING
"""Most who are let in until so many wait."""
ROUNDS: Final = 30


def bench_overview(tables: dict[str, Any], opening: datetime, seed: int) -> dict[str, Any]:
    """What one look at the whole hall takes, in ms, and how much there was to see."""
    engine = _crowded(tables, opening, seed)
    state, took = engine.state, []
    assert state.at is not None
    for second in range(ROUNDS):
        began = perf_counter()
        overview(state, engine.rules, state.at + timedelta(seconds=second))
        took.append((perf_counter() - began) * 1000)
    busy = sum(desk.ticket is not None for desk in state.desks.values())
    return {"overview_ms": distribution(took), "overview_waiting": _waiting(engine), "overview_serving": busy}


def _crowded(tables: dict[str, Any], opening: datetime, seed: int) -> Engine:
    """A hall in which everybody came at once: all counters serve, and so many wait."""
    hall = stress_hall(tables, TICKETS)
    for name in list(hall.counters)[COUNTERS:]:
        del hall.counters[name]
    rules = rules_of(hall)
    engine = Engine(rules, outlooks=Outlooks(rules, share=0.0))
    chance, now = random.Random(seed), opening
    crowd = hall.simulation.crowd
    kiosk = next(iter(hall.kiosks))
    engine.handle(c.StartUp(at=now, by="bench"))
    for number in range(COME):
        now += timedelta(seconds=1)
        (service,) = chance.choices(list(crowd), [one.tickets for one in crowd.values()])
        who = f"t{number}"
        take = c.TakeTicket(at=now, by="bench", ticket=who, service=service, kiosk=kiosk, person=who)
        engine.handle(take)
        idle = (desk for desk in rules.counters_of[service] if engine.state.desk(desk).ticket is None)
        if (counter := next(idle, None)) is not None:
            engine.handle(c.CallNext(at=now, by="bench", counter=counter))
        if _waiting(engine) >= WAITING:
            break
    return engine


def _waiting(engine: Engine) -> int:
    return sum(len(engine.state.queue(service)) for service in engine.rules.hall.services)
