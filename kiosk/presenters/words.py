"""Figures as a person says them: keys of the catalogue with their values."""

import math

from broker.messages.envelope import Forecast

Words = tuple[str, dict[str, object]]
"""A key of the catalogue and what to put in."""


def wait_words(forecast: Forecast | None) -> Words:
    """A forecast as 大约 15–25 分钟: steps of five minutes, of half an hour beyond two hours."""
    if forecast is None:
        return "wait.unknown", {}
    low, high = max(0.0, forecast.low), max(0.0, forecast.high)
    if high > 120:
        return _between("wait.hours", low / 60, high / 60, 0.5)
    return _between("wait.minutes", low, high, 5)


def _between(key: str, low: float, high: float, step: float) -> Words:
    first, last = math.floor(low / step) * step, max(step, math.ceil(high / step) * step)
    if first <= 0:
        return f"{key}_within", {"high": f"{last:g}"}
    if first >= last:
        return f"{key}_about", {"high": f"{last:g}"}
    return key, {"low": f"{first:g}", "high": f"{last:g}"}


def ahead_words(ahead: int | None) -> Words:
    """How many people are in front."""
    if ahead is None:
        return "ahead.unknown", {}
    return (
        ("ahead.none", {}) if ahead == 0 else ("ahead.one" if ahead == 1 else "ahead.some", {"count": ahead})
    )
