"""[boards]: what boards say beside calls."""

from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.table import Id, Interval, Table

Colour = Annotated[str, Meta(pattern="^(red|green|yellow|blue|cyan|magenta|white|#[0-9a-fA-F]{6})$")]
"""One of the seven of a text board, or #rrggbb: a text board shows the nearest of its seven."""


class TimedPage(Table, frozen=True, kw_only=True):
    """[[boards.timetable]]: a text of the hall's own, at its time of day."""

    text: str
    between: Interval = ("00:00", "23:59")
    """From the first until before the second."""
    zone: Id | None = None
    """Only on boards of this zone; none means all."""


class Boards(Table, frozen=True, kw_only=True):
    """[boards]: what the area `news` of a board says beside calls, and how a new call is noticed."""

    pages: list[Literal["date", "waiting", "news", "items"]] = field(
        default_factory=lambda: ["date", "waiting", "news", "items"]
    )
    """Taken in turn: the date; how many wait in each zone; news, with the timetable; where what is done."""
    page_s: Annotated[float, Meta(ge=2)] = 8
    """How long each page stands, real seconds."""
    flash_s: Annotated[float, Meta(ge=0)] = 3
    """How long a new call stands in `flash_colour`, real seconds; 0: never."""
    flash_colour: Colour = "yellow"
    timetable: list[TimedPage] = field(default_factory=list)
