"""What a visitor's screen asks besides a number: what they have already, and a paper to take along.

Nothing of it changes the hall, and nothing of it is written down.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from broker.messages.envelope import Command, Forecast
from broker.messages.hall import Person


class PrintChecklist(Command, frozen=True, kw_only=True, tag="print_checklist"):
    """一次性告知单: what to bring for an `item` of the guide, at `printer` or else at the `kiosk`'s own.

    Answered once it is known what became of it, with `outcome`: printed, failed, unknown.
    """

    item: Annotated[str, Meta(pattern="^[0-9]{3}$")]
    kiosk: str | UnsetType = UNSET
    printer: str | UnsetType = UNSET


class FindTickets(Command, frozen=True, kw_only=True, tag="find_tickets"):
    """The numbers that `person` has today and that are not done with: answered with `details`: `tickets`."""

    person: Person


class OwnTicket(msgspec.Struct, frozen=True, kw_only=True):
    """One of the `tickets` that `find_tickets` answers."""

    ticket: str
    number: str
    service: str
    status: str
    ahead: int
    forecast_minutes: Forecast | None
