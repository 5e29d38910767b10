"""How long somebody still waits, in the same words on every screen, page and ticket."""

import math
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from hallfile.catalogue import Catalogue

TEXTS: Final = Path(__file__).parent / "texts"

SOON_MINUTES: Final = 1.0
"""A wait that is most likely shorter than this is none."""
STEP_MINUTES: Final = 5.0
"""A forecast told finer than this would be believed to be surer than it is …"""
LONG_MINUTES: Final = 120.0
STEP_HOURS: Final = 0.5
"""… and one longer than two hours, finer than half an hour."""


class Range(Protocol):
    """What a wait lies between, minutes."""

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


def wait_said(language: str, wait: Range | None) -> str:
    """大约 15–25 分钟, 5 分钟以内, 马上; and that it is not known, for None."""
    texts = _texts(language)
    if wait is None:
        return texts("wait.unknown")
    if wait.high < SOON_MINUTES:
        return texts("wait.soon")
    if wait.high > LONG_MINUTES:
        return _between(texts, "wait.hours", wait.low / 60, wait.high / 60, STEP_HOURS)
    return _between(texts, "wait.minutes", wait.low, wait.high, STEP_MINUTES)


def _between(texts: Catalogue, key: str, low: float, high: float, step: float) -> str:
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    if first <= 0:
        return texts(f"{key}_within", high=f"{last:g}")
    if first >= last:
        return texts(f"{key}_about", high=f"{last:g}")
    return texts(key, low=f"{first:g}", high=f"{last:g}")


@cache
def _texts(language: str) -> Catalogue:
    return Catalogue.load(TEXTS, language)
