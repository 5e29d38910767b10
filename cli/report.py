"""`hallkeeper report day`: the figures of one day as tables a person can read."""

from datetime import date

from rich.console import Console
from rich.table import Table

from hall.journal import JournalBroken, journal_path
from hall.reports.day import Day, Figures, Minutes, day_report
from hallfile.premises import Premises


class NoReport(RuntimeError):
    """There is nothing to report on; the message says why and what to do."""


def print_day(premises: Premises, wanted: str | None) -> None:
    """Print one day; raises `NoReport`."""
    try:
        day = None if wanted is None else date.fromisoformat(wanted)
    except ValueError:
        raise NoReport(f"--day {wanted!r} is no date; write YYYY-MM-DD") from None
    journal = journal_path(premises.data)
    if not journal.exists():
        raise NoReport(f"there is no journal in {premises.data}; bring the hall up first, or name its --data")
    try:
        report = day_report(journal, day)
    except JournalBroken as error:
        raise NoReport(str(error)) from None
    if report is None:
        raise NoReport("the journal is empty: no day has begun yet")
    console = Console()
    for table in _tables(premises, report):
        console.print(table)


def _tables(premises: Premises, report: Day) -> list[Table]:
    services = premises.hall.services
    by_service = Table(title=f"{premises.hall.hall.name} {report.day}", title_justify="left")
    for column in ("", "tickets", "called", "finished", "wait p50", "p90", "longest", "forecast off by"):
        by_service.add_column(column, justify="right" if column else "left")
    for name, figures in report.services.items():
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
    rest = Table(title="paper and alarms", title_justify="left")
    rest.add_column("what")
    rest.add_column("how many", justify="right")
    for outcome, count in report.prints.items():
        rest.add_row(f"ticket {outcome}", str(count))
    for kind, count in report.alarms.items():
        rest.add_row(f"alarm: {kind}", str(count))
    rest.add_row("alarms not acknowledged by all", str(report.unacknowledged))
    return [by_service, rates, rest]


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
