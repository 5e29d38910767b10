"""Long lists on as many sheets as they take, and the way from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kiosk.presenters.actions import GoBack, GoHome, TurnTo
from kiosk.screens.blocks import Block, beside, button
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect, columns

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Sheet(Generic[T_co]):
    """What of a list is on show."""

    shown: tuple[T_co, ...]
    start: int
    """The first entry of it."""
    before: int
    """The first entry of the sheet before it."""
    count: int
    """The entries there are."""

    @property
    def end(self) -> int:
        return self.start + len(self.shown)


def sheet_of(entries: Sequence[T], room: int, start: int) -> Sheet[T]:
    """The sheet of a list from entry `start` on, or the last there is, where `room` fit on one.

    Sheets are known by their first entry, for the one may be drawn smaller than the next: counted by their
    numbers, they would leave out or repeat what stands between.
    """
    room = max(1, room)
    if start >= len(entries):
        start = len(entries) - room
    start = max(0, start)
    return Sheet(tuple(entries[start : start + room]), start, max(0, start - room), len(entries))


def cells(area: Rect, across: int, height: int, gap: int, count: int) -> list[Rect]:
    """Where the entries of a sheet stand: row after row, each row from the left."""
    return [
        column._replace(y=area.y + row * (height + gap), h=height)
        for row in range(-(-count // across))
        for column in columns(area, across, gap)
    ][:count]


def rows_in(height: int, row: int, gap: int) -> int:
    """How many rows of that height fit."""
    return max(1, (height + gap) // (row + gap))


def way_on(frame: Frame, sheet: Sheet[object] | None = None, *, home: bool = False) -> Block:
    """Back, and to the sheets before and after; `home`: there is nothing to go back to but the first page."""
    blocks = [
        button(frame, frame.say("do.home"), GoHome(), "quiet")
        if home
        else button(frame, frame.say("do.back"), GoBack(), "quiet")
    ]
    if sheet is not None and sheet.start > 0:
        blocks.append(button(frame, frame.say("home.previous"), TurnTo(sheet.before)))
    if sheet is not None and sheet.end < sheet.count:
        blocks.append(button(frame, frame.say("sheet.next"), TurnTo(sheet.end), "first"))
    return beside(blocks, frame.space("gap"))
