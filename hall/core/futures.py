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

    def left(self, elapsed: float) -> Sequence[float]:
        """The quantiles of what is left of one that has lasted `elapsed` minutes."""
        return _left(round(self.mu, 2), round(self.sigma, 2), max(0.0, round(elapsed, 1)))


@lru_cache(maxsize=4096)
def _left(mu: float, sigma: float, elapsed: float) -> tuple[float, ...]:
    """Rounded to one part in a hundred, and to six seconds, so that the same is asked again."""
    if elapsed <= 0:
        return tuple(exp(mu + sigma * z) for z in NORMAL)
    z = (log(elapsed) - mu) / sigma
    longer = _NORMAL.cdf(-z)
    if longer < 1e-9:
        # so far out that the quantiles below are noise: the tail is exponential there, to first order
        mean = elapsed * sigma * sigma / (log(elapsed) - mu)
        return tuple(mean * share for share in EXPONENTIAL)
    # by the upper tail, whose small figures are exact
    return tuple(
        max(0.0, exp(mu - sigma * _NORMAL.inv_cdf(longer * (1 - level))) - elapsed) for level in LEVELS
    )


class Kind(NamedTuple):
    """How long a call keeps the counter, over the futures; the first `missed` are calls in vain."""

    minutes: Sequence[float]
    missed: int = 0


def kind(length: Lognormal, missed: float, miss: float, moved: float, move: float, turn: float) -> Kind:
    """A call's length: in vain with share `missed`, soon sent on with share `moved`, else a service.

    `turn` is what passes between one person and the next.
    """
    return _kind(
        Lognormal(round(length.mu, 2), round(length.sigma, 2)),
        (round(missed, 2), round(miss, 2)),
        (round(moved, 2), round(move, 2)),
        round(turn, 2),
    )


@lru_cache(maxsize=1024)
def _kind(length: Lognormal, miss: tuple[float, float], move: tuple[float, float], turn: float) -> Kind:
    (missed, vain_min), (moved, move_min) = miss, move
    in_vain = sum(level < missed for level in LEVELS)
    short = sum(missed <= level < missed + moved for level in LEVELS)
    served = FUTURES - in_vain - short
    lengths = [
        exp(length.mu + length.sigma * _NORMAL.inv_cdf((index + 0.5) / served)) + turn
        for index in range(served)
    ]
    return Kind((*[vain_min + turn] * in_vain, *[move_min + turn] * short, *lengths), in_vain)


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

    def who(self, share: float) -> int:
        """Which of `credits` the one at this share of them is."""
        return next(which for which, (up_to, _) in enumerate(self.credits) if share <= up_to)

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
    idle: bool = False
    """Idle counters look up together: what was learned of it is how long the first of them takes."""

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
    if len(lines) == 1:
        _play_line(stands, lines[0], answers, doubt)
    else:
        play_lines(stands, lines, answers, doubt)
    return answers


def _play_line(  # noqa: PLR0915 - written out: its inner loop is most of what a forecast costs
    stands: Sequence[Stand], line: Line, answers: list[list[float]], doubt: float
) -> None:
    """What `play_lines` does, for the one line most counters have: the same figures, some times faster."""
    order, reenter = ORDER, line.again.minutes
    overtakers, back_after = line.overtakers, line.back_after
    closes = [stand.stretches[0][1] for stand in stands]
    first_close = min(closes, default=inf)
    draws = [ORDER[(draw * 11) % ORDERS] for draw in range(ORDERS)]
    jobs = [
        (
            person.key,
            None if person.kind is None else person.kind.minutes,
            0 if person.kind is None or not back_after else person.kind.missed,
            order[((at + 1) * 3 + 32) % ORDERS],
            person.asks,
        )
        for at, person in enumerate(line.people)
    ]
    free = _first_begins(stands)
    for future in range(FUTURES):
        heap = free[future]
        heapify(heap)
        common = exp(doubt * NORMAL[order[0][future]])
        paces = [stand.pace * common for stand in stands]
        back = list(line.back)
        come: list[tuple[float, int]] = []
        draw = called = 0
        comes = inf
        if overtakers is not None:
            draw = 1
            comes = overtakers.after(0.0, EXPONENTIAL[draws[1][future]])
        for key, minutes, missed, quantiles, asks in jobs:
            while True:
                now, place = heap[0]
                if (
                    now >= first_close
                    and now >= closes[place]
                    and (begins := stands[place].begins(now)) > now
                ):
                    heapreplace(heap, (begins, place))
                    continue
                while comes <= now:
                    assert overtakers is not None
                    share = LEVELS[draws[(draw + 1) % ORDERS][future]]
                    which = overtakers.who(share)
                    heappush(come, (comes - overtakers.credits[which][1], which))
                    draw += 2
                    comes = overtakers.after(comes, EXPONENTIAL[draws[draw % ORDERS][future]])
                if back and back[0] <= called:
                    del back[0]
                    called += 1
                    taken = reenter[order[(called * 5 + 61) % ORDERS][future]]
                elif come and come[0][0] < key:
                    assert overtakers is not None
                    called += 1
                    draw += 1
                    taken = overtakers.kinds[heappop(come)[1]].minutes[draws[draw % ORDERS][future]]
                else:
                    break
                heapreplace(heap, (now + taken * paces[place], place))
            if asks >= 0:
                answers[asks].append(now)
            if minutes is None:
                continue
            called += 1
            quantile = quantiles[future]
            if quantile < missed:
                back.append(called + back_after)
            heapreplace(heap, (now + minutes[quantile] * paces[place], place))


def _first_begins(stands: Sequence[Stand]) -> list[list[tuple[float, int]]]:
    """For each future when each counter calls first."""
    begins: list[list[tuple[float, int]]] = [[] for _ in range(FUTURES)]
    for place, stand in enumerate(stands):
        order = ORDER[1 if stand.idle else 2 + place % 30]
        free, (opens, closes) = stand.free, stand.stretches[0]
        for future in range(FUTURES):
            minute = free[order[future]]
            begins[future].append((max(minute, opens) if minute < closes else stand.begins(minute), place))
    return begins


def play_lines(
    stands: Sequence[Stand], lines: Sequence[Line], answers: list[list[float]], doubt: float
) -> None:
    """Play any number of lines whose counters overlap; appends to `answers` the minute of each call."""
    free = _first_begins(stands)
    for future in range(FUTURES):
        common = exp(doubt * NORMAL[ORDER[0][future]])
        _play_one(stands, lines, answers, future, common, free[future])


def _play_one(
    stands: Sequence[Stand],
    lines: Sequence[Line],
    answers: list[list[float]],
    future: int,
    common: float,
    heap: list[tuple[float, int]],
) -> None:
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
            which = overtakers.who(self._chance(LEVELS))
            heappush(self._come, (self.comes - overtakers.credits[which][1], which))
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
