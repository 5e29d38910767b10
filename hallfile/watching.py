"""What the controller watches for: queues that outgrow their counters, and counters with nobody there."""

from typing import Annotated

from msgspec import Meta, field

from hallfile.table import Positive, Table


class Overload(Table, frozen=True, kw_only=True):
    """[overload]: when a queue asks for another counter (domain.md section 3; the figures are ours)."""

    waiting: Annotated[int, Meta(ge=1)] = 10
    """More than so many wait for one service."""
    minutes: Positive = 60
    """Or whoever took a number now would wait longer than this, by the forecast's median."""
    every_minutes: Annotated[float, Meta(ge=0)] = 15
    """The same service is not told of again sooner than this."""
    parties: list[str] = field(default_factory=lambda: ["hall"])
    """Who opens the counter."""


class Absence(Table, frozen=True, kw_only=True):
    """[absence]: 脱岗, nobody at a counter that should be open while people wait for it."""

    minutes: Annotated[float, Meta(ge=0)] = 15
    """Without a call, a key or a finish of the counter; 0: nobody is watched (Dezhou: 15)."""
    parties: list[str] = field(default_factory=lambda: ["supervision"])
    """Who looks, and then confirms it (空岗) or dismisses it with a reason."""
    snapshot_command: list[str] = field(default_factory=list)
    """A program and its arguments that takes a picture of the counter, run without a shell; {file} is where
    the picture goes, {counter} the counter. None: no picture."""
    snapshot_within_s: Positive = 10
    """After so many real seconds that program is ended."""
