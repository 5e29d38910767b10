"""周通报, 月通报: what the counters and services of a week or a month did (Ankang, domain.md section 1)."""

import csv
import io
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

from hall.journal.reader import last_day, read
from hall.reports.day import Day, Figures, figures
from hall.reports.paper import Reader, paper, section, table
from hallfile.markup import el

Length = Literal["week", "month"]
BOM: Final = "\ufeff"
"""Without it a spreadsheet takes Chinese for something else."""


class Sums(NamedTuple):
    """Some days' figures together."""

    taken: int
    finished: int
    missed: int
    ended: int
    wait: float | None
    """Minutes, mean over all that were called."""
    longest: float | None
    service: float | None
    rated: int
    offered: int
    satisfied: int
    bad: int


class Period(NamedTuple):
    """A week or a month."""

    length: Length
    first: date
    last: date
    days: list[Day]
    """Those of which the journal tells anything."""


def period_report(journal: Path, length: Length, within: date | None = None) -> Period | None:
    """The week (from Monday) or month around a day, the newest one where none is named; None in an empty
    journal. Raises `hall.journal.JournalBroken`."""
    day = last_day(journal) if within is None else within
    if day is None:
        return None
    first, last = span(length, day)
    dates = (first + timedelta(days=further) for further in range((last - first).days + 1))
    days = [figures(one, read(journal, one)) for one in dates]
    return Period(length, first, last, [one for one in days if one.whole.taken])


def span(length: Length, day: date) -> tuple[date, date]:
    """The first and the last day of the week or month of `day`."""
    if length == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def together(parts: Sequence[Figures]) -> Sums:
    """The figures of several days as those of one; a mean weighs every visitor the same."""
    longest = [part.wait.longest for part in parts if part.wait.longest is not None]
    grades = [part.ratings.grades for part in parts]
    return Sums(
        taken=sum(part.taken for part in parts),
        finished=sum(part.finished for part in parts),
        missed=sum(part.missed for part in parts),
        ended=sum(part.ended for part in parts),
        wait=_mean((part.wait.mean, part.wait.count) for part in parts),
        longest=max(longest, default=None),
        service=_mean((part.service.mean, part.service.count) for part in parts),
        rated=sum(part.ratings.rated for part in parts),
        offered=sum(part.ratings.offered for part in parts),
        satisfied=sum(given[5] + given[4] for given in grades),
        bad=sum(given[2] + given[1] for given in grades),
    )


def _mean(parts: Iterable[tuple[float | None, int]]) -> float | None:
    told = [(mean, count) for mean, count in parts if mean is not None]
    whole = sum(count for _, count in told)
    return sum(mean * count for mean, count in told) / whole if whole else None


def by_name(period: Period, of: Callable[[Day], Mapping[str, Figures]]) -> dict[str, Sums]:
    """The period's sums for each counter, or for each service."""
    parts: dict[str, list[Figures]] = {}
    for day in period.days:
        for name, those in of(day).items():
            parts.setdefault(name, []).append(those)
    return {name: together(those) for name, those in parts.items()}


def period_html(reader: Reader, period: Period) -> str:
    """The report as one HTML file."""
    say = reader.say
    return paper(
        _title(reader, period),
        say.language,
        el("p", say("period.soft", days=len(period.days)), cls="soft"),
        *(
            section(say(f"period.{key}"), table([say("period.name"), *_names(reader)], rows))
            for key, rows in _tables(reader, period)
        ),
    )


def period_csv(reader: Reader, period: Period) -> str:
    """The same tables one below the other, for a spreadsheet: rates as parts and wholes."""
    say, out = reader.say, io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow([_title(reader, period)])
    for key, lines in _tables(reader, period):
        rows.writerow([])
        rows.writerow([say(f"period.{key}"), *_names(reader)])
        rows.writerows([_harmless(cell) for cell in line] for line in lines)
    return BOM + out.getvalue()


def _harmless(cell: str) -> str:
    """A name that begins as a formula would stays a name."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _title(reader: Reader, period: Period) -> str:
    hall = reader.named(reader.hall.hall)
    return reader.say(f"period.{period.length}", hall=hall, first=period.first, last=period.last)


def _tables(reader: Reader, period: Period) -> list[tuple[str, list[list[str]]]]:
    counters, services = by_name(period, lambda day: day.counters), by_name(period, lambda day: day.services)
    whole = [reader.say("period.whole"), *_row(reader, together([day.whole for day in period.days]))]
    by_counter = [
        [reader.counter(name), *_row(reader, counters[name])]
        for name in _in_order(reader.hall.counters, counters)
    ]
    by_service = [
        [reader.service(name), *_row(reader, services[name])]
        for name in _in_order(reader.hall.services, services)
    ]
    by_day = [[day.day.isoformat(), *_row(reader, together([day.whole]))] for day in period.days]
    return [
        ("counters", by_counter),
        ("departments", [*by_service, whole]),
        ("days", [*by_day, whole]),
    ]


def _in_order(known: Iterable[str], found: Iterable[str]) -> list[str]:
    """By the hall file's order, and after it what the hall file has no more."""
    names = list(found)
    first = [name for name in known if name in names]
    return [*first, *(name for name in names if name not in first)]


def _names(reader: Reader) -> list[str]:
    keys = ("taken", "finished", "missed", "ended", "wait", "longest", "service")
    return [reader.say(f"period.{key}") for key in (*keys, "rated_share", "satisfied", "bad")]


def _row(reader: Reader, sums: Sums) -> list[str]:
    return [
        *(str(count) for count in (sums.taken, sums.finished, sums.missed, sums.ended)),
        *(_number(minutes) for minutes in (sums.wait, sums.longest, sums.service)),
        reader.share(sums.rated, sums.offered),
        reader.share(sums.satisfied, sums.rated),
        str(sums.bad),
    ]


def _number(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.1f}"
