"""`hallkeeper report tasks`: what was to be answered in a month, as tables."""

from collections.abc import Iterable, Mapping
from datetime import date

from rich.console import Console
from rich.table import Table

from hall.journal import JournalBroken, journal_path
from hall.journal.reader import last_day
from hall.reports.answering import Answering, Share, answering_of
from hall.reports.period import span
from hallfile.premises import Premises


class NothingToTell(RuntimeError):
    """There is nothing to report on; the message says why."""


def print_answering(premises: Premises, wanted: str | None) -> None:
    """Print the month around a day, the newest one where none is named; raises `NothingToTell`."""
    journal = journal_path(premises.data)
    try:
        day = last_day(journal) if wanted is None else date.fromisoformat(wanted)
        if day is None:
            raise NothingToTell("the journal is empty: no day has begun yet")
        first, last = span("month", day)
        found = answering_of(journal, first, last, premises.hall)
    except (JournalBroken, ValueError) as error:
        raise NothingToTell(str(error)) from None
    console = Console()
    for table in _tables(premises, found, f"{first} – {last}"):
        console.print(table)


def _tables(premises: Premises, found: Answering, when: str) -> Iterable[Table]:
    yield _pairs(
        f"{premises.hall.hall.name} {when} · 好差评 ratings",
        {
            "参评率 rated": _share(found.rated_share),
            "满意率 satisfied": _share(found.satisfied_share),
            "差评率 bad": _share(found.bad_share),
            "不予采纳 set aside": str(found.set_aside),
            "按期整改率 put right in time": _share(found.rectified_share),
            "回访联系率 called back": _share(found.called_back_share),
            "追评 rated again": str(sum(found.again.values())),
        },
    )
    goal = premises.hall.deadlines.on_time_goal
    yield _pairs(
        "限时办结 promised days",
        {
            f"按时办结率 in time (≥ {goal:.0%})": _share(found.in_time_share),
            "亮牌 cards": _counts(found.cards),
            "责任记录 responsibility records": str(len(found.records)),
        },
    )
    if found.records:
        records = Table(
            "办件 case", "事项 item", "部门 department", "承诺 promised", "督办 handler", title_justify="left"
        )
        for one in found.records:
            records.add_row(one.case, one.item, one.department, f"{one.promised}", one.handler or "–")
        yield records
    asked = Table(
        "部门 department",
        "抽取 drawn",
        "满意 satisfied",
        "结果 results",
        title="回访 follow-up",
        title_justify="left",
    )
    for name, department in found.asked.items():
        asked.add_row(
            name,
            _share(department.drawn_share),
            _share(department.satisfied_share),
            _counts(department.results),
        )
    yield asked
    yield _pairs(
        "咨询预审、办不成事 papers checked, matters not done",
        {
            "预审率 papers checked": _share(found.prechecked_share),
            "预审后办理 minutes with": _minutes(found.minutes_with),
            "未预审办理 minutes without": _minutes(found.minutes_without),
            "办不成事 not done": f"{found.stuck}",
            "已答复 answered": f"{found.answered}",
            "超期 overdue": _counts(found.overdue),
        },
    )


def _pairs(title: str, rows: Mapping[str, str]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _share(share: Share) -> str:
    """With its denominator: 98.7% (148/150)."""
    value = "–" if share.value is None else f"{share.value:.1%}"
    return f"{value} ({share.part}/{share.whole})"


def _counts(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count}" for name, count in counts.items()) or "–"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.1f} min"
