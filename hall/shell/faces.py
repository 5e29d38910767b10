"""What the areas of a board say: an emergency before calls, calls before notices, notices before news.

Pure: the hall's state, the calls that stand, and the moment in; texts and colours out.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from hall.core import Rules, State, calendar, notices
from hall.core.state import Notice
from hall.shell import wording
from hall.shell.callarea import Call
from hallfile.devices import BoardArea

EMERGENCY_COLOURS: Final = ("red", "yellow")
"""Taken in turn, so that it is noticed also by those who hear no alarm."""


class Face(NamedTuple):
    """What stands in an area; None for a colour: the area's own."""

    text: str
    colour: str | None = None


def emergency(standing: Sequence[Notice], beat: int) -> Face | None:
    """The newest emergency; `beat` counts the changes of its colour."""
    for notice in standing:
        if notice.level == "emergency":
            return Face(_both(notice, " "), EMERGENCY_COLOURS[beat % len(EMERGENCY_COLOURS)])
    return None


def called(rules: Rules, area: BoardArea, calls: Sequence[Call], *, fresh: bool) -> Face:
    """The calls, newest first, as many as stand below each other; a `fresh` one is coloured."""
    texts, boards = rules.texts, rules.hall.boards
    newest, *others = calls
    lines = [wording.shown(rules, texts, newest.number, newest.counter, newest.purpose)]
    for call in others:
        counter = wording.counter_name(rules, texts, call.counter)
        more = [*lines, texts("call.listed", number=call.number, counter=counter)]
        if not _stands(more, area):
            break
        lines = more
    return Face("\n".join(lines), boards.flash_colour if fresh else None)


def _stands(lines: Sequence[str], area: BoardArea) -> bool:
    """Whether the lines stand still in the area; a Chinese character is as wide as it is high."""
    widest = max(sum(0.5 if sign.isascii() else 1.0 for sign in line) for line in lines)
    return len(lines) * area.font_px <= area.height and widest * area.font_px <= area.width


def pages(
    state: State, rules: Rules, zone: str | None, standing: Sequence[Notice], now: datetime
) -> list[Face]:
    """What takes turns while nobody needs the area: notices only where there are any, else all the rest."""
    told = [Face(_both(notice, " ")) for notice in standing if notice.level == "notice"]
    if told:
        return told
    made = {"date": _date, "waiting": _waiting, "items": _items}
    shown: list[Face] = []
    for page in rules.hall.boards.pages:
        if page == "news":
            shown += [Face(_both(notice, " ")) for notice in standing if notice.level == "news"]
            shown += [Face(text) for text in _by_the_clock(rules, zone, now)]
        else:
            shown += [Face(text) for text in made[page](state, rules, zone, now)]
    return shown


def _date(_: State, rules: Rules, __: str | None, now: datetime) -> Iterator[str]:
    day = rules.texts(f"weekday.{now.isoweekday()}")
    yield rules.texts("page.date", year=now.year, month=now.month, day=now.day, weekday=day)


def _waiting(state: State, rules: Rules, zone: str | None, _: datetime) -> Iterator[str]:
    """How many wait in each zone that has services; nothing before anybody came."""
    counts: dict[str, int] = {}
    for name, service in rules.hall.services.items():
        if zone in (None, service.zone):
            counts[service.zone] = counts.get(service.zone, 0) + len(state.queue(name))
    if any(counts.values()):
        said = [
            rules.texts("page.zone", zone=rules.hall.zones[one].name, waiting=waiting)
            for one, waiting in counts.items()
        ]
        yield rules.texts("page.waiting", zones=rules.texts("page.between").join(said))


def _items(_: State, rules: Rules, zone: str | None, now: datetime) -> Iterator[str]:
    """Where today each business is done; one that is not done today is left out."""
    for name, service in rules.hall.services.items():
        able = rules.counters_of[name]
        if zone in (None, service.zone) and any(calendar.shifts(rules, counter, now) for counter in able):
            counters = wording.counter_names(rules, rules.texts, able)
            yield rules.texts("page.item", service=service.name, counters=counters)


def _by_the_clock(rules: Rules, zone: str | None, now: datetime) -> Iterator[str]:
    """The hall file's own texts, each in its zone and its time of day."""
    time = f"{now:%H:%M}"
    for page in rules.hall.boards.timetable:
        begins, ends = page.between
        if (zone is None or page.zone in (None, zone)) and begins <= time < ends:
            yield page.text


def standing(state: State, zone: str | None, now: datetime) -> list[Notice]:
    """The notices a board of `zone` (None: for the whole hall) tells now, newest first."""
    return notices.standing(state, zone, now)


def _both(notice: Notice, between: str) -> str:
    return between.join(filter(None, (notice.text, notice.text_en)))
