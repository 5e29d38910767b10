"""叮咚: two falling tones before every call, made rather than recorded."""

from functools import lru_cache
from typing import Final

import numpy as np

from devices.announcer.sound import RATE, Samples, levelled

NOTES: Final = ((659.26, 0.0), (523.25, 0.38))
"""E5 and C5: Hz, and the second each is struck at."""

OVERTONES: Final = ((1.0, 1.0), (2.0, 0.25), (3.0, 0.08))
"""Multiple of the note, share of its strength."""

FADES_S: Final = 0.22
"""A struck bar's tone falls to a third in this time."""

SECONDS: Final = 1.1
"""With the breath of silence before the speech."""

ATTACK_S: Final = 0.004


@lru_cache(maxsize=1)
def chime() -> Samples:
    """The two tones, ending in silence."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    sound = np.zeros_like(time)
    for hertz, begins in NOTES:
        since = np.maximum(time - begins, 0.0)
        envelope = np.minimum(since / ATTACK_S, 1.0) * np.exp(-since / FADES_S)
        for multiple, share in OVERTONES:
            sound += share * envelope * np.sin(2 * np.pi * multiple * hertz * since)
    fade_out = np.clip((SECONDS - time) / 0.1, 0.0, 1.0)
    return levelled(np.rint(sound * fade_out * 8000).astype(np.int16))
