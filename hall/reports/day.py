"""The figures of one day, each with what it is a part of: a rate without its denominator says nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Final

import msgspec
from msgspec import field

from hall.core import events as e
from hall.core.watched import AlarmJudged
from hall.journal.reader import last_day, read
from hall.reports.appointments import Bookings

__all__ = ["Day", "Figures", "Minutes", "Ratings", "day_report", "figures", "last_day", "read"]

GRADES: Final = (5, 4, 3, 2, 1)
ENDED: Final = ("closing", "day_end")
"""How a ticket ends that nobody came to."""
BAD: Final = (2, 1)
"""差评 (domain.md section 2)."""


class Minutes(msgspec.Struct, frozen=True, kw_only=True):
    """Some durations in minutes; all None where there were none."""

    count: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    longest: float | None = None


class Ratings(msgspec.Struct, frozen=True, kw_only=True):
    """好差评: grades given, and how many could have been."""

    offered: int
    """Services that ended with a rating window."""
    grades: dict[int, int]
    unrated: int
    """未评价: the window ended without an answer."""

    @property
    def rated(self) -> int:
        return sum(self.grades.values())

    @property
    def satisfied_share(self) -> float | None:
        """满意率: (5 + 4) / rated."""
        return self._share(self.grades[5] + self.grades[4], self.rated)

    @property
    def bad_share(self) -> float | None:
        """差评率: (2 + 1) / rated."""
        return self._share(sum(self.grades[grade] for grade in BAD), self.rated)

    @property
    def rated_share(self) -> float | None:
        return self._share(self.rated, self.offered)

    @staticmethod
    def _share(part: int, whole: int) -> float | None:
        return part / whole if whole else None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a number of tickets."""

    taken: int
    called: int
    """Tickets called at least once."""
    recalls: int
    missed: int
    """Calls to which nobody came."""
    finished: int
    voided: dict[str, int]
    """Why → how many: given up, missed for good, never handed over, …"""
    ended: int
    """Still waiting when the day was over."""
    open: int
    """Not over yet."""
    transferred: int
    wait: Minutes
    """From the number to its first call."""
    service: Minutes
    """From the call to the end, as far as no break lies between."""
    forecast_error: Minutes
    """How far the wait told with the number was from what it came to."""
    ratings: Ratings
    ended_at_closing: int = 0
    """Those of `ended` that still waited after the last closing; the others had the day's turn."""
    way: Minutes = Minutes(count=0)
    """From a call to its visitor's being at the counter, where the clerk said when that was."""
    at_counter: Minutes = Minutes(count=0)
    """From there to the end of the service."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the hall."""

    day: date
    whole: Figures
    services: dict[str, Figures]
    """By the service the number was taken for."""
    counters: dict[str, Figures]
    """By the counter that had the ticket last; without those never called."""
    prints: dict[str, int]
    """Outcome → papers."""
    alarms: dict[str, int]
    """Kind → raised."""
    unacknowledged: int
    """Alarms of the day that some party never acknowledged on it."""
    bookings: Bookings = field(default_factory=Bookings)
    absences: dict[str, int] = field(default_factory=dict)
    """空岗: by clerk, as a manager has confirmed them."""


class _Ticket(msgspec.Struct, kw_only=True):
    service: str
    taken: datetime
    told: float | None
    counter: str | None = None
    called: datetime | None = None
    recalls: int = 0
    missed: int = 0
    transferred: int = 0
    end: str | None = None
    minutes: float | None = None
    offered: bool = False
    asked: bool = False
    grade: int | None = None
    last_call: datetime | None = None
    began: datetime | None = None
    ways: list[float] = field(default_factory=list)
    stood: list[float] = field(default_factory=list)
    """Minutes of each way to a counter, and of each service there."""


class _Tally(msgspec.Struct, kw_only=True):
    tickets: dict[str, _Ticket] = field(default_factory=dict)
    prints: dict[str, int] = field(default_factory=dict)
    alarms: dict[str, e.AlarmRaised] = field(default_factory=dict)
    absences: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    bookings: Bookings = field(default_factory=Bookings)


def day_report(journal: Path, day: date | None = None) -> Day | None:
    """The figures of `day`, or of the newest day; None in an empty journal.

    `journal` is the file that `hall.journal.journal_path` names. Raises `hall.journal.JournalBroken`.
    """
    wanted = last_day(journal) if day is None else day
    return None if wanted is None else figures(wanted, read(journal, wanted))


