"""Today's report in markup: every rate with what it is a part of."""

from typing import TYPE_CHECKING, Final

from console.house import House
from console.markup import Html, el
from console.tongue import Tongue

if TYPE_CHECKING:
    from hall.reports.day import Day, Figures

COLUMNS: Final = ("taken", "finished", "missed", "wait", "longest", "service", "rated", "satisfied", "bad")


def report(house: House, say: Tongue) -> Html:
    """The newest day's figures, whole and by service; empty where the journal tells nothing."""
    day = house.past.day()
    if house.past.is_reading:
        return el("p", say("report.reading"), cls="soft")
    if day is None:
        return el("p", say("report.none"), cls="soft")
    head = el(
        "tr",
        el("th", day.day.isoformat()),
        *(el("th", say(f"report.{name}"), cls="number") for name in COLUMNS),
    )
    rows = [_row(say, el("b", say("report.whole")), day.whole)]
    rows += [
        _row(say, el("span", el("b", service.prefix, cls="prefix"), say.named(service)), day.services[name])
        for name, service in house.hall.services.items()
        if name in day.services
    ]
    table = el("table", el("thead", head), el("tbody", *rows), cls="table report folds")
    as_of = house.past.as_of
    told = el("p", say("report.as_of", time=f"{as_of:%H:%M}"), cls="soft") if as_of else None
    return el("div", table, _rest(say, day), told)


def _row(say: Tongue, title: Html, figures: "Figures") -> Html:
    ratings = figures.ratings
    values = (
        figures.taken,
        figures.finished,
        figures.missed,
        _minutes(say, figures.wait.median),
        _minutes(say, figures.wait.longest),
        _minutes(say, figures.service.median),
        _share(say, ratings.rated, ratings.offered),
        _share(say, ratings.grades[5] + ratings.grades[4], ratings.rated),
        _share(say, ratings.grades[2] + ratings.grades[1], ratings.rated),
    )
    told = zip(COLUMNS, values, strict=True)
    cells = (el("td", value, cls="number", data_label=say(f"report.{name}")) for name, value in told)
    return el("tr", el("td", title), *cells)


def _minutes(say: Tongue, minutes: float | None) -> str:
    return "—" if minutes is None else say("report.minutes", minutes=f"{minutes:.0f}")


def _share(say: Tongue, part: int, whole: int) -> Html | str:
    """A rate, with its denominator."""
    if not whole:
        return "—"
    return el(
        "span", f"{part / whole:.0%} ", el("small", say("report.of", part=part, whole=whole), cls="soft")
    )


def _rest(say: Tongue, day: "Day") -> Html:
    prints = [f"{say.known(f'report.print_{name}', name)} {count}" for name, count in day.prints.items()]
    alarms = [f"{say.known(f'alarm.{name}', name)} {count}" for name, count in day.alarms.items()]
    kept = day.bookings
    way, there = day.whole.way.median, day.whole.at_counter.median
    parts = [
        say(
            "report.bookings",
            made=kept.made,
            on_time=kept.on_time,
            due=kept.due,
            late=kept.late,
            missed=kept.missed,
        ),
        say("report.prints", counts=" · ".join(prints) or "—"),
        say("report.alarms", counts=" · ".join(alarms) or "—"),
        say("report.unacknowledged", count=day.unacknowledged),
        say("report.way", way=_minutes(say, way), there=_minutes(say, there)),
        say("report.ended", closing=day.whole.ended_at_closing, all=day.whole.ended),
        say("report.absences", counts=" · ".join(f"{who} {n}" for who, n in day.absences.items()) or "—"),
    ]
    return el("p", *(el("span", part) for part in parts), cls="soft report-rest")
