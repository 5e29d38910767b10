"""Notices: what everybody is told on boards and screens, until it is taken down or its time is over."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from hall.core import commands
from hall.core.happening import Event
from hall.core.notice_events import NoticePosted, NoticeWithdrawn
from hall.core.refusal import Refusal, refuse
from hall.core.rules import CLOCK, Rules
from hall.core.state import Notice, State

LONGEST: Final = 200
"""Characters: more would run over a board for minutes."""
MOST: Final = 50
"""Notices at a time: more, and nobody reads any."""
CONSOLE: Final = "console/"
"""How the `by` of those begins who speak for the hall."""


def post(state: State, rules: Rules, command: commands.PostNotice) -> list[Event] | Refusal:
    """Tell everybody `command.text`; under an id that is there already, in place of what it said."""
    text, english = _plain(command.text), _plain(command.text_en)
    begins = command.begins or command.at
    if not command.by.startswith(CONSOLE):
        return refuse(rules, "not_staff")
    if not text:
        return refuse(rules, "notice_empty")
    if max(len(text), len(english)) > LONGEST:
        return refuse(rules, "notice_long", most=LONGEST)
    if command.zone is not None and command.zone not in rules.hall.zones:
        return refuse(rules, "unknown_zone", zone=command.zone)
    if command.until is not None and command.until <= max(begins, command.at):
        return refuse(rules, "notice_over")
    if command.notice not in state.notices and len(state.notices) >= MOST:
        return refuse(rules, "notices_full", most=MOST)
    return [
        NoticePosted(
            at=command.at,
            by=command.by,
            notice=command.notice,
            level=command.level,
            text=text,
            text_en=english,
            zone=command.zone,
            begins=begins,
            until=command.until,
        )
    ]


def withdraw(state: State, rules: Rules, command: commands.WithdrawNotice) -> list[Event] | Refusal:
    """Take a notice down."""
    if not command.by.startswith(CONSOLE):
        return refuse(rules, "not_staff")
    if command.notice not in state.notices:
        return refuse(rules, "unknown_notice")
    return [NoticeWithdrawn(at=command.at, by=command.by, notice=command.notice)]


def over(state: State, _: Rules, now: datetime) -> Iterator[NoticeWithdrawn]:
    """Notices whose time is over."""
    for notice_id, notice in state.notices.items():
        if notice.until is not None and notice.until <= now:
            yield NoticeWithdrawn(at=now, by=CLOCK, notice=notice_id)


def next_over(state: State) -> Iterator[datetime]:
    """When notices will be over."""
    return (notice.until for notice in state.notices.values() if notice.until is not None)


def standing(state: State, zone: str | None, now: datetime) -> list[Notice]:
    """What is to be told in `zone` (None: on what stands for the whole hall) now, newest first."""
    return sorted(
        (
            notice
            for notice in state.notices.values()
            if notice.begins <= now and (zone is None or notice.zone in (None, zone))
        ),
        key=lambda notice: notice.begins,
        reverse=True,
    )


def posted(state: State, event: NoticePosted) -> None:
    """Fold: it stands, in place of what stood under its id."""
    state.notices[event.notice] = Notice(
        level=event.level,
        text=event.text,
        text_en=event.text_en,
        zone=event.zone,
        begins=event.begins,
        until=event.until,
        by=event.by,
    )


def withdrawn(state: State, event: NoticeWithdrawn) -> None:
    """Fold: it is gone."""
    state.notices.pop(event.notice, None)


def _plain(text: str) -> str:
    """One line without control characters, as every board can show it."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
