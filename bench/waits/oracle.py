"""The oracle: the same forecast with the simulation's true distributions instead of learned ones.

It knows what every clerk's lengths are drawn from at this very moment, how often people miss, who is to be
expected when; like anybody else it does not know what will be drawn.
"""

import math
from datetime import datetime, time, timedelta

from bench.world import day as world
from bench.world.truth import Truth
from hall.core.beliefs import Coming, Habits
from hall.core.futures import Lognormal
from hall.core.rules import Rules
from hall.core.state import State
from simulators.crowd.plan import PRIORITY_MIX

HALF_HOUR = timedelta(minutes=30)


def lognormal(mean: float, cv: float) -> Lognormal:
    """The lognormal of a mean and a coefficient of variation."""
    variance = math.log(1 + cv * cv)
    return Lognormal(math.log(mean) - variance / 2, math.sqrt(variance))


def _uniform(bounds: tuple[float, float]) -> Lognormal:
    """The lognormal nearest to a uniform distribution, seconds to minutes."""
    low, high = bounds
    mean = (low + high) / 2
    return lognormal(mean / 60, (high - low) / math.sqrt(12) / mean)


class Oracle:
    """Beliefs that are true."""

    doubt = 0.0

    def __init__(self, state: State, rules: Rules, truth: Truth) -> None:
        self._state = state
        self._rules = rules
        self._truth = truth
        hall = rules.hall
        self._crowd = hall.simulation.crowd
        worth = {name: float(getattr(hall.priority, name)) for name, _ in PRIORITY_MIX}
        self._credit = sum(worth[name] * share for name, share in PRIORITY_MIX)
        self._sent = self._sent_shares()
        self.habits = Habits(
            missed=hall.simulation.missed,
            missed_again=1 - hall.simulation.missed_return,
            miss=2 * world.PATIENCE_S / 60,
            moved=hall.simulation.transferred,
            move=world.SENT_ON_S / 60,
            turn=_uniform(world.TURN_S),
            look=_uniform(world.LOOKS_UP_S),
            away=lognormal(15.0 * math.exp(0.045), 0.307),
            pause=lognormal(10.0 * math.exp(0.045), 0.307),
            way=25 / 60,
        )

    def length(self, service: str, now: datetime) -> Lognormal:
        arrivals = self._crowd[service]
        mean = arrivals.mean_minutes or self._rules.service(service).mean_minutes
        return lognormal(mean * self._truth.factor(service, None, now), arrivals.cv)

    def pace(self, counter: str) -> float:
        clerk = self._state.desk(counter).clerk or self._rules.counter(counter).clerk
        return math.log(self._truth.clerks.get(clerk or "", 1.0))

    def coming(self, service: str, now: datetime) -> Coming:
        simulation = self._rules.hall.simulation
        arrivals = self._crowd[service]
        shares = simulation.early_arrivals if arrivals.early else simulation.arrivals
        total = sum(sum(part) for part in shares.values())
        rates: list[tuple[datetime, float]] = []
        for start, per_half_hour in sorted(shares.items()):
            begins = datetime.combine(now.date(), time.fromisoformat(start), now.tzinfo)
            rates.append((begins, 0.0))
            for index, share in enumerate(per_half_hour):
                rates.append((begins + (index + 1) * HALF_HOUR, arrivals.tickets * share / total / 30))
        rates.append((now + timedelta(days=1), 0.0))
        left = [(until, rate) for until, rate in rates if until > now]
        return Coming(
            left, simulation.booked, simulation.priority, self._credit, self._sent.get(service, 0.0)
        )

    def _sent_shares(self) -> dict[str, float]:
        moved = self._rules.hall.simulation.transferred
        total = sum(arrivals.tickets for arrivals in self._crowd.values())
        others = max(1, len(self._rules.hall.services) - 1)
        return {
            service: moved * (total - arrivals.tickets) / others / max(1, arrivals.tickets)
            for service, arrivals in self._crowd.items()
        }
