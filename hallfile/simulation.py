"""What a hall file says of the day its simulators play."""

from typing import Annotated

from msgspec import Meta, field

from hallfile.table import Id, Positive, Share, Table, TimeOfDay


class Arrivals(Table, frozen=True, kw_only=True):
    """[simulation.crowd.<service>]: what a simulated day brings to one service."""

    tickets: Annotated[int, Meta(ge=0)]
    cv: Positive = 0.5
    early: bool = False
    """Arrives by counter 14's hours rather than the hall's."""
    mean_minutes: Positive | None = None


class Simulation(Table, frozen=True, kw_only=True):
    """[simulation]: the day the simulators play. Nothing of it is read in a real hall."""

    day: str = "2026-11-20"
    start: TimeOfDay = "08:30"
    speed: Positive = 1.0
    seed: int = 1
    crowd: dict[Id, Arrivals] = field(default_factory=dict)
    arrivals: dict[TimeOfDay, list[float]] = field(default_factory=dict)
    """Per cent of a service's tickets in each half hour from the key on."""
    early_arrivals: dict[TimeOfDay, list[float]] = field(default_factory=dict)
    booked: Share = 0.10
    """Of the visitors, who have an appointment."""
    booked_missed: Share = 0.08
    """Of those, who do not come."""
    priority: Share = 0.12
    missed: Share = 0.08
    missed_return: Share = 0.5
    transferred: Share = 0.03
    rated: Share = 0.40
    reminded: Share = 0.05
    """Of the visitors, who leave a number (no real one) to be told by, where every gateway is simulated."""
    bad_ratings: Annotated[int, Meta(ge=0)] = 3
    cards: str | None = None
    """A file of synthetic ID cards, beside the hall file."""
