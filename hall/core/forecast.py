"""How long somebody will wait: the queue played through many times with what the hall's days have taught.

Known: who waits and in what order, who is being served and for how long already, which counters are open,
what each can do, how fast its clerk is, when they break and close. Believed: how long things take, who will
not come when called, who is yet to come and will go before (`hall.core.beliefs`).
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import exp, inf
from typing import Final, NamedTuple

from hall.core import calendar
from hall.core.beliefs import Beliefs, Learned
from hall.core.events import Wait
from hall.core.futures import (
    FUTURES,
    LEVELS,
    Kind,
    Line,
    Lognormal,
    Overtakers,
    Person,
    Stand,
    kind,
    play,
)
from hall.core.lessons import TURN_MOST_MIN
from hall.core.rules import Rules
from hall.core.state import State, Ticket, Turn

SENT_CREDIT_MIN: Final = 30.0
"""How long before they come those who are sent on took their number: a service and a wait, about."""

SAME_MOMENT: Final = 1e-7
"""Minutes that keep those who came at the same moment in the order of taking."""


class Prospect(NamedTuple):
    """What lies before somebody who waits, or is about to."""

    wait: Wait
    finish: datetime
    """When they would be done, going by the medians."""


class Asked(NamedTuple):
    """Whose turn is asked for."""

    service: str
    turn: Turn
    booked: bool


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
    scene = _Scene(state, rules, service, now, beliefs or Learned(state, rules))
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
        scene = _Scene(state, rules, service, now, beliefs)
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


class _Scene:
    """The counters that will do a service today, those they share others with, and all their lines."""

    def __init__(self, state: State, rules: Rules, service: str, now: datetime, beliefs: Beliefs) -> None:
        self._state = state
        self._rules = rules
        self._now = now
        self._beliefs = beliefs
        self.services, self._counters = _reach(state, rules, service, now)
        self._lengths: dict[str, Lognormal] = {}
        self._groups = _groups(rules, self.services, self._counters)

    def hopeless(self, service: str) -> bool:
        """Whether no counter is in sight that does the service; one that is paused is not counted on."""
        return not any(
            service in self._rules.counter(name).services and not self._state.desk(name).paused
            for name in self._counters
        )

    def prospects(self, asked: Sequence[Asked], *, cut: bool) -> list[Prospect | None]:
        """The prospects of those asked for; `cut` leaves out all who are called after the last of them."""
        lines = [self._line(group, asked, cut) for group in self._groups]
        stands = [self._stand(name) for name in self._counters]
        answers = play(stands, lines, len(asked), self._beliefs.doubt)
        return [self._prospect(one.service, waits) for one, waits in zip(asked, answers, strict=True)]

    def _prospect(self, service: str, waits: list[float]) -> Prospect | None:
        if len(waits) < FUTURES:
            return None
        waits.sort()
        low, median, high = (_quantile(waits, level) for level in (0.1, 0.5, 0.9))
        finish = self._now + timedelta(minutes=median + exp(self._length(service).mu))
        return Prospect(Wait(low=round(low, 2), median=round(median, 2), high=round(high, 2)), finish)

    def _length(self, service: str) -> Lognormal:
        length = self._lengths.get(service)
        if length is None:
            length = self._lengths[service] = self._beliefs.length(service, self._now)
        return length

    def _minutes(self, moment: datetime) -> float:
        return (moment - self._now).total_seconds() / 60

    def _kind(self, service: str, missed: float) -> Kind:
        habits = self._beliefs.habits
        return kind(self._length(service), missed, habits.miss, habits.moved, habits.move, habits.turn.mean)

    def _line(self, group: Sequence[str], asked: Sequence[Asked], cut: bool) -> Line:
        """The people of a group of services that the same counters do, in the order of calling."""
        habits = self._beliefs.habits
        kinds = {service: self._kind(service, habits.missed) for service in group}
        booked: list[tuple[Turn, str]] = []
        walk_in: list[tuple[Turn, str]] = []
        parked: list[tuple[int, Turn, str]] = []
        for service in group:
            queue = self._state.queue(service)
            booked += [(turn, service) for turn in queue.booked]
            walk_in += [(turn, service) for turn in queue.walk_in]
            parked += [(entry.left, entry.turn, service) for entry in queue.parked]
        booked.sort()
        walk_in.sort()
        parked.sort()
        places = {(one.turn, one.service): index for index, one in enumerate(asked)}
        aside = {(turn, service) for _, turn, service in parked}
        for one in asked:
            mine = (one.turn, one.service)
            if (
                one.service in group
                and not (one.turn[2] and one.turn[2] in self._state.tickets)
                and mine not in aside
            ):
                insort(booked if one.booked else walk_in, mine)
        run = max((self._state.queue(service).run for service in group), default=0)
        order = _order(booked, walk_in, run, self._rules.hall.calling.appointments_in_a_row)
        back: list[int] = []
        for left, turn, service in parked:
            if (turn, service) in places:
                order.insert(min(left, len(order)), (turn, service, False))
            else:
                back.append(left)
        if cut:
            order = _cut(order, asked[0])
        people = [
            Person(
                -inf if early else (turn[0] - self._now.timestamp()) / 60 + turn[1] * SAME_MOMENT,
                None if turn[2] == "" else kinds[service],
                places.get((turn, service), -1),
            )
            for turn, service, early in order
        ]
        calling = self._rules.hall.calling
        again = self._kind(group[0], habits.missed_again)
        return Line(
            people,
            back,
            again,
            calling.back_after if calling.no_show == "back" else 0,
            self._overtakers(group, kinds),
        )

    def _overtakers(self, group: Sequence[str], kinds: dict[str, Kind]) -> Overtakers | None:
        """Appointments, credits, and people sent on, that come while others wait."""
        flows = [(service, self._beliefs.coming(service, self._now)) for service in group]
        flows = [(service, flow) for service, flow in flows if flow.rates]
        if not flows:
            return None
        parts = [
            (flow.rates[0][1] * share, credit, kinds[service])
            for service, flow in flows
            for share, credit in (
                (flow.booked, inf),
                (flow.priority, flow.credit),
                (flow.sent, SENT_CREDIT_MIN),
            )
        ]
        rates = [
            (
                self._minutes(until),
                sum(
                    flow.rates[index][1] * (flow.booked + flow.priority + flow.sent)
                    for _, flow in flows
                    if index < len(flow.rates)
                ),
            )
            for index, (until, _) in enumerate(flows[0][1].rates)
        ]
        total = sum(weight for weight, _, _ in parts)
        if total <= 0:
            return None
        worth, so_far = [], 0.0
        for weight, credit, _ in parts:
            so_far += weight / total
            worth.append((so_far, credit))
        worth[-1] = (1.0, worth[-1][1])
        return Overtakers(rates, worth, [part for _, _, part in parts])

    def _stand(self, counter: str) -> Stand:
        stretches = [
            (self._minutes(opens), inf if closes is None else self._minutes(closes))
            for opens, closes in self._counters[counter]
        ]
        mine = [
            index for index, group in enumerate(self._groups) if counter in self._rules.counters_of[group[0]]
        ]
        pace = exp(self._beliefs.pace(counter))
        return Stand(mine, self._free(counter), pace, stretches, idle=self._is_idle(counter))

    def _free(self, counter: str) -> Sequence[float]:
        """When the counter can call the next, over the futures."""
        desk, habits = self._state.desk(counter), self._beliefs.habits
        in_hand = self._state.in_hand(counter)
        if in_hand is not None and in_hand.called_at is not None:
            turn = habits.turn.mean
            return [left + turn for left in self._left(in_hand)]
        if desk.paused and desk.paused_at is not None:
            return habits.pause.left(-self._minutes(desk.paused_at))
        if not desk.is_open:
            return habits.turn.left(0.0)
        stood = self._stood_empty(counter)
        if stood > TURN_MOST_MIN:
            return habits.away.left(stood)
        return habits.turn.left(stood) if stood else habits.look.left(0.0)

    def _is_idle(self, counter: str) -> bool:
        desk = self._state.desk(counter)
        free = desk.is_open and not desk.paused and desk.ticket is None
        return free and not self._stood_empty(counter)

    def _left(self, ticket: Ticket) -> Sequence[float]:
        """What is left of the one in hand: of their service, or of waiting for them in vain."""
        assert ticket.called_at is not None
        elapsed = -self._minutes(ticket.called_at)
        habits, length = self._beliefs.habits, self._length(ticket.service)
        left = Lognormal(length.mu + self._beliefs.pace(ticket.counter or ""), length.sigma).left(elapsed)
        if ticket.status != "called" or habits.way is None or elapsed < 0:
            return left
        missed = habits.missed_again if ticket.missed else habits.missed
        late = exp(-((elapsed / max(habits.way, 0.05)) ** 2))
        in_vain = missed / (missed + (1 - missed) * late)
        count = sum(level < in_vain for level in LEVELS)
        rest = max(0.05, habits.miss - elapsed)
        step = FUTURES / max(1, FUTURES - count)
        return [rest] * count + [left[int(index * step)] for index in range(FUTURES - count)]

    def _stood_empty(self, counter: str) -> float:
        """Minutes for which the counter could have called somebody and has not."""
        desk = self._state.desk(counter)
        if desk.free_since is None:
            return 0.0
        came = [
            self._state.tickets[turn[2]].queued
            for service in self._rules.counter(counter).services
            for line in (self._state.queue(service).booked, self._state.queue(service).walk_in)
            for turn in line[:1]
        ]
        if not came:
            return 0.0
        return max(0.0, -self._minutes(max(desk.free_since, min(came))))


def _reach(
    state: State, rules: Rules, service: str, now: datetime
) -> tuple[list[str], dict[str, list[tuple[datetime, datetime | None]]]]:
    """The services that share counters with `service`, directly or not, and when those counters work."""
    services, counters = [service], {}
    seen: set[str] = set()
    for name in services:
        for counter in rules.counters_of[name]:
            if counter in seen:
                continue
            seen.add(counter)
            if stretches := _stretches(state, rules, counter, now):
                counters[counter] = stretches
                services += [other for other in rules.counter(counter).services if other not in services]
    return services, counters


def _groups(rules: Rules, services: Sequence[str], counters: Iterable[str]) -> list[list[str]]:
    """Services that the very same counters do stand in one line."""
    able = set(counters)
    groups: dict[tuple[str, ...], list[str]] = {}
    for service in services:
        groups.setdefault(tuple(one for one in rules.counters_of[service] if one in able), []).append(service)
    return [group for able_here, group in groups.items() if able_here]


def _stretches(
    state: State, rules: Rules, counter: str, now: datetime
) -> list[tuple[datetime, datetime | None]]:
    """When the counter will work from now on today: what is left of this shift, and later ones that open.

    The day's last stretch goes on while people wait.
    """
    desk = state.desk(counter)
    later: list[tuple[datetime, datetime | None]] = [
        (shift.opens, shift.closes)
        for shift in calendar.shifts(rules, counter, now)
        if shift.opens > now and rules.counter(counter).clerk is not None
    ]
    if not desk.is_open:
        return later
    if desk.until is None or desk.until > now:
        return [(now, desk.until), *later]
    return later or [(now, None)]


def _order(
    booked: Sequence[tuple[Turn, str]], walk_in: Sequence[tuple[Turn, str]], run: int, most: int
) -> list[tuple[Turn, str, bool]]:
    """In which order those who wait now are called: appointments first, but never too many in a row."""
    order: list[tuple[Turn, str, bool]] = []
    early = iter(booked)
    others = iter(walk_in)
    next_early, next_other = next(early, None), next(others, None)
    while next_early is not None or next_other is not None:
        if next_early is not None and (run < most or next_other is None):
            order.append((*next_early, True))
            next_early = next(early, None)
            run += 1
        elif next_other is not None:
            order.append((*next_other, False))
            next_other = next(others, None)
            run = 0
    return order


def _cut(order: list[tuple[Turn, str, bool]], asked: Asked) -> list[tuple[Turn, str, bool]]:
    """Those of a line who can come before `asked`, and it itself."""
    kept: list[tuple[Turn, str, bool]] = []
    for place in order:
        turn, service, early = place
        if turn == asked.turn and service == asked.service:
            return [*kept, place]
        if early or turn < asked.turn:
            kept.append(place)
    return kept


def _quantile(ordered: Sequence[float], level: float) -> float:
    """The quantile of `level`, between its two neighbours."""
    place = level * len(ordered) - 0.5
    below = int(place)
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below)
