"""How much longer than usual things take today.

Most days are like the others, some drift, and it must be seen soon which this is.

Two suppositions are held at once: that things stay as they are, and that they move, at some speed. Each
follows what is seen in its own way (a Kalman filter of the logarithm of the common factor, and of its speed),
each service that ends says how likely each of them is (Bayes' rule), and either may become the other at any
time: what moved comes to stay where it then is (the interacting multiple models of Blom and Bar-Shalom,
1988). What one service does besides is its own part, which is free to change as far as the hall moves.
"""

from datetime import datetime
from math import erfc, exp, pi, sqrt
from typing import Final

import msgspec
from msgspec import field

# All are ours. How far something is off is a deviation of its logarithm.
STAYS: Final = 0.8
"""Share of days that are like the others when they begin, and stay so for now."""
ALIKE: Final = 0.03
"""How far such a day may be from the others, or a service of its own."""
ANOTHER: Final = 0.15
"""How far a day of the other kind may be when it begins."""
BEGINS: Final = 0.2
ENDS: Final = 0.2
"""How often in an hour things begin to move, and cease to."""
SPEED: Final = 0.15
"""What they then move by in an hour."""
UNSTEADY: Final = 0.03
"""What they move by besides, in an hour, this way and that."""
APART: Final = 0.05
"""What each service moves by of its own in such an hour."""
STRANGEST: Final = 50.0
"""Ten hours where five minutes are usual are less likely by this exponent, and by no more."""
LONGEST: Final = 1.5
"""One who is served for longer than so many standard deviations has perhaps been forgotten at the counter."""


class Guess(msgspec.Struct):
    """What is thought under one supposition. Speeds are by the hour."""

    likely: float
    mean: float = 0.0
    variance: float = ALIKE**2
    speed: float = 0.0
    together: float = 0.0
    """Covariance of where it is and of its speed."""
    speed_variance: float = 0.0

    def learn(self, seen: float, noise: float) -> None:
        """Something was seen. `likely` is a weight after this, and no share of 1."""
        spread, surprise = self.variance + noise, seen - self.mean
        self.likely *= exp(-min(surprise * surprise / (2 * spread), STRANGEST)) / sqrt(spread)
        gain, speed_gain = self.variance / spread, self.together / spread
        self.mean += gain * surprise
        self.speed += speed_gain * surprise
        self.speed_variance -= speed_gain * self.together
        self.together *= 1 - gain
        self.variance *= 1 - gain


class Part(msgspec.Struct):
    """What one service does besides what the hall does."""

    mean: float = 0.0
    variance: float = ALIKE**2
    moved: float = 0.0
    """`Drift.moved` when this was last looked at."""


def _morning() -> tuple[Guess, Guess]:
    return Guess(STAYS), Guess(1 - STAYS, variance=ANOTHER**2, speed_variance=SPEED**2)


class Drift(msgspec.Struct):
    """The common factor of today's lengths, as a logarithm."""

    guesses: tuple[Guess, Guess] = field(default_factory=_morning)
    """That it stays; that it moves."""
    at: datetime | None = None
    moved: float = 0.0
    """For how many hours of today things have moved, as far as is known."""
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        stays, moves = self.guesses
        return stays.likely * stays.mean + moves.likely * moves.mean

    @property
    def variance(self) -> float:
        stays, moves = self.guesses
        apart = stays.mean - moves.mean
        within = stays.likely * stays.variance + moves.likely * moves.variance
        return within + stays.likely * moves.likely * apart * apart

    def differs(self, service: str) -> float:
        """By how much the service takes longer today than the whole hall does."""
        part = self.parts.get(service)
        return 0.0 if part is None else part.mean

    def learn(self, service: str, unlike: float, noise: float, at: datetime) -> None:
        """A service took so much longer than usual; `noise` is the variance of one alone."""
        if self.at is not None and at > self.at:
            self._pass((at - self.at).total_seconds() / 3600)
        self.at = at
        part = self.parts.setdefault(service, Part())
        part.variance += APART**2 * (self.moved - part.moved)
        part.moved = self.moved
        surprise = unlike - self.mean - part.mean
        gain = part.variance / (part.variance + self.variance + noise)
        stays, moves = self.guesses
        for guess in (stays, moves):
            guess.learn(unlike - part.mean, noise + part.variance)
        part.mean += gain * surprise
        part.variance *= 1 - gain
        total = stays.likely + moves.likely
        stays.likely /= total
        moves.likely /= total

    def _pass(self, hours: float) -> None:
        """So much time goes by: what stayed may move now, what moved may stay, or goes on."""
        stays, moves = self.guesses
        begun, ended = 1 - exp(-BEGINS * hours), 1 - exp(-ENDS * hours)
        sets_out = Guess(stays.likely * begun, stays.mean, stays.variance, speed_variance=SPEED**2)
        comes_to_rest = Guess(moves.likely * ended, moves.mean, moves.variance)
        stays.likely *= 1 - begun
        moves.likely *= 1 - ended
        still, moving = _joined(stays, comes_to_rest), _joined(moves, sets_out)
        moving.mean += moving.speed * hours
        moving.variance += (2 * moving.together + moving.speed_variance * hours + UNSTEADY**2) * hours
        moving.together += moving.speed_variance * hours
        self.guesses = still, moving
        self.moved += moving.likely * hours

    def with_those_served(self, lasting: list[tuple[float, float]]) -> tuple[float, float]:
        """Mean and variance, seeing also those who are not done yet.

        `lasting`: for each the logarithm of the time so far less the usual one's, and its standard deviation.
        That somebody is served for longer than usual says that today is slow before they are done (the
        likelihood of a censored observation; its peak by Newton's steps).
        """
        before, variance = self.mean, self.variance
        mean, bend = before, 1 / variance
        for _ in range(3):
            slope, bend = (before - mean) / variance, 1 / variance
            for ahead, scatter in lasting:
                z = min(LONGEST, (ahead - mean) / scatter)
                hazard = _hazard(z)
                slope += hazard / scatter
                bend += hazard * (hazard - z) / scatter**2
            mean += slope / bend
        return mean, 1 / bend


def _joined(one: Guess, other: Guess) -> Guess:
    """Two guesses as one of the same mean and spread."""
    likely = one.likely + other.likely
    share, rest = one.likely / likely, other.likely / likely
    apart, faster = one.mean - other.mean, one.speed - other.speed
    between = share * rest
    return Guess(
        likely,
        share * one.mean + rest * other.mean,
        share * one.variance + rest * other.variance + between * apart * apart,
        share * one.speed + rest * other.speed,
        share * one.together + rest * other.together + between * apart * faster,
        share * one.speed_variance + rest * other.speed_variance + between * faster * faster,
    )


def _hazard(z: float) -> float:
    """The normal density over its upper tail."""
    return exp(-z * z / 2) / sqrt(2 * pi) / (erfc(z / sqrt(2)) / 2)
