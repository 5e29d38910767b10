"""What happens to a notice: words for everybody in the hall (domain.md section 5)."""

from datetime import datetime
from typing import Literal

from hall.core.happening import Event

NoticeLevel = Literal["emergency", "notice", "news"]
"""By precedence: an emergency stands before calls, a notice and news after them."""


class NoticePosted(Event, frozen=True, kw_only=True, tag="notice_posted"):
    notice: str
    level: NoticeLevel
    text: str
    text_en: str = ""
    zone: str | None = None
    """Only there; None: in the whole hall."""
    begins: datetime
    until: datetime | None = None


class NoticeWithdrawn(Event, frozen=True, kw_only=True, tag="notice_withdrawn"):
    """Taken down, by somebody or because its time is over."""

    notice: str
