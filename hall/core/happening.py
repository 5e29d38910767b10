"""What every event has, and how an event says which of its keys lead to a person."""

from datetime import datetime
from typing import Annotated

import msgspec

OfVisit = Annotated[str | None, msgspec.Meta(extra={"kept": "visit"})]
"""Leads to a person: kept beside the chain of events, and erased when their ticket is over."""

OfDay = Annotated[str | None, msgspec.Meta(extra={"kept": "day"})]
"""Leads to a person too: erased when the day is over. Folded up without it, that day comes out the same."""


class Wait(msgspec.Struct, frozen=True, gc=False):
    """A wait in minutes: the median, and the edges of an 80% interval."""

    low: float
    median: float
    high: float


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type", omit_defaults=True):
    """Something that happened at `at`, because `by` asked."""

    v: int = 1
    at: datetime
    by: str = ""
