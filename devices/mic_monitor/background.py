"""How loud it usually is at one counter: what a quarrel is measured against."""

from typing import Final, Protocol

from devices.mic_monitor.exceedance import Exceedance, Exceeded

KNOWN_AFTER_S: Final = 120.0
"""What is heard itself counts more with every second, and after so many it is all that counts."""

LEARN_EVERY_S: Final = 300
"""Each five minutes heard are one lesson."""


class Learned(Protocol):
    """What earlier days have taught of one counter (`memory.Memory`)."""

    def background(self, hour: int) -> float | None:
        """The usual background of an hour of the day, or none where nothing is known."""
        ...

    def learn(self, hour: int, background: float) -> None:
        """Take in five more minutes of that hour."""
        ...


class Background:
    """The L90 of the last five minutes; at the start, what was learned of this hour on other days.

    Right after a start five minutes have not been heard, and a quarrel that goes on just then would pass for
    the background. Where nothing has been learned yet, the first second stands for itself.
    """

    def __init__(self, learned: Learned, a_second: int) -> None:
        self._learned = learned
        self._exceedance = Exceedance(a_second)
        self._prior: float | None = None
        self._since_lesson = 0

    def add(self, levels: tuple[float, ...], hour: int) -> tuple[float, Exceeded]:
        """Take in the levels of one second in dB; `hour` is the hall's, 0–23. Returns the background too."""
        if not self._exceedance.seconds:
            self._prior = self._learned.background(hour)
        exceeded = self._exceedance.add(levels)
        self._since_lesson += 1
        if self._since_lesson >= LEARN_EVERY_S:
            self._since_lesson = 0
            self._learned.learn(hour, exceeded.l90)
        return self._blended(exceeded.l90), exceeded

    def _blended(self, heard: float) -> float:
        own = min(1.0, self._exceedance.seconds / KNOWN_AFTER_S)
        return heard if self._prior is None else own * heard + (1.0 - own) * self._prior
