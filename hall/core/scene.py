"""A part of the hall as the forecast plays it: counters that share services, and the lines before them."""

from bisect import insort
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp, inf
from typing import Final, NamedTuple

from hall.core.beliefs import Beliefs
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
from hall.core.reach import groups, reach
from hall.core.rules import Rules
from hall.core.state import State, Ticket, Turn

SENT_CREDIT_MIN: Final = 30.0
"""How long before they come those who are sent on took their number: a service and a wait, about."""

SAME_MOMENT: Final = 1e-7
"""Minutes that keep those who came at the same moment in the order of taking."""

ROOM: Final = 4
"""A curve goes on for so many people more than there are counters: each of these has then begun afresh."""

Place = tuple[Turn, str, bool]
"""Somebody in the order of calling: their turn, their service, and whether they are called as booked."""


class Asked(NamedTuple):
    """Whose turn is asked for."""

    service: str
    turn: Turn
    booked: bool


class Prospect(NamedTuple):
    """What lies before somebody who waits, or is about to."""

    wait: Wait
    finish: datetime
    """When they would be done, going by the medians."""


class Curve(NamedTuple):
    """How long each place of a line waits, and the places that those who come next would have."""

    services: Sequence[str]
    """Of the line."""
    waits: Sequence[Wait | None]
    """By the number of people who are called before; None where it never comes to it."""
    round: int
    """So many counters there are at most: a line that is so much longer waits one service longer."""


