"""Reasons that staff write: they stay in the journal for good, so they are short and lead to nobody."""

import re
from typing import Final

from hall.core.commands import Command
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules

WHY_MOST: Final = 200
"""Characters of a reason that are kept."""
STAFF: Final = ("counter/", "console/")
"""How the `by` of somebody of the staff begins."""
_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){7,}")
"""Eight digits or more in a row: a phone, a card, an account."""


def is_staff(command: Command) -> bool:
    """Whether it was asked at a counter or the console, and not at a kiosk or by an app."""
    return command.by.startswith(STAFF)


def names_somebody(rules: Rules, why: str | None) -> Refusal | None:
    """The refusal of a reason that holds a number which may be somebody's."""
    return refuse(rules, "names_somebody") if why and _NUMBER.search(why) else None
