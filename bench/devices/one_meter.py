"""How many times faster than real time one pickup is metered: A-weighting, F and S, LAeq, 48 kHz."""

import statistics
import time
from typing import Final

import numpy as np

from devices.mic_monitor.condition import FULL_SCALE
from devices.mic_monitor.meter import Meter

RATE: Final = 48_000
BLOCK: Final = RATE // 4
"""What a driver reads at once."""
SOUND_S: Final = 60
ROUNDS: Final = 5


def realtime_factor(seed: int) -> float:
    """Seconds of sound metered in one second of one processor: the median of some rounds."""
    noise = np.random.default_rng(seed).normal(0, 1000, RATE * SOUND_S).astype(np.int16)
    blocks = [noise[start : start + BLOCK] for start in range(0, len(noise), BLOCK)]
    return round(statistics.median(_once(blocks) for _ in range(ROUNDS)), 1)


def _once(blocks: "list[np.typing.NDArray[np.int16]]") -> float:
    meter = Meter(RATE, FULL_SCALE)
    began = time.process_time()
    seconds = sum(1 for block in blocks for _ in meter.feed(block))
    return seconds / (time.process_time() - began)
