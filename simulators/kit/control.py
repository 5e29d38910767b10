"""What a hand can do to a simulated device: switches, sliders and choices, each with what it takes."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

Value = bool | int | float | str | None

NOTHING: Final = "none"
"""The choice that means no card, no fault, no scene; null on the bus means the same."""


class BadValue(ValueError):
    """A control was turned to something it can't be turned to; the message says what it takes."""


@dataclass(frozen=True)
class Control:
    """One thing that can be switched."""

    read: Callable[[], Value]
    """How it stands now."""
    turn: Callable[[Value], None]
    """Turn it; raises `BadValue`."""
    choices: tuple[str, ...] = ()


def flag(read: Callable[[], bool], turn: Callable[[bool], None]) -> Control:
    """A switch that is on or off."""

    def checked(value: Value) -> None:
        if not isinstance(value, bool):
            raise BadValue("on / off")
        turn(value)

    return Control(read, checked)


def number(read: Callable[[], float], turn: Callable[[float], None], low: float, high: float) -> Control:
    """A quantity from `low` to `high`."""

    def checked(value: Value) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise BadValue(f"{low:g} … {high:g}")
        if not low <= value <= high:
            raise BadValue(f"{low:g} … {high:g}")
        turn(float(value))

    return Control(lambda: round(read(), 1), checked)


def choice(read: Callable[[], str | None], turn: Callable[[str], None], among: Iterable[str]) -> Control:
    """One of several; null picks "none" where that is among them."""
    choices = tuple(among)

    def checked(value: Value) -> None:
        picked = NOTHING if value is None else value
        if picked not in choices:
            raise BadValue(" / ".join(choices))
        turn(str(picked))

    return Control(read, checked, choices)
