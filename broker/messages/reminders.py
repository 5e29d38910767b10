"""Who wants to be told when their turn is near, and that it is (docs/bus.md). Never a phone number."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from broker.messages.envelope import Command, Event, Forecast

PagerName = Annotated[str, Meta(pattern="^[0-9A-Za-z-]{1,16}$")]


class Remind(Command, frozen=True, kw_only=True, tag="remind"):
    """The owner of `ticket` wants to be told when their turn is near, and when they have been served.

    How to reach them the asker has written into the hall's private file; or they were handed `pager`.
    """

    ticket: str
    pager: PagerName | UnsetType = UNSET


class NearTurn(Event, frozen=True, kw_only=True, tag="near_turn"):
    """It is nearly the turn of one who wants to know; said once. A pagers' gateway makes theirs buzz."""

    ticket: str
    number: str
    ahead: int
    forecast_minutes: Forecast | None
    pager: PagerName | None = None
    """None: they have none, and are told by a message."""
