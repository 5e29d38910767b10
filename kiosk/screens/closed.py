"""Why a service gives no numbers, in few words and in many."""

from collections.abc import Mapping

from kiosk.presenters.model import Line
from kiosk.screens.frame import Frame


def closed_shortly(frame: Frame, line: Line) -> str:
    """The reason in a few words."""
    return known(frame, f"closed.{line.closed_reason}") or frame.say("closed.other")


def closed_in_full(frame: Frame, line: Line | None) -> str:
    """The reason and what to do instead: the controller's own sentence where it is in this language."""
    if line is None:
        return frame.say("closed.other_how")
    told = in_this_language(frame, line.closed_text, line.closed_text_in)
    return told or known(frame, f"closed.{line.closed_reason}_how") or frame.say("closed.other_how")


def in_this_language(frame: Frame, text: str | None, text_in: Mapping[str, str]) -> str:
    """A sentence of the controller, which knows hours and names; empty where it has none in this language."""
    language = frame.model.language
    return text_in.get(language) or (text or "" if language == frame.model.floor.languages[0] else "")


def known(frame: Frame, key: str) -> str:
    """The text of a key, or nothing where the catalogue has none."""
    words = frame.say(key)
    return "" if words == key else words