class Scene:
    """The counters that will do a service today, those they share others with, and all their lines."""

    def __init__(self, state: State, rules: Rules, service: str, now: datetime, beliefs: Beliefs) -> None:
        self._state = state
        self._rules = rules
        self._now = now
        self._beliefs = beliefs
        self.services, self._counters = reach(state, rules, service, now)
        self._lengths: dict[str, Lognormal] = {}
        self._groups = groups(rules, self.services, self._counters)

    def hopeless(self, service: str) -> bool:
        """Whether no counter is in sight that does the service; one that is paused is counted on only where
        its clerk has said when they will be back."""
        return not any(
            service in self._rules.counter(name).services
            and (not self._state.desk(name).paused or self._state.desk(name).back_at is not None)
            for name in self._counters
        )

    def prospects(self, asked: Sequence[Asked], *, cut: bool) -> list[Prospect | None]:
        """The prospects of those asked for; `cut` leaves out all who are called after the last of them."""
        waits = self._play([self._line_of(group, asked, cut) for group in self._groups], len(asked))
        return [
            None if wait is None else Prospect(wait, self.finish(one.service, wait.median))
            for one, wait in zip(asked, waits, strict=True)
        ]

    def curves(self) -> list[Curve]:
        """Every line's waits by the number of people before one, in one play of all."""
        lines: list[Line] = []
        begins = [0]
        for group in self._groups:
            kinds = self._kinds(group)
            order, back = self._order(group, ())
            places = {(turn, service): begins[-1] + at for at, (turn, service, _) in enumerate(order)}
            people = self._people(order, kinds, places)
            ahead = begins[-1] + len(order)
            # the next to come keeps no counter here: in another line nobody is to wait for them
            last = len(self._state.tickets)
            people.append(Person(last * SAME_MOMENT, None, ahead))
            room = len(self._able(group)) + ROOM
            people += [
                Person(
                    (last + at) * SAME_MOMENT,
                    kinds[group[at % len(group)]],
                    -1 if at == 1 else ahead + at - 1,
                )
                for at in range(1, room + 2)
            ]
            lines.append(self._line(group, kinds, people, back))
            begins.append(ahead + room + 1)
        waits = self._play(lines, begins[-1])
        return [
            Curve(group, waits[begins[at] : begins[at + 1]], len(self._able(group)))
            for at, group in enumerate(self._groups)
        ]

    @property
    def lines(self) -> int:
        """How many lines there are: one alone is played faster."""
        return len(self._groups)

    @property
    def size(self) -> int:
        """Counters and people: what a play of it costs is about in proportion."""
        queues = (self._state.queue(service) for service in self.services)
        return len(self._counters) + sum(len(queue.walk_in) + len(queue.booked) for queue in queues)

    def finish(self, service: str, wait: float) -> datetime:
        """When one of the service who is called in `wait` minutes would be done."""
        return self._now + timedelta(minutes=wait + exp(self._length(service).mu))

    def _play(self, lines: Sequence[Line], asked: int) -> list[Wait | None]:
        stands = [self._stand(name) for name in self._counters]
        return [_wait(waits) for waits in play(stands, lines, asked, self._beliefs.doubt)]

    def _able(self, group: Sequence[str]) -> list[str]:
        return [name for name in self._rules.counters_of[group[0]] if name in self._counters]

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

    def _kinds(self, group: Sequence[str]) -> dict[str, Kind]:
        missed = self._beliefs.habits.missed
        return {service: self._kind(service, missed) for service in group}

    def _line_of(self, group: Sequence[str], asked: Sequence[Asked], cut: bool) -> Line:
        """The people of a group of services that the same counters do, in the order of calling."""
        kinds = self._kinds(group)
        order, back = self._order(group, asked)
        if cut:
            order = _cut(order, asked[0])
        places = {(one.turn, one.service): index for index, one in enumerate(asked)}
        return self._line(group, kinds, self._people(order, kinds, places), back)

    def _line(
        self, group: Sequence[str], kinds: dict[str, Kind], people: Sequence[Person], back: Sequence[int]
    ) -> Line:
        calling = self._rules.hall.calling
        again = self._kind(group[0], self._beliefs.habits.missed_again)
        after = calling.back_after if calling.no_show == "back" else 0
        return Line(people, back, again, after, self._overtakers(group, kinds))

    def _people(
        self, order: Sequence[Place], kinds: dict[str, Kind], places: dict[tuple[Turn, str], int]
    ) -> list[Person]:
        now = self._now.timestamp()
        return [
            Person(
                -inf if early else (turn[0] - now) / 60 + turn[1] * SAME_MOMENT,
                None if turn[2] == "" else kinds[service],
                places.get((turn, service), -1),
            )
            for turn, service, early in order
        ]

    def _order(self, group: Sequence[str], asked: Sequence[Asked]) -> tuple[list[Place], list[int]]:
        """Who is called in which order, and after how many calls those come again who missed theirs."""
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
        known = {(one.turn, one.service) for one in asked}
        back: list[int] = []
        for left, turn, service in parked:
            if (turn, service) in known:
                order.insert(min(left, len(order)), (turn, service, False))
            else:
                back.append(left)
        return order, back

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
        if desk.paused and desk.back_at is not None and desk.back_at > self._now:
            return [self._minutes(desk.back_at)] * FUTURES
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


def _order(
    booked: Sequence[tuple[Turn, str]], walk_in: Sequence[tuple[Turn, str]], run: int, most: int
) -> list[Place]:
    """In which order those who wait now are called: appointments first, but never too many in a row."""
    order: list[Place] = []
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


def _cut(order: list[Place], asked: Asked) -> list[Place]:
    """Those of a line who can come before `asked`, and it itself."""
    kept: list[Place] = []
    for place in order:
        turn, service, early = place
        if turn == asked.turn and service == asked.service:
            return [*kept, place]
        if early or turn < asked.turn:
            kept.append(place)
    return kept


def _wait(waits: list[float]) -> Wait | None:
    """The median and the interval of the minutes played; None where it did not always come to a call."""
    if len(waits) < FUTURES:
        return None
    waits.sort()
    low, median, high = (_quantile(waits, level) for level in (0.1, 0.5, 0.9))
    return Wait(low=round(low, 2), median=round(median, 2), high=round(high, 2))


def _quantile(ordered: Sequence[float], level: float) -> float:
    """The quantile of `level`, between its two neighbours."""
    place = level * len(ordered) - 0.5
    below = int(place)
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below)
