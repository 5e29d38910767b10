"""Appointments as data: slots, caps, how punctual one must be, and what becomes of those who do not come.

Cities differ in every figure here (domain.md section 3); the penalties are Dezhou's, and what no source says
is ours.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import time
from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.table import Id, Interval, Positive, Table, TimeOfDay

Count = Annotated[int, Meta(ge=1)]
Minutes = Annotated[float, Meta(ge=0)]


class Penalty(Table, frozen=True, kw_only=True):
    """[[appointments.penalties]]: what so many missed appointments lead to."""

    misses: Count
    within_days: Annotated[int, Meta(ge=1)] | None = None
    """Counted over so many days back; none: over as many as misses are kept."""
    then: Literal["ban", "blacklist"] = "ban"
    """Both keep one from booking; a blacklist is shown as such, and whoever is on it may appeal."""
    days: Positive | None = None
    """How long; none: until staff release them."""
    voids_bookings: bool = False
    """Whether bookings made before are given back too."""


def _dezhou() -> list[Penalty]:
    """1 miss: no booking for a week; 3 in a month: blacklist (domain.md section 1)."""
    return [Penalty(misses=1, days=7), Penalty(misses=3, within_days=30, then="blacklist")]


class Appointments(Table, frozen=True, kw_only=True):
    """[appointments]: booking, checking in, and no-shows."""

    slot_minutes: Annotated[int, Meta(ge=5, le=240)] = 30
    """Slots follow one another from the beginning of each shift; one that would pass its end is left out."""
    per_slot: Annotated[int, Meta(ge=0)] = 2
    """Places of a service in one slot."""
    capacity: dict[Id, Annotated[int, Meta(ge=0)]] = field(default_factory=dict)
    """Service → its own places in one slot; 0: it can't be booked."""
    days_ahead: Annotated[int, Meta(ge=0, le=90)] = 7
    """How many days ahead one may book; 0: today only."""
    per_day: Count = 1
    """Open bookings of a person for one day."""
    per_week: Count = 3
    """Bookings of a person for one week, Monday to Sunday; those given back are not counted."""
    per_month: Count = 6
    """The same for one calendar month."""
    without_id: bool = True
    """Whether one may book by code alone; caps and penalties then can't follow the person."""
    cancel_before_minutes: Minutes = 120
    """A booking can be given back until so long before its slot; by staff until it is missed."""
    early_minutes: Minutes = 30
    """How long before its slot one may check in."""
    on_time_minutes: Minutes = 30
    """Who checks in so long after the beginning of the slot is still on time."""
    late: Literal["keeps_place", "walk_in", "refused"] = "keeps_place"
    """What a late one becomes. keeps_place: a walk-in whose waiting counts from the beginning of the slot;
    walk_in: one like all others; refused: no number, the booking is missed."""
    grace_minutes: Minutes = 30
    """After the end of the slot; who has not checked in by then has missed the appointment."""
    penalties: list[Penalty] = field(default_factory=_dezhou)
    """Of those whose number of misses is reached, the one with the most counts; none: no penalties."""
    misses_kept_days: Annotated[int, Meta(ge=1, le=366)] = 30
    """After so many days a miss is forgotten (ours: the article says no more than "a month")."""
    release_forgives: bool = True
    """Whether whom staff release begins again without a miss (ours)."""

    def places(self, service: str) -> int:
        """How many may book one slot of `service`."""
        return self.capacity.get(service, self.per_slot)


def slots(hours: Iterable[Interval], minutes: int) -> list[tuple[TimeOfDay, TimeOfDay]]:
    """Beginnings and ends of all slots of `minutes` in `hours`, in order, each once."""
    return sorted({slot for opens, closes in hours for slot in _within(opens, closes, minutes)})


def _within(opens: TimeOfDay, closes: TimeOfDay, minutes: int) -> Iterator[tuple[TimeOfDay, TimeOfDay]]:
    first, last = (edge.hour * 60 + edge.minute for edge in map(time.fromisoformat, (opens, closes)))
    for begins in range(first, last - minutes + 1, minutes):
        yield _said(begins), _said(begins + minutes)


def _said(minute: int) -> TimeOfDay:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def check_appointments(table: Appointments, services: Collection[str]) -> Iterator[str]:
    """What the types of `[appointments]` can't say, a sentence each; `services` are the hall's."""
    for service in table.capacity:
        if service not in services:
            yield (
                f"appointments.capacity.{service}: there is no service {service!r}; "
                "name one of [services] or remove it"
            )
    for index, penalty in enumerate(table.penalties):
        key = f"appointments.penalties[{index}]"
        within = penalty.within_days
        if within is not None and within > table.misses_kept_days:
            yield (
                f"{key}.within_days: misses are forgotten after {table.misses_kept_days} days, so {within} "
                "can't be counted back; raise appointments.misses_kept_days or lower this"
            )
    if table.on_time_minutes > table.slot_minutes + table.grace_minutes:
        yield (
            f"appointments.on_time_minutes: a booking is missed {table.slot_minutes + table.grace_minutes:g} "
            "minutes after its beginning (slot_minutes and grace_minutes); nobody can be on time after that"
        )
