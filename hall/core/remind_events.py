"""What happens about those who want to be told when their turn is near (domain.md section 1)."""

import msgspec

from hall.core.happening import Event, Wait


class ReminderWanted(Event, frozen=True, kw_only=True, tag="reminder_wanted"):
    """A ticket's owner is to be told; how to reach them stands in the hall's private file, never here."""

    ticket: str
    pager: str | None = None
    """The pager they were handed, by the name its gateway knows it by."""


class NearTurn(Event, frozen=True, kw_only=True, tag="near_turn"):
    """It is nearly their turn; said once for each ticket."""

    ticket: str
    number: str
    service: str
    ahead: int
    wait: Wait | None
    pager: str | None = None


class Wish(msgspec.Struct):
    """How a ticket's owner is to be told."""

    pager: str | None = None
    told: bool = False
    """Whether they were told that their turn is near."""


RemindEvent = ReminderWanted | NearTurn
