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
    renew_minutes: Positive = 2
    """So often an alarm that goes on says how it is by now; nobody is called again by that."""
    parties: list[str] = field(default_factory=lambda: ["hall"])
    """Who opens the counter."""


class Break(Table, frozen=True, kw_only=True):
    """[[hours.breaks]]: why a clerk may leave a counter for a while, and for how long."""

    name: str
    name_en: str
    minutes: Positive
    """Until then nobody misses the counter, and the forecast counts on it again."""


def usual_breaks() -> list[Break]:
    """What clerks of any hall leave for; the figures are ours."""
    return [
        Break(name="短时离开", name_en="A short break", minutes=10),
        Break(name="用餐", name_en="A meal", minutes=30),
        Break(name="开会", name_en="A meeting", minutes=60),
    ]


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
