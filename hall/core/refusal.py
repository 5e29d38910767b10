"""Saying no: a reason for programs, and a sentence for the person in front of the screen."""

import msgspec
from msgspec import field

from hall.core.events import Event
from hall.core.rules import Rules


class Refusal(msgspec.Struct, frozen=True):
    """A command that is not done as asked."""

    reason: str
    text: str
    ticket: str | None = None
    """The ticket that stands in the way, or is theirs already."""
    events: tuple[Event, ...] = ()
    """What happened all the same: *next* with nobody waiting still finishes the one in hand."""
    text_in: dict[str, str] = field(default_factory=dict)
    """The sentence in the other languages of the hall."""


Decision = list[Event] | Refusal
"""What happens because of a command, or why it does not."""


def refuse(rules: Rules, reason: str, *, ticket: str | None = None, **values: object) -> Refusal:
    """A refusal with the sentence ``refusal.<reason>`` of the hall's language."""
    return Refusal(reason, rules.texts(f"refusal.{reason}", **values), ticket)
