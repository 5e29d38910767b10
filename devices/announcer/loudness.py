"""How loud an announcement is: by the hour, and by how loud the hall is (domain.md section 5)."""

from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Final

from broker.clock import Clock
from broker.messages.devices import Level
from hallfile.devices import Announcer as Entry

FRESH_S: Final = 10.0
"""A background told longer ago, real seconds, is not one of now."""


class HallNoise:
    """The background that calibrated pickups tell: relative ones say nothing about decibels."""

    def __init__(self, clock: Clock, pickups: Iterable[str]) -> None:
        self._clock = clock
        self._pickups = frozenset(pickups)
        self._heard: dict[str, tuple[float, float]] = {}

    def hear(self, pickup: str, level: Level) -> None:
        """Take in one second of a pickup."""
        if pickup in self._pickups and level.calibrated:
            self._heard[pickup] = (self._clock.monotonic(), level.background)

    def background_db(self) -> float | None:
        """The median of what is known now, dB(A); None when nothing is."""
        now = self._clock.monotonic()
        fresh = [background for at, background in self._heard.values() if now - at <= FRESH_S]
        return median(fresh) if fresh else None


def most_gain_db(entry: Entry, now: datetime) -> float:
    """The gain of the hour: of the last time of day that has passed, through the night too."""
    if not entry.volume:
        return entry.gain_db
    times = sorted(entry.volume)
    passed = [time for time in times if time <= f"{now:%H:%M}"]
    return entry.volume[passed[-1] if passed else times[-1]]


def gain_db(entry: Entry, now: datetime, background: float | None) -> float:
    """The gain for an announcement that begins now.

    Where it is known how loud speech arrives (`speech_db`), it is `over_background_db` above the background,
    but within `least_gain_db` and the gain of the hour; an unknown background leaves the latter.
    """
    most = most_gain_db(entry, now)
    if entry.speech_db is None or background is None:
        return most
    wanted = background + entry.over_background_db - entry.speech_db
    return round(min(most, max(entry.least_gain_db, wanted)), 1)
