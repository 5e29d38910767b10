"""Why a service gives no numbers, in few words and in many."""

from kiosk.presenters.model import Line
from kiosk.screens.frame import Frame


def closed_shortly(frame: Frame, line: Line) -> str:
    """The reason in a few words."""
    return known(frame, f"closed.{line.closed_reason}") or frame.say("closed.other")


def closed_in_full(frame: Frame, line: Line | None) -> str:
    """The reason and what to do instead: the controller's own sentence where it is in this language."""
    told = line.closed_text if line is not None and frame.model.language.startswith("zh") else None
    reason = line.closed_reason if line is not None else None
    return told or known(frame, f"closed.{reason}_how") or frame.say("closed.other_how")


def known(frame: Frame, key: str) -> str:
    """The text of a key, or nothing where the catalogue has none."""
    words = frame.say(key)
    return "" if words == key else words
