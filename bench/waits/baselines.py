"""What others say about the wait, in the same runs (design.md, "Forecast").

All of them divide: people ahead × minutes ÷ counters that are open for the service. They differ in where
the minutes come from.
"""

from collections import defaultdict

from hall.core.events import Event, ServiceFinished
from hall.core.rules import Rules
from hall.core.state import State

EWMA_OLD, EWMA_NEW = 0.9, 0.1


class Baselines:
    """ZMS's typed-in mean, the mean of all that was seen, and an exponentially weighted one."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._sum: defaultdict[str, float] = defaultdict(float)
        self._count: defaultdict[str, int] = defaultdict(int)
        self._ewma: dict[str, float] = {}
        self._typed: dict[str, float] = {}

    def see(self, state: State, event: Event) -> None:
        """Learn from a service that ended."""
        if not isinstance(event, ServiceFinished) or event.minutes is None:
            return
        service = state.tickets[event.ticket].service
        self._sum[service] += event.minutes
        self._count[service] += 1
        before = self._ewma.get(service, event.minutes)
        self._ewma[service] = EWMA_OLD * before + EWMA_NEW * event.minutes

    def type_in(self) -> None:
        """The administrator's yearly round: the month's mean to 5 minutes, below 5 to the minute."""
        for service in self._rules.hall.services:
            mean = self._mean(service)
            self._typed[service] = float(round(mean / 5) * 5 if mean >= 5 else max(1, round(mean)))

    def say(self, state: State, service: str, ahead: int) -> dict[str, float]:
        """The three forecasts, in minutes."""
        able = [state.desk(name) for name in self._rules.counters_of[service]]
        counters = max(1, sum(desk.is_open and not desk.paused for desk in able))
        file = self._rules.service(service).mean_minutes
        minutes = {
            "zms": self._typed.get(service, file),
            "mean": self._mean(service),
            "ewma": self._ewma.get(service, file),
        }
        return {name: ahead * one / counters for name, one in minutes.items()}

    def _mean(self, service: str) -> float:
        if not self._count[service]:
            return self._rules.service(service).mean_minutes
        return self._sum[service] / self._count[service]
