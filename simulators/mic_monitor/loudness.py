"""What an instrument's own microphone hears: only how loud it is (domain.md section 6)."""

import math

from simulators.mic_monitor.pickup import SCENES


class Loudness:
    """The mean level of each interval of `refresh_s`, which is what a noise transmitter shows until the next.

    Times are real seconds on one monotonic clock.
    """

    def __init__(self, level: float, refresh_s: float) -> None:
        self.level = level
        """What the room alone sounds like, dB(A)."""
        self.scene: str | None = None
        self.refresh_s = refresh_s
        self.shown = level
        """The level of the last whole interval."""
        self._scene_left = math.inf
        self._energy = 0.0
        self._until: float | None = None
        self._next = 0.0

    def play(self, scene: str | None) -> None:
        """Begin a scene from its beginning, or end it."""
        self.scene = scene
        seconds = None if scene is None else SCENES[scene].seconds
        self._scene_left = math.inf if seconds is None else seconds

    @property
    def sounding(self) -> float:
        """The level now, dB(A)."""
        return 10 * math.log10(self._power())

    def advance(self, now: float) -> bool:
        """Hear what sounded up to `now`; says whether a new level is shown."""
        if self._until is None:
            self._until, self._next = now, now + self.refresh_s
        renewed = False
        while self._until < now:
            step = min(now - self._until, self._next - self._until, self._scene_left)
            self._energy += self._power() * step
            self._until += step
            self._scene_left -= step
            if self._scene_left <= 0:
                self.play(None)
            if self._until >= self._next:
                self.shown = 10 * math.log10(self._energy / self.refresh_s)
                self._energy, self._next = 0.0, self._until + self.refresh_s
                renewed = True
        return renewed

    def due(self) -> float:
        """When the next level is shown."""
        return self._next

    def _power(self) -> float:
        room = 10 ** (self.level / 10)
        return room if self.scene is None else room + 10 ** (SCENES[self.scene].level / 10)
