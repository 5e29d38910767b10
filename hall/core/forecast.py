"""How long somebody will wait: the queue played through many times with what the hall's days have taught.

Known: who waits and in what order, who is being served and for how long already, which counters are open,
what each can do, how fast its clerk is, when they break and close. Believed: how long things take, who will
not come when called, who is yet to come and will go before (`hall.core.beliefs`).
"""

from bisect import bisect_left
from datetime import datetime

from hall.core.beliefs import Beliefs, Learned
from hall.core.rules import Rules
from hall.core.scene import Asked, Prospect, Scene
from hall.core.state import State, Turn

__all__ = ["Prospect", "ahead", "newcomer", "overview", "prospect"]


def newcomer(state: State, now: datetime, credit_minutes: float) -> Turn:
    """The place in line of one who takes a number now."""
    return (now.timestamp() - credit_minutes * 60, len(state.tickets), "")


def ahead(state: State, service: str, turn: Turn, booked: bool) -> int:
    """How many of the service's queue come before `turn`."""
    queue = state.queue(service)
    if booked:
        return bisect_left(queue.booked, turn)
    parked = sum(entry.turn != turn for entry in queue.parked)
    return len(queue.booked) + parked + bisect_left(queue.walk_in, turn)


def prospect(
    state: State,
    rules: Rules,
    service: str,
    now: datetime,
    turn: Turn,
    booked: bool,
    beliefs: Beliefs | None = None,
) -> Prospect | None:
    """The forecast for `turn`, taken or about to be; None where no counter is in sight that could call it."""
    scene = Scene(state, rules, service, now, beliefs or Learned(state, rules))
    if scene.hopeless(service):
        return None
    return scene.prospects([Asked(service, turn, booked)], cut=True)[0]


def overview(
    state: State, rules: Rules, now: datetime, beliefs: Beliefs | None = None
) -> tuple[dict[str, Prospect | None], dict[str, Prospect]]:
    """The forecasts for all at once: service → one who took a number now, and ticket → one who waits."""
    beliefs = beliefs or Learned(state, rules)
    fresh: dict[str, Prospect | None] = {}
    waiting: dict[str, Prospect] = {}
    for service in rules.hall.services:
        if service in fresh:
            continue
        scene = Scene(state, rules, service, now, beliefs)
        asked = [
            Asked(name, newcomer(state, now, 0.0), False)
            for name in scene.services
            if not scene.hopeless(name)
        ]
        fresh |= dict.fromkeys([service, *scene.services])
        for name in scene.services:
            if not scene.hopeless(name):
                queue = state.queue(name)
                asked += [Asked(name, turn, True) for turn in queue.booked]
                asked += [Asked(name, turn, False) for turn in queue.walk_in]
                asked += [Asked(name, parked.turn, False) for parked in queue.parked]
        for one, seen in zip(asked, scene.prospects(asked, cut=False), strict=True):
            if seen is not None and one.turn[2]:
                waiting[one.turn[2]] = seen
            elif seen is not None:
                fresh[one.service] = seen
    return fresh, waiting
