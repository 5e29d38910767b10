"""One microphone at a counter: what it hears, sample by sample (domain.md section 6)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators.mic_monitor import sounds
from simulators.mic_monitor.sounds import Samples

FULL_SCALE: Final = 32768.0
"""RMS of a full-scale signal in steps of a 16-bit sample."""
OVERDRIVE_DB: Final = 80.0
"""What a wrongly set preamplifier adds, so that everything is cut off."""


@dataclass(frozen=True)
class Scene:
    """A sound that comes over the room's: `level` in dB(A), for `seconds` or until it is switched off."""

    sound: Callable[[int], Samples]
    level: float
    seconds: float | None


SCENES: Final = {
    "quarrel": Scene(sounds.voices, 86.0, 4.0),
    "slam": Scene(sounds.slam, 95.0, sounds.SLAM_S),
    "announcement": Scene(sounds.voices, 82.0, 6.0),
    "tone": Scene(sounds.tone, 94.0, None),
    "burst": Scene(sounds.burst, 80.0, None),
    "babble": Scene(sounds.babble, 68.0, None),
    "hum": Scene(sounds.hum, 60.0, None),
}
"""Levels and lengths of domain.md section 6; the announcement is the hall's own, loud enough to alarm if it
were not known; the tone is a 94 dB calibrator; bursts, a full hall and a bad earth are ours."""


class Pickup:
    """A microphone of `rate` samples a second; `full_scale_db` is the level of a full-scale RMS signal."""

    def __init__(self, rate: int, full_scale_db: float, level: float, phase: float = 0.0) -> None:
        self.level = level
        """What the room alone sounds like, dB(A)."""
        self.dead = False
        self.clipped = False
        self.scene: str | None = None
        self._rate = rate
        self._full_scale_db = full_scale_db
        self._room = sounds.room(rate)
        self._at = int(phase * len(self._room))
        """Where in the room's loop it is; pickups that start at different places sound different."""
        self._scene_at = 0

    def play(self, scene: str | None) -> None:
        """Begin a scene from its beginning, or end it."""
        self.scene = scene
        self._scene_at = 0

    @property
    def sounding(self) -> float:
        """The level at the microphone now, dB(A)."""
        if self.scene is None:
            return self.level
        return 10 * math.log10(10 ** (self.level / 10) + 10 ** (SCENES[self.scene].level / 10))

    def hear(self, count: int) -> bytes:
        """The next `count` samples, s16le."""
        if self.dead:
            self.skip(count)
            return bytes(2 * count)
        heard = _looped(self._room, self._at, count) * np.float32(self._gain(self.level))
        if self.scene is not None:
            self._add_scene(heard, SCENES[self.scene])
        self.skip(count)
        np.rint(heard, out=heard)
        np.clip(heard, -FULL_SCALE, FULL_SCALE - 1, out=heard)
        return heard.astype("<i2").tobytes()

    def skip(self, count: int) -> None:
        """Let the time of `count` samples pass unheard."""
        self._at = (self._at + count) % len(self._room)
        if self.scene is not None:
            self._scene_at += count
            if self._scene_at >= self._length(SCENES[self.scene]):
                self.scene = None

    def _add_scene(self, heard: Samples, scene: Scene) -> None:
        count = int(min(len(heard), self._length(scene) - self._scene_at))
        part = _looped(scene.sound(self._rate), self._scene_at, count)
        heard[:count] += part * np.float32(self._gain(scene.level))

    def _length(self, scene: Scene) -> float:
        return math.inf if scene.seconds is None else round(scene.seconds * self._rate)

    def _gain(self, level: float) -> float:
        over = OVERDRIVE_DB if self.clipped else 0.0
        return FULL_SCALE * 10 ** float((level + over - self._full_scale_db) / 20)


def _looped(loop: Samples, start: int, count: int) -> Samples:
    """`count` samples of an endless loop from `start` on, as a new array."""
    start %= len(loop)
    if start + count <= len(loop):
        return loop[start : start + count].copy()
    return np.resize(np.concatenate((loop[start:], loop[:start])), count)
