"""Is it loud at a counter? A reading of one second each goes in, an alarm's beginning or end comes out.

domain.md section 6 and `hallfile.schema.NoiseRule`: loud seconds are loud in themselves and against the
counter's own background; a slammed door is one loud second or two, a quarrel is more. While the hall itself
speaks, they are loud against its voice as this pickup is used to hear it.
"""

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import Final, Literal, NamedTuple

from hallfile.schema import NoiseRule

GAP_S: Final = 2.5
"""A longer silence of the pickup leaves nothing to count on; a reading may be late by a second and a half."""

ECHO_S: Final = 1.0
"""An announcement is still heard so long after its last sample."""

SLAM_LEVELS: Final = 2
"""A slammed door that falls on the edge between two of an instrument's averages colours both …"""
SLAM_SHOWN_S: Final = 3
"""… and each is shown for 1.5 s by the slowest (protocols.md 5.3). So three loud seconds that show no more
than two levels may be a door; a fourth, or a third level, is more."""

VOICE_KEPT_S: Final = 120
"""Seconds of the hall's own voice a pickup remembers."""
VOICE_KNOWN_S: Final = 20
"""With fewer of them it does not know yet how loud that voice is."""
VOICE_SHARE: Final = 0.9
"""Speech has pauses: the voice is as loud as so many of its seconds are at most."""
OVER_VOICE_DB: Final = 3.0
OVER_OTHERS_DB: Final = 6.0
"""What is heard beside a known voice is so much louder than it, and than what the other pickups hear of it:
a voice that was turned up is louder at all of them (ours, as all figures here)."""


class Reading(NamedTuple):
    """One second of sound at a counter."""

    at: float
    """When the second ended, real seconds from any start."""
    level: float
    """LAeq of the second, or what an instrument calls its level, dB."""
    background: float
    """The counter's background, dB."""
    calibrated: bool
    """False: the figures are relative, and no alarm can be founded on them."""
    muted: bool
    """The hall's own announcement was to be heard."""
    others: Sequence[float] = ()
    """Levels in that second of the other pickups that heard the announcement too, dB."""
    shown: bool = False
    """An instrument shows this level, and may have shown it in the second before as well."""


class Detector:
    """One counter's ear: it remembers the last seconds and whether an alarm goes on."""

    def __init__(self, rule: NoiseRule, alarming: bool = False) -> None:
        self.alarming = alarming
        self._rule = rule
        self._last: float | None = None
        self._loud: deque[float | None] = deque(maxlen=max(rule.of_seconds, SLAM_SHOWN_S + 1))
        """The level of each of the last seconds that was loud, none for the others."""
        self._voice: deque[float] = deque(maxlen=VOICE_KEPT_S)
        """What was heard here while the hall spoke, dB."""
        self._quiet = 0

    def hear(self, reading: Reading) -> Literal["raise", "clear"] | None:
        """Take a second; says whether an alarm begins or ends with it."""
        if self._last is None or not 0 < reading.at - self._last <= GAP_S:
            self._forget()
        self._last = reading.at
        if not reading.calibrated:
            self._forget()
            return None
        self._loud.append(reading.level if self._is_loud(reading) else None)
        if reading.muted:
            self._voice.append(reading.level)
        return self._while_alarming(reading) if self.alarming else self._while_calm(reading)

    def _while_calm(self, reading: Reading) -> Literal["raise"] | None:
        loud = [level for level in list(self._loud)[-self._rule.of_seconds :] if level is not None]
        if len(loud) < self._rule.seconds or (reading.shown and self._may_be_a_slam()):
            return None
        self.alarming, self._quiet = True, 0
        return "raise"

    def _may_be_a_slam(self) -> bool:
        """Whether an instrument may show all this for one short bang."""
        loud = [level for level in self._loud if level is not None]
        return len(loud) <= SLAM_SHOWN_S and len(set(loud)) <= SLAM_LEVELS

    def _while_alarming(self, reading: Reading) -> Literal["clear"] | None:
        """A second under our own announcement does not count as quiet."""
        if reading.muted and self._loud[-1] is None:
            return None
        self._quiet = self._quiet + 1 if reading.level < self._rule.clear_db else 0
        if self._quiet < self._rule.clear_s:
            return None
        self.alarming = False
        self._forget()
        return "clear"

    def _is_loud(self, reading: Reading) -> bool:
        over = reading.level - reading.background
        if reading.level < self._rule.level_db or over < self._rule.over_background_db:
            return False
        return not reading.muted or self._drowns_our_voice(reading)

    def _drowns_our_voice(self, reading: Reading) -> bool:
        """Whether more is heard than the announcement; where nothing tells how loud that is, it is not."""
        if len(self._voice) < VOICE_KNOWN_S:
            least = self._rule.over_background_db
            return bool(reading.others) and reading.level >= median(reading.others) + least
        voice = sorted(self._voice)[int(VOICE_SHARE * (len(self._voice) - 1))]
        if reading.level < voice + OVER_VOICE_DB:
            return False
        return not reading.others or reading.level >= median(reading.others) + OVER_OTHERS_DB

    def _forget(self) -> None:
        self._loud.clear()
        self._quiet = 0


class Announcements:
    """When the hall itself was speaking: the seconds in which a detector hears its voice."""

    def __init__(self, longest_s: float = 120.0) -> None:
        self._longest_s = longest_s
        self._speaking: dict[str, float] = {}
        self._ended: float | None = None

    def started(self, announcement: str, at: float) -> None:
        """`announcement` has begun to sound."""
        self._speaking[announcement] = at

    def finished(self, announcement: str, at: float) -> None:
        """It is over; one that never began changes nothing."""
        if self._speaking.pop(announcement, None) is not None:
            self._ended = at if self._ended is None else max(self._ended, at)

    def silenced(self, at: float) -> None:
        """The loudspeaker is gone: nothing it began goes on."""
        for announcement in list(self._speaking):
            self.finished(announcement, at)

    def covers(self, second_ended: float) -> bool:
        """Whether the second before `second_ended` held some of an announcement or its echo.

        One whose end was never told is taken to be over after `longest_s`.
        """
        for announcement, since in list(self._speaking.items()):
            if second_ended - since > self._longest_s:
                self.finished(announcement, since + self._longest_s)
        if any(since < second_ended for since in self._speaking.values()):
            return True
        return self._ended is not None and second_ended - 1.0 < self._ended + ECHO_S
