"""What everybody in the hall is told on boards and screens: posted and taken down at the console."""

from typing import Literal

from msgspec import UNSET, UnsetType

from broker.messages.envelope import Command, Message, Moment

NoticeLevel = Literal["emergency", "notice", "news"]
"""By precedence (domain.md section 5): emergency > call > notice > news."""


class PostNotice(Command, frozen=True, kw_only=True, tag="post_notice"):
    """Tell everybody `text`; answered with `details.notice`, the id under which it stands.

    With the `notice` of one that stands it takes its place. Without `begins` it stands at once, without
    `until` until it is withdrawn; it outlasts restarts.
    """

    level: NoticeLevel
    text: str
    text_en: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    begins: Moment | UnsetType = UNSET
    until: Moment | UnsetType = UNSET
    notice: str | UnsetType = UNSET


class WithdrawNotice(Command, frozen=True, kw_only=True, tag="withdraw_notice"):
    """Take the notice down."""

    notice: str


class NoticeState(Message, frozen=True, kw_only=True, tag="state"):
    """A notice as it stands, or will from `begins` on; gone from the bus when it is over."""

    level: NoticeLevel
    text: str
    text_en: str
    zone: str | None
    """Null: the whole hall."""
    begins: Moment
    until: Moment | None
    by: str
    """Who posted it: `console/<login>`."""
