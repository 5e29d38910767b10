"""How far the hall sees ahead: for each line a curve of waits, kept while it holds, read by who asks.

One play of the futures answers for every place of a line, so a ticket only reads off its own: how many are
called before it, less those called since, less the time since. A curve is drawn afresh when something has
changed, or some time has passed, and the drawing of all curves has not taken more than its share of the
processor. That share is reckoned from what is drawn and from the commands' moments, never measured: the same
commands are told the same waits on any machine.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from hall.core import events as e
from hall.core.alarms import OF_ALARMS
from hall.core.beliefs import Learned
from hall.core.events import Wait
from hall.core.futures import FUTURES
from hall.core.rules import Rules
from hall.core.scene import Curve, Prospect, Scene
from hall.core.state import State, Ticket, Turn

SHARE: Final = 0.05
"""Of the processor's time that all curves together may take."""
SAVED_S: Final = 0.02
"""Processor time that is saved up in quiet moments at most, seconds: a dozen curves, so that a rush is not
kept waiting by them. As much may be owed for counters that open or close: who can be called at all is hardly
to be guessed from what was before."""
STEP_S: Final = 1.5e-6
STEP_OF_MANY_S: Final = 3.5e-6
"""What one person or counter costs in one future, in a line alone and among several; measured on two GHz."""

FRESH: Final = timedelta(seconds=10)
"""A curve this old is drawn afresh though nothing has happened: that nothing has is news too. Hall time."""
FOLLOWED: Final = timedelta(minutes=5)
"""One that could not be is followed for so long by the calls since; then it holds for as many people ahead,
whenever they wait."""


class Outlook:
    """A scene's curves as they were drawn."""

    def __init__(self, state: State, rules: Rules, service: str, now: datetime) -> None:
        scene = Scene(state, rules, service, now, Learned(state, rules))
        self.at = now
        self.services = tuple(scene.services)
        self.cost_s = (STEP_OF_MANY_S if scene.lines > 1 else STEP_S) * FUTURES * scene.size
        self.curves = {name: curve for curve in scene.curves() for name in curve.services}
        self.lengths = {name: scene.finish(name, 0.0) - now for name in scene.services}
        """What a service usually takes."""
        for name in scene.services:
            if scene.hopeless(name):
                self.curves.pop(name, None)


