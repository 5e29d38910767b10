"""Playing a queue into the future, some dozens of times, with chance spread evenly instead of drawn.

Each future gives every person a length. Over the futures the lengths of one person are the quantiles of its
distribution, each exactly once, in an order of its own (a Latin hypercube): the mean of their sums is then
nearly exact with few futures, and the same question has the same answer on any machine.

Minutes count from now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heappop, heappush, heapreplace
from math import exp, inf, log
from statistics import NormalDist
from typing import Final, NamedTuple

FUTURES: Final = 32
ORDERS: Final = 127
"""Different orders of the quantiles; a prime, so that strides through them meet all."""

_NORMAL: Final = NormalDist()


def _orders() -> tuple[tuple[int, ...], ...]:
    """Shuffles of the futures by a fixed linear congruential generator (Numerical Recipes' constants)."""
    state = 20261121
    orders = []
    for _ in range(ORDERS):
        order = list(range(FUTURES))
        for last in range(FUTURES - 1, 0, -1):
            state = (1664525 * state + 1013904223) % 2**32
            other = (state >> 8) % (last + 1)
            order[last], order[other] = order[other], order[last]
        orders.append(tuple(order))
    return tuple(orders)


ORDER: Final = _orders()
LEVELS: Final = tuple((index + 0.5) / FUTURES for index in range(FUTURES))
"""The quantiles that stand for a distribution."""
NORMAL: Final = tuple(_NORMAL.inv_cdf(level) for level in LEVELS)
EXPONENTIAL: Final = tuple(-log(1 - level) for level in LEVELS)


class Lognormal(NamedTuple):
    """How long something takes: the logarithm of its minutes is normal."""

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        return exp(self.mu + self.sigma * self.sigma / 2)

    def left(self, elapsed: float) -> list[float]:
        """The quantiles of what is left of one that has lasted `elapsed` minutes."""
        mu, sigma = self
        if elapsed <= 0:
            return [exp(mu + sigma * z) for z in NORMAL]
        z = (log(elapsed) - mu) / sigma
        longer = _NORMAL.cdf(-z)
        if longer < 1e-9:
            # so far out that the quantiles below are noise: the tail is exponential there, to first order
            mean = elapsed * sigma * sigma / (log(elapsed) - mu)
            return [mean * share for share in EXPONENTIAL]
        # by the upper tail, whose small figures are exact
        return [
            max(0.0, exp(mu - sigma * _NORMAL.inv_cdf(longer * (1 - level))) - elapsed) for level in LEVELS
        ]


class Kind(NamedTuple):
    """How long a call keeps the counter, over the futures; the first `missed` are calls in vain."""

    minutes: Sequence[float]
    missed: int = 0


def kind(length: Lognormal, missed: float, miss: float, moved: float, move: float, turn: float) -> Kind:
    """A call's length: in vain with share `missed`, soon sent on with share `moved`, else a service.

    `turn` is what passes between one person and the next.
    """
    in_vain, short, normals = _shares(round(missed, 2), round(moved, 2))
    mu, sigma = length
    served = [exp(mu + sigma * z) + turn for z in normals]
    return Kind([miss + turn] * in_vain + [move + turn] * short + served, in_vain)


@lru_cache(maxsize=256)
def _shares(missed: float, moved: float) -> tuple[int, int, tuple[float, ...]]:
    in_vain = sum(level < missed for level in LEVELS)
    short = sum(missed <= level < missed + moved for level in LEVELS)
    served = FUTURES - in_vain - short
    return in_vain, short, tuple(_NORMAL.inv_cdf((index + 0.5) / served) for index in range(served))


class Person(NamedTuple):
    """One who waits, in the order of calling."""

    key: float
    """The moment their waiting counts from, credit taken off; -inf for an appointment."""
    kind: Kind | None
    """None: only asks when it would be their turn, and keeps no counter."""
    asks: int = -1
    """The place of their answer; -1 for none."""


@dataclass(frozen=True, slots=True)
class Overtakers:
    """Those yet to come who will be called before some who wait."""

    rates: Sequence[tuple[float, float]]
    """(until minute, people in a minute), in order; the last goes on for ever."""
    credits: Sequence[tuple[float, float]]
    """(share up to here, credit in minutes; inf for an appointment): what an overtaker is."""
    kinds: Sequence[Kind]
    """What each of `credits` takes of a counter."""

    def after(self, minute: float, work: float) -> float:
        """When the next comes after `minute`: once `work` people were to be expected."""
        for until, rate in self.rates:
            if minute >= until:
                continue
            if rate > 0:
                reach = minute + work / rate
                if reach <= until:
                    return reach
                work -= (until - minute) * rate
            minute = until
        return inf


@dataclass(frozen=True, slots=True)
class Line:
    """One line of people, called by the same counters."""

    people: Sequence[Person]
    back: Sequence[int]
    """Those who missed their call: in again after so many others, in order."""
    again: Kind
    """How long one of those keeps a counter."""
    back_after: int
    """Others called before one who misses the call comes again; 0: never."""
    overtakers: Overtakers | None


@dataclass(frozen=True, slots=True)
class Stand:
    """One counter."""

    lines: Sequence[int]
    free: Sequence[float]
    """When it can first call somebody, over the futures."""
    pace: float
    """Factor of its clerk's lengths."""
    stretches: Sequence[tuple[float, float]]
    """When it works; the last goes on while people wait."""

    def begins(self, minute: float) -> float:
        """When it calls somebody who is there at `minute`."""
        for opens, closes in self.stretches:
            if minute < closes:
                return max(minute, opens)
        return max(minute, self.stretches[-1][0])


def play(stands: Sequence[Stand], lines: Sequence[Line], asked: int, doubt: float) -> list[list[float]]:
    """For each of `asked` people the minute of their call, over the futures; fewer where none is in sight.

    `doubt` is how far off all lengths together may be, as a standard deviation of their logarithm.
    """
    answers: list[list[float]] = [[] for _ in range(asked)]
    for future in range(FUTURES):
        common = exp(doubt * NORMAL[ORDER[0][future]])
        _play_one(stands, lines, answers, future, common)
    return answers


def _play_one(
    stands: Sequence[Stand],
    lines: Sequence[Line],
    answers: list[list[float]],
    future: int,
    common: float,
) -> None:
    order = ORDER
    heap = [
        (stand.begins(stand.free[order[1 + place % 31][future]]), place) for place, stand in enumerate(stands)
    ]
    heapify(heap)
    paces = [stand.pace * common for stand in stands]
    closes = [stand.stretches[0][1] for stand in stands]
    tracks = [_Track(line, index, future) for index, line in enumerate(lines)]
    serves = [[tracks[index] for index in stand.lines] for stand in stands]
    left = len(answers)
    while heap:
        now, place = heap[0]
        if now >= closes[place] and (begins := stands[place].begins(now)) > now:
            heapreplace(heap, (begins, place))
            continue
        best = None
        key = inf
        for track in serves[place]:
            if track.comes <= now:
                track.arrive(now)
            if (mine := track.key) < key:
                best, key = track, mine
        if best is None:
            heappop(heap)
            continue
        taken, person = best.call()
        if person is not None and person.asks >= 0:
            answers[person.asks].append(now)
            left -= 1
            if not left:
                return
        if taken is not None:
            heapreplace(heap, (now + taken * paces[place], place))


class _Track:
    """A line as one future goes on."""

    __slots__ = ("_at", "_back", "_called", "_come", "_draw", "_first", "_future", "_line", "comes", "key")

    def __init__(self, line: Line, index: int, future: int) -> None:
        self._line = line
        self._future = future
        self._at = 0
        self._called = 0
        self._back = list(line.back)
        self._come: list[tuple[float, int]] = []
        """Overtakers that are there: key, and which of the kinds."""
        self._draw = 7 * index
        self._first = 32 + 40 * index
        """Lines draw from orders of their own."""
        self.key = line.people[0].key if line.people else inf
        self.comes = inf
        if line.overtakers is not None:
            self.comes = line.overtakers.after(0.0, self._chance(EXPONENTIAL))

    def arrive(self, now: float) -> None:
        """Let those come who are due by `now`."""
        overtakers = self._line.overtakers
        assert overtakers is not None
        while self.comes <= now:
            share = self._chance(LEVELS)
            for which, (up_to, credit) in enumerate(overtakers.credits):
                if share <= up_to:
                    heappush(self._come, (self.comes - credit, which))
                    break
            self.comes = overtakers.after(self.comes, self._chance(EXPONENTIAL))
        if self._at < len(self._line.people):
            self.key = min(self._line.people[self._at].key, self._come[0][0] if self._come else inf)

    def call(self) -> tuple[float | None, Person | None]:
        """The next of the line: what they take of the counter, and who it is when it is one who waits now."""
        line, future = self._line, self._future
        self._called += 1
        if self._back and self._back[0] < self._called:
            del self._back[0]
            return line.again.minutes[ORDER[(self._called * 5 + 61) % ORDERS][future]], None
        person = line.people[self._at]
        if self._come and self._come[0][0] < person.key:
            _, which = heappop(self._come)
            self._look()
            assert line.overtakers is not None
            return self._chance(line.overtakers.kinds[which].minutes), None
        self._at += 1
        self._look()
        if person.kind is None:
            self._called -= 1
            return None, person
        quantile = ORDER[(self._at * 3 + self._first) % ORDERS][future]
        if quantile < person.kind.missed and line.back_after:
            self._back.append(self._called + line.back_after)
        return person.kind.minutes[quantile], person

    def _look(self) -> None:
        people = self._line.people
        if self._at >= len(people):
            self.key = inf
        else:
            self.key = min(people[self._at].key, self._come[0][0] if self._come else inf)

    def _chance(self, quantiles: Sequence[float]) -> float:
        self._draw += 1
        return quantiles[ORDER[(self._draw * 11) % ORDERS][self._future]]
