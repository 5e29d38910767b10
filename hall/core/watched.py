"""Events of what somebody has to look at: a counter with nobody there, a number without a paper."""

from datetime import datetime
from typing import Literal

from msgspec import field

from hall.core.happening import Event

Verdict = Literal["confirmed", "dismissed"]


class AlarmJudged(Event, frozen=True, kw_only=True, tag="alarm_judged"):
    """A manager has looked: the counter was left (空岗), or there was a reason."""

    alarm: str
    verdict: Verdict
    counter: str
    clerk: str | None
    why: str = ""


class AlarmPictured(Event, frozen=True, kw_only=True, tag="alarm_pictured"):
    """What became of the picture that was to be taken."""

    alarm: str
    picture: str | None
    """The file, in the hall's data folder."""
    fault: str | None = None
    """Why there is none, as a sentence."""


class AlarmRenewed(Event, frozen=True, kw_only=True, tag="alarm_renewed"):
    """It goes on, and this is how it is by now; nobody is called again by that."""

    alarm: str
    text: str
    text_in: dict[str, str] = field(default_factory=dict)
    level: float | None = None


class TicketKept(Event, frozen=True, kw_only=True, tag="ticket_kept"):
    """A number that did not print is known to its owner, or they ask for time to decide."""

    ticket: str
    until: datetime | None = None
    """For how long; None: for good."""


WatchEvent = AlarmJudged | AlarmPictured | AlarmRenewed | TicketKept
