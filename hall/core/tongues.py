"""What people read, in every language of the hall.

What is seldom said is decided again in each, for deciding changes nothing; what is said all day, as why
somebody is called, is only said again.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from hall.core.events import AlarmRaised, Event
from hall.core.refusal import Decision, Refusal
from hall.core.rules import Rules
from hall.core.task_events import TaskRaised

SENTENCES: Final[dict[type[Event], tuple[str, ...]]] = {
    AlarmRaised: ("text",),
    TaskRaised: ("text", "consequence"),
}
"""Where events carry a sentence; what it is in the other languages stands beside it, in ``<key>_in``."""

SPEAKING: Final = frozenset(SENTENCES)
"""Events that carry one."""


def in_every(rules: Rules, decision: Decision, decide: Callable[[Rules], Decision]) -> Decision:
    """What was decided, with its sentences in the other languages too: `decide` decides it in one of them."""
    if not rules.others or not _says_something(decision):
        return decision
    again = {other.texts.language: decide(other) for other in rules.others}
    if isinstance(decision, Refusal):
        told = {name: one for name, one in again.items() if isinstance(one, Refusal)}
        sentences = {name: one.text for name, one in told.items()}
        events = _told(decision.events, {name: one.events for name, one in told.items()})
        text_in = _different(sentences, decision.text)
        return msgspec.structs.replace(decision, text_in=text_in, events=tuple(events))
    return _told(decision, {name: one for name, one in again.items() if isinstance(one, list)})


def said(rules: Rules, say: Callable[[Rules], str]) -> tuple[str, dict[str, str]]:
    """One sentence in the hall's language, and in the others."""
    first = say(rules)
    return first, _different({other.texts.language: say(other) for other in rules.others}, first)


def _says_something(decision: Decision) -> bool:
    if isinstance(decision, Refusal):
        return not decision.text_in
    return not SPEAKING.isdisjoint(map(type, decision))


def _told(events: Sequence[Event], again: dict[str, Sequence[Event]]) -> list[Event]:
    """Each event with what the same event says in other languages."""
    found = []
    for place, event in enumerate(events):
        keys = {}
        for key in SENTENCES.get(type(event), ()):
            sentences = {name: getattr(others[place], key) for name, others in again.items()}
            if differs := _different(sentences, getattr(event, key)):
                keys[f"{key}_in"] = differs
        found.append(msgspec.structs.replace(event, **keys) if keys else event)
    return found


def _different(sentences: dict[str, str], first: str) -> dict[str, str]:
    return {name: sentence for name, sentence in sentences.items() if sentence != first}