class Outlooks:
    """The newest outlook of every scene."""

    def __init__(self, rules: Rules, share: float = SHARE) -> None:
        self._rules = rules
        self._share = share / rules.speed
        self._saved_s = SAVED_S
        self._earned_at: datetime | None = None
        self._newest: dict[str, Outlook] = {}
        """By service; those of one scene have the same."""
        self._changed: set[str] = set()
        """Services whose lines are not as they were drawn."""
        self._shaken: set[str] = set()
        """Services whose counters are not."""
        self._called: dict[str, int] = {}
        """Calls of a service since."""
        self.drawn = 0
        """Outlooks so far."""

    def saw(self, state: State, event: e.Event) -> None:
        """What an event changes; it is folded already."""
        kind = type(event)
        if kind in _QUIET:
            return
        if kind is e.DayBegan:
            self._newest.clear()
        elif kind in _OF_COUNTERS:
            self._shaken.update(self._at(getattr(event, "counter", "")))
        elif (ticket := state.tickets.get(getattr(event, "ticket", ""))) is not None:
            self._changed.add(ticket.service)
            if kind is e.TicketCalled and getattr(event, "nth", 0) == 1:
                self._called[ticket.service] = self._called.get(ticket.service, 0) + 1
            elif kind in _MOVE and ticket.came_from is not None:
                self._changed.add(ticket.came_from)

    def prospect(
        self, state: State, service: str, turn: Turn, booked: bool, now: datetime
    ) -> Prospect | None:
        """What lies before `turn`, taken or about to be; None where no counter is in sight for it."""
        outlook = self._outlook(state, service, now)
        curve = outlook.curves.get(service)
        if curve is None:
            return None
        wait = self._read(curve, _place(state, curve.services, service, turn, booked), now - outlook.at)
        if wait is None:
            return None
        return Prospect(wait, now + timedelta(minutes=wait.median) + outlook.lengths[service])

    def of(self, state: State, ticket: Ticket, now: datetime) -> Prospect | None:
        """What lies before a ticket that waits."""
        return self.prospect(state, ticket.service, ticket.turn, ticket.booked, now)

    def _outlook(self, state: State, service: str, now: datetime) -> Outlook:
        self._earn(now)
        newest = self._newest.get(service)
        if newest is None or self._is_due(newest, now):
            newest = Outlook(state, self._rules, service, now)
            self._saved_s -= newest.cost_s
            self._changed.difference_update(newest.services)
            self._shaken.difference_update(newest.services)
            self._newest.update(dict.fromkeys(newest.services, newest))
            for name in newest.services:
                self._called[name] = 0
            self.drawn += 1
        return newest

    def _earn(self, now: datetime) -> None:
        if self._earned_at is not None and now > self._earned_at:
            earned = self._share * (now - self._earned_at).total_seconds()
            self._saved_s = min(SAVED_S, self._saved_s + earned)
        self._earned_at = now

    def _is_due(self, outlook: Outlook, now: datetime) -> bool:
        if now < outlook.at or (self._saved_s > -SAVED_S and not self._shaken.isdisjoint(outlook.services)):
            return True
        changed = now - outlook.at >= FRESH or not self._changed.isdisjoint(outlook.services)
        return changed and self._saved_s > 0

    def _at(self, counter: str) -> Iterable[str]:
        return _sharing(self._rules, (counter,)) if counter in self._rules.hall.counters else ()

    def _read(self, curve: Curve, place: int, since: timedelta) -> Wait | None:
        if since > FOLLOWED:
            return _beyond(curve, place)
        called = sum(self._called.get(name, 0) for name in curve.services)
        wait = _beyond(curve, place + called)
        if wait is None or not since:
            return wait
        passed = since.total_seconds() / 60
        low, median, high = (round(max(0.0, one - passed), 2) for one in (wait.low, wait.median, wait.high))
        return Wait(low=low, median=median, high=high)


def _place(state: State, line: Iterable[str], service: str, turn: Turn, booked: bool) -> int:
    """How many of the line are called before `turn`."""
    queues = [state.queue(name) for name in line]
    aside = [entry.left for entry in state.queue(service).parked if entry.turn == turn]
    if aside:
        return min(*aside, sum(len(queue.booked) + len(queue.walk_in) for queue in queues))
    if booked:
        return sum(bisect_left(queue.booked, turn) for queue in queues)
    return sum(len(queue.booked) + bisect_left(queue.walk_in, turn) for queue in queues)


def _beyond(curve: Curve, place: int) -> Wait | None:
    """The wait of a place; behind the drawn end each round of the counters takes as long as the last."""
    waits = curve.waits
    if place < len(waits):
        return waits[place]
    last, before = waits[-1], waits[-1 - curve.round]
    if last is None or before is None:
        return None
    rounds = (place - len(waits) + 1) / curve.round
    low, median, high = (
        round(end + rounds * (end - begin), 2)
        for end, begin in ((last.low, before.low), (last.median, before.median), (last.high, before.high))
    )
    return Wait(low=low, median=median, high=high)


def _sharing(rules: Rules, counters: Iterable[str]) -> set[str]:
    """The services that the lines before `counters` are about, and those that share counters with them."""
    found: set[str] = set()
    left = [service for counter in counters for service in rules.counter(counter).services]
    while left:
        service = left.pop()
        if service not in found:
            found.add(service)
            left += [other for name in rules.counters_of[service] for other in rules.counter(name).services]
    return found


_QUIET: Final = frozenset(
    (
        e.ControllerStarted,
        e.PrintAsked,
        e.PrintDone,
        e.Rated,
        e.PeopleForgotten,
        *OF_ALARMS,
    )
)
"""Events that nobody waits longer or shorter for."""
_MOVE: Final = frozenset((e.TicketTransferred, e.ServiceFinished))
"""Events after which a ticket may be in another queue than before."""
_OF_COUNTERS: Final = frozenset((e.CounterOpened, e.CounterClosed, e.CounterPaused, e.CounterReopened))
