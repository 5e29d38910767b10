"""The hall file's times of day as a card wants them (protocols.md 4.2: A3 01, A3 02). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time

from devices.led_board.codec import HALF_HOURS


def half_hours(levels: Mapping[str, int]) -> list[int]:
    """48 levels from midnight on, of ``{"06:30" = 12}``: before the first of a day the last one holds."""
    starts = sorted((_half_hour(moment), level) for moment, level in levels.items())
    found, level = [], starts[-1][1]
    for slot in range(HALF_HOURS):
        level = dict(starts).get(slot, level)
        found.append(level)
    return found


def intervals(written: Iterable[Sequence[str]]) -> list[tuple[time, time]]:
    """``[["06:30", "21:00"]]`` as times."""
    return [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in written]


def _half_hour(moment: str) -> int:
    at = time.fromisoformat(moment)
    return at.hour * 2 + at.minute // 30
