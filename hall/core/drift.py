"""How much longer than usual things take today.

Most days are like the others, some drift, and it must be seen soon which this is.

Two suppositions are held at once: that the day is what it was in the morning, and that it moves. Each follows
what is seen in its own way (a Kalman filter of one number: the logarithm of the common factor), and each
service that ends says how likely each of them is (Bayes' rule).
"""

from datetime import datetime
from math import erfc, exp, pi, sqrt
from typing import Final, NamedTuple

import msgspec
from msgspec import field


class Kind(NamedTuple):
    """One way in which a day may go. Variances are of logarithms."""

    share: float
    """Of all days."""
    morning: float
    """How far the day may be from the others when it begins."""
    hourly: float
    """How far it may move in an hour."""


DAYS: Final = (Kind(0.6, 0.03**2, 0.0), Kind(0.4, 0.15**2, 0.15**2))
"""Ours: a day like the others, and one that is another by a seventh, and moves by as much within an hour."""
REMEMBERED: Final = 0.995
"""What one service later counts of what was held likely: a day may begin to drift at any time."""
_FORGOTTEN: Final = tuple(kind.share ** (1 - REMEMBERED) for kind in DAYS)
LONGEST: Final = 1.5
"""One who is served for longer than so many standard deviations has perhaps been forgotten at the counter."""


class Guess(msgspec.Struct):
    """What is thought under one supposition."""

    likely: float
    mean: float
    variance: float


def _morning() -> list[Guess]:
    return [Guess(kind.share, 0.0, kind.morning) for kind in DAYS]


class Drift(msgspec.Struct):
    """The common factor of today's lengths, as a logarithm."""

    guesses: list[Guess] = field(default_factory=_morning)
    at: datetime | None = None

    @property
    def mean(self) -> float:
        return sum(guess.likely * guess.mean for guess in self.guesses)

    @property
    def variance(self) -> float:
        mean = self.mean
        return sum(guess.likely * (guess.variance + (guess.mean - mean) ** 2) for guess in self.guesses)

    def learn(self, unlike: float, noise: float, at: datetime) -> None:
        """A service took so much longer than usual; `noise` is the variance of one alone."""
        hours = 0.0 if self.at is None else max(0.0, (at - self.at).total_seconds() / 3600)
        self.at = at
        total = 0.0
        for kind, share, guess in zip(DAYS, _FORGOTTEN, self.guesses, strict=True):
            guess.variance += kind.hourly * hours
            spread = guess.variance + noise
            surprise = unlike - guess.mean
            guess.likely = (
                share * guess.likely**REMEMBERED * exp(-surprise * surprise / (2 * spread)) / sqrt(spread)
            )
            total += guess.likely
            gain = guess.variance / spread
            guess.mean += gain * surprise
            guess.variance *= 1 - gain
        for guess in self.guesses:
            guess.likely /= total

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


def _hazard(z: float) -> float:
    """The normal density over its upper tail."""
    return exp(-z * z / 2) / sqrt(2 * pi) / (erfc(z / sqrt(2)) / 2)
