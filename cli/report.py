"""`hallkeeper report`: a day as tables or as a picture, a week or a month as CSV and HTML."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console
from rich.table import Table

from hall.journal import JournalBroken, journal_path
from hall.reports.day import Day, Figures, Minutes, day_report, read
from hall.reports.paper import Reader
from hall.reports.period import BOM, Length, period_csv, period_html, period_report
from hall.reports.picture import day_picture
from hall.reports.scores import PROMISED, Score, scores
from hall.reports.story import story
from hallfile.premises import Premises

T = TypeVar("T")

EMPTY: Final = "the journal is empty: no day has begun yet"


class NoReport(RuntimeError):
    """There is nothing to report on; the message says why and what to do."""


def print_day(premises: Premises, wanted: str | None) -> None:
    """Print one day; raises `NoReport`."""
    report = _day(premises, wanted)
    console = Console()
    told = scores(premises.hall, read(journal_path(premises.data), report.day))
    for table in (*_tables(premises, report), _told(premises, *told)):
        console.print(table)


def draw_day(premises: Premises, wanted: str | None, file: Path, language: str) -> None:
    """Draw one day into an HTML file; raises `NoReport`."""
    report = _day(premises, wanted)
    told = story(read(journal_path(premises.data), report.day))
    _write(file, day_picture(Reader.of(premises.hall, language), report, told))


def write_period(
    premises: Premises,
    length: Length,
    wanted: str | None,
    *,
    language: str,
    csv: Path | None,
    html: Path | None,
) -> str:
    """Write the week or month as files, and return it as CSV; raises `NoReport`."""
    with _journal_of(premises) as journal:
        report = period_report(journal, length, _date(wanted))
    if report is None:
        raise NoReport(EMPTY)
    reader = Reader.of(premises.hall, language)
    rows = period_csv(reader, report)
    if csv is not None:
        _write(csv, rows)
    if html is not None:
        _write(html, period_html(reader, report))
    return rows.removeprefix(BOM)


def _day(premises: Premises, wanted: str | None) -> Day:
    with _journal_of(premises) as journal:
        report = day_report(journal, _date(wanted))
    if report is None:
        raise NoReport(EMPTY)
    return report


@contextmanager
def _journal_of(premises: Premises) -> Iterator[Path]:
    journal = journal_path(premises.data)
    if not journal.exists():
        raise NoReport(f"there is no journal in {premises.data}; bring the hall up first, or name its --data")
    try:
        yield journal
    except JournalBroken as error:
        raise NoReport(str(error)) from None


def _date(wanted: str | None) -> date | None:
    try:
        return None if wanted is None else date.fromisoformat(wanted)
    except ValueError:
        raise NoReport(f"--day {wanted!r} is no date; write YYYY-MM-DD") from None


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # a spreadsheet's line ends are its own
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise NoReport(f"{file} can't be written ({error.strerror}); name another file") from None


def _tables(premises: Premises, report: Day) -> list[Table]:
    services = premises.hall.services
    by_service = Table(title=f"{premises.hall.hall.name} {report.day}", title_justify="left")
    for column in ("", "tickets", "called", "finished", "wait p50", "p90", "longest", "forecast off by"):
        by_service.add_column(column, justify="right" if column else "left")
    for name, figures in _in_order(premises, report.services):
        by_service.add_row(
            f"{services[name].prefix} {services[name].name}" if name in services else name, *_row(figures)
        )
    by_service.add_row("全部 all", *_row(report.whole), style="bold")
    rates = Table(title="好差评 ratings", title_justify="left")
    for column in ("services", "rated", "5", "4", "3", "2", "1", "satisfied", "bad"):
        rates.add_column(column, justify="right")
    ratings = report.whole.ratings
    rates.add_row(
        str(ratings.offered),
        f"{ratings.rated} ({_percent(ratings.rated_share)})",
        *(str(ratings.grades[grade]) for grade in (5, 4, 3, 2, 1)),
        f"{_percent(ratings.satisfied_share)} of {ratings.rated}",
        f"{_percent(ratings.bad_share)} of {ratings.rated}",
    )
    kept = Table(title="预约 appointments", title_justify="left")
    for column in ("made", "given back", "due", "on time", "late", "missed"):
        kept.add_column(column, justify="right")
    booked = report.bookings
    kept.add_row(
        *(str(count) for count in (booked.made, booked.cancelled, booked.due, booked.on_time, booked.late)),
        f"{booked.missed} ({_percent(booked.missed / booked.due if booked.due else None)})",
    )
    rest = Table(title="paper and alarms", title_justify="left")
    rest.add_column("what")
    rest.add_column("how many", justify="right")
    for outcome, count in report.prints.items():
        rest.add_row(f"ticket {outcome}", str(count))
    for kind, count in report.alarms.items():
        rest.add_row(f"alarm: {kind}", str(count))
    rest.add_row("alarms not acknowledged by all", str(report.unacknowledged))
    return [by_service, rates, kept, rest]


def _told(premises: Premises, whole: Score, by_service: dict[str, Score]) -> Table:
    """How the waits printed on tickets did, and how dividing would have."""
    services = premises.hall.services
    table = Table(title="预计等候 waits told on tickets, and what came", title_justify="left")
    columns = ("", "tickets", "off by", "ahead × minutes ÷ counters", f"inside ({PROMISED:.0%} promised)")
    for column in columns:
        table.add_column(column, justify="right" if column else "left")
    for name, score in (*_in_order(premises, by_service), ("", whole)):
        table.add_row(
            f"{services[name].prefix} {services[name].name}" if name else "全部 all",
            str(score.told),
            _minutes(score.error),
            _minutes(score.divided),
            f"{_percent(score.inside_share)} of {score.told}",
            style=None if name else "bold",
        )
    return table


def _in_order(premises: Premises, by_service: Mapping[str, T]) -> list[tuple[str, T]]:
    """As the hall file lists its services, then what it no longer lists."""
    return [
        (name, by_service[name])
        for name in dict.fromkeys((*premises.hall.services, *by_service))
        if name in by_service
    ]


def _row(figures: Figures) -> list[str]:
    wait: Minutes = figures.wait
    return [
        str(figures.taken),
        str(figures.called),
        str(figures.finished),
        *(_minutes(value) for value in (wait.median, wait.p90, wait.longest, figures.forecast_error.mean)),
    ]


def _minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} min"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"