def figures(day: date, events: Iterable[e.Event]) -> Day:
    """The figures of a day from its events, in order."""
    tally = _Tally()
    for event in events:
        _count(tally, event)
    tickets = list(tally.tickets.values())
    return Day(
        day=day,
        whole=_figures(tickets),
        services=_by(tickets, [ticket.service for ticket in tickets]),
        counters=_by(tickets, [ticket.counter for ticket in tickets]),
        prints=tally.prints,
        absences=tally.absences,
        alarms=_counted([alarm.kind for alarm in tally.alarms.values()]),
        unacknowledged=sum(
            not set(alarm.parties) <= tally.acknowledged.get(name, set())
            for name, alarm in tally.alarms.items()
        ),
        bookings=tally.bookings,
    )


def _count(tally: _Tally, event: e.Event) -> None:
    tally.bookings.count(event)
    match event:
        case e.TicketTaken():
            told = None if event.forecast is None else event.forecast.median
            tally.tickets[event.ticket] = _Ticket(service=event.service, taken=event.at, told=told)
        case e.PrintDone():
            tally.prints[event.outcome] = tally.prints.get(event.outcome, 0) + 1
        case e.AlarmRaised():
            tally.alarms[event.alarm] = event
        case AlarmJudged(verdict="confirmed"):
            clerk = event.clerk or event.counter
            tally.absences[clerk] = tally.absences.get(clerk, 0) + 1
        case e.AlarmAcknowledged():
            tally.acknowledged.setdefault(event.alarm, set()).add(event.party)
        case _:
            ticket = tally.tickets.get(getattr(event, "ticket", ""))
            if ticket is not None:
                _follow(ticket, event)


def _follow(ticket: _Ticket, event: e.Event) -> None:
    match event:
        case e.TicketCalled(nth=1):
            ticket.last_call, ticket.began = event.at, None
            ticket.counter = event.counter
            ticket.called = ticket.called or event.at
        case e.TicketCalled():
            ticket.recalls += 1
        case e.ServiceStarted():
            ticket.began = event.at
            if ticket.last_call is not None:
                ticket.ways.append(_between(ticket.last_call, event.at))
        case e.TicketMissed():
            ticket.missed += 1
            if event.goes == "void":
                ticket.end = "missed"
        case e.TicketTransferred():
            ticket.transferred += 1
        case e.ServiceFinished():
            ticket.end = "finished" if event.next is None else None
            ticket.offered = True
            if event.minutes is not None:
                ticket.minutes = (ticket.minutes or 0.0) + event.minutes
                ticket.stood += [] if ticket.began is None else [_between(ticket.began, event.at)]
        case e.Rated():
            ticket.asked, ticket.grade = True, event.grade
        case e.TicketVoided():
            ticket.end = event.why
        case e.TicketEnded():
            ticket.end = event.reason


def _by(tickets: Sequence[_Ticket], groups: Sequence[str | None]) -> dict[str, Figures]:
    members: dict[str, list[_Ticket]] = {}
    for ticket, group in zip(tickets, groups, strict=True):
        if group is not None:
            members.setdefault(group, []).append(ticket)
    return {group: _figures(those) for group, those in members.items()}


def _figures(tickets: Sequence[_Ticket]) -> Figures:
    called = [ticket for ticket in tickets if ticket.called is not None]
    waits = [_wait(ticket) for ticket in called]
    errors = [
        abs(wait - ticket.told) for ticket, wait in zip(called, waits, strict=True) if ticket.told is not None
    ]
    over = [ticket.end for ticket in tickets if ticket.end is not None]
    grades = [ticket.grade for ticket in tickets]
    return Figures(
        taken=len(tickets),
        called=len(called),
        recalls=sum(ticket.recalls for ticket in tickets),
        missed=sum(ticket.missed for ticket in tickets),
        finished=over.count("finished"),
        voided=_counted([end for end in over if end not in ("finished", *ENDED)]),
        ended=sum(end in ENDED for end in over),
        ended_at_closing=over.count("closing"),
        way=_minutes([way for ticket in tickets for way in ticket.ways]),
        at_counter=_minutes([stood for ticket in tickets for stood in ticket.stood]),
        open=len(tickets) - len(over),
        transferred=sum(ticket.transferred for ticket in tickets),
        wait=_minutes(waits),
        service=_minutes([ticket.minutes for ticket in tickets if ticket.minutes is not None]),
        forecast_error=_minutes(errors),
        ratings=Ratings(
            offered=sum(ticket.offered for ticket in tickets),
            grades={grade: grades.count(grade) for grade in GRADES},
            unrated=sum(ticket.asked and ticket.grade is None for ticket in tickets),
        ),
    )


def _wait(ticket: _Ticket) -> float:
    """Minutes from the number to its first call; none when the clock was put back between."""
    assert ticket.called is not None
    return _between(ticket.taken, ticket.called)


def _between(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 60)


def _minutes(values: Sequence[float]) -> Minutes:
    if not values:
        return Minutes(count=0)
    p90 = quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]
    return Minutes(count=len(values), mean=fmean(values), median=median(values), p90=p90, longest=max(values))


def _counted(names: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return dict(sorted(counted.items()))
