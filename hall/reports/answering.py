"""What was to be answered, and was: bad ratings, promised days, visitors asked, matters not done.

Every rate has its denominator beside it: a share of nothing is None, never 0 or 100%.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final, TypeVar

import msgspec
from msgspec import field

from hall.core import events as e
from hall.core import task_events as t
from hall.core.tasks import SET_ASIDE
from hall.journal.reader import read
from hallfile.named import name_of
from hallfile.schema import HallFile

K = TypeVar("K")
CLOCKS: Final = ("contact", "close")


class Share(msgspec.Struct, frozen=True):
    """A part of a whole."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """限时办结: who answers for a case that was not done in time."""

    case: str
    item: str
    department: str
    promised: date
    handler: str | None


class Asked(msgspec.Struct, kw_only=True):
    """回访 of one department."""

    served: int = 0
    drawn: int = 0
    results: dict[str, int] = field(default_factory=dict)

    @property
    def drawn_share(self) -> Share:
        return Share(self.drawn, self.served)

    @property
    def reached(self) -> int:
        return self.results.get("satisfied", 0) + self.results.get("dissatisfied", 0)

    @property
    def satisfied_share(self) -> Share:
        """Of those who could be reached and answered."""
        return Share(self.results.get("satisfied", 0), self.reached)


class Answering(msgspec.Struct, kw_only=True):
    """The figures of some days."""

    offered: int = 0
    """Rating windows that ended, with a grade or without."""
    grades: dict[int, int] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)
    """追评, by grade; they change no rate."""
    set_aside: int = 0
    """Bad ratings verified as malicious or mistaken: they stand in the grades, and are told beside them."""
    bad: int = 0
    """Bad ratings that became tasks."""
    contactable: int = 0
    """Raters who left how to be reached, as far as they were called or their clock has run out."""
    called_back: int = 0
    """Those of them that were reached."""
    to_rectify: int = 0
    """Ratings found to be so, as far as they were put right or their clock has run out."""
    rectified_in_time: int = 0
    overdue: dict[str, int] = field(default_factory=dict)
    """Kind of task → clocks missed."""
    judged: int = 0
    """Cases that are finished, or past their promised day."""
    in_time: int = 0
    cards: dict[str, int] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)
    """By department."""
    stuck: int = 0
    answered: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    served: int = 0
    prechecked: int = 0
    minutes_with: float | None = None
    """Median service time of those whose papers were looked through."""
    minutes_without: float | None = None

    @property
    def rated(self) -> int:
        return sum(self.grades.values())

    @property
    def satisfied_share(self) -> Share:
        """满意率: (5 + 4) / rated."""
        return Share(self.grades.get(5, 0) + self.grades.get(4, 0), self.rated)

    @property
    def bad_share(self) -> Share:
        """差评率: (2 + 1) / rated."""
        return Share(self.grades.get(2, 0) + self.grades.get(1, 0), self.rated)

    @property
    def rated_share(self) -> Share:
        return Share(self.rated, self.offered)

    @property
    def rectified_share(self) -> Share:
        """On-time rectification: put right before its clock ran out, of those found to be so."""
        return Share(self.rectified_in_time, self.to_rectify)

    @property
    def called_back_share(self) -> Share:
        return Share(self.called_back, self.contactable)

    @property
    def in_time_share(self) -> Share:
        return Share(self.in_time, self.judged)

    @property
    def prechecked_share(self) -> Share:
        return Share(self.prechecked, self.served)


def answering_of(journal: Path, first: date, last: date, hall: HallFile) -> Answering:
    """The figures of all days from `first` to `last`; raises `hall.journal.JournalBroken`."""
    days = (first + timedelta(days=further) for further in range((last - first).days + 1))
    return answering((event for day in days for event in read(journal, day)), hall)


def answering(events: Iterable[e.Event], hall: HallFile) -> Answering:
    """The figures of a stretch of the journal. What was raised before it is counted where it ended."""
    tally = _Tally(hall)
    for event in events:
        tally.take(event)
    return tally.sums()


class _Tally:
    """Figures in the making."""

    def __init__(self, hall: HallFile) -> None:
        self._hall = hall
        self._sums = Answering()
        self._graded: dict[tuple[str, str, str], int | None] = {}
        """(ticket, counter, stage) → grade: a key that came late follows a window written off."""
        self._kind: dict[str, str] = {}
        self._late: set[tuple[str, str]] = set()
        """(task, clock) that was missed."""
        self._contactable: set[str] = set()
        self._called: set[str] = set()
        self._true: set[str] = set()
        self._rectified: set[str] = set()
        self._cases: dict[str, bool] = {}
        """Case → whether it was in time."""
        self._checked: set[str] = set()
        self._minutes: dict[bool, list[float]] = {True: [], False: []}

    def sums(self) -> Answering:
        """What came of it."""
        found = self._sums
        found.offered = len(self._graded)
        for grade in self._graded.values():
            if grade is not None:
                _one_more(found.grades, grade)
        late_to = {clock: {task for task, missed in self._late if missed == clock} for clock in CLOCKS}
        found.contactable = len(self._contactable & (self._called | late_to["contact"]))
        found.to_rectify = len(self._true & (self._rectified | late_to["close"]))
        found.judged, found.in_time = len(self._cases), sum(self._cases.values())
        found.minutes_with = median(self._minutes[True]) if self._minutes[True] else None
        found.minutes_without = median(self._minutes[False]) if self._minutes[False] else None
        return found

    def take(self, event: e.Event) -> None:
        """One event after the other."""
        match event:
            case e.Rated():
                self._rated(event)
            case e.ServiceFinished():
                self._served(event)
            case t.RatedAgain():
                _one_more(self._sums.again, event.grade)
            case t.TaskRaised():
                self._raised(event)
            case t.TaskNoted():
                self._contactable.add(event.task)
            case t.TaskStepped():
                self._stepped(event)
            case t.TaskOverdue():
                self._late.add((event.task, event.clock))
                _one_more(self._sums.overdue, self._kind.get(event.task, event.task.partition("-")[0]))
            case t.CaseFinished():
                self._cases[event.case] = event.workdays_over <= 0
            case t.OverdueRecorded():
                self._recorded(event)
            case t.FollowedUp():
                _one_more(self._department(event.department).results, event.result)
            case t.PreChecked():
                (self._checked.add if event.passed else self._checked.discard)(event.ticket)
            case _:
                pass

    def _rated(self, event: e.Rated) -> None:
        place = (event.ticket, event.counter, event.stage)
        if event.grade is not None or place not in self._graded:
            self._graded[place] = event.grade

    def _served(self, event: e.ServiceFinished) -> None:
        self._sums.served += 1
        checked = event.ticket in self._checked
        self._sums.prechecked += checked
        if event.minutes is not None:
            self._minutes[checked].append(event.minutes)
        service = self._hall.services.get(event.service)
        if event.next is None and service is not None and service.zone in self._hall.zones:
            self._department(_name(self._hall, service.zone)).served += 1

    def _raised(self, event: t.TaskRaised) -> None:
        self._kind[event.task] = event.kind
        if event.kind == "rating":
            self._sums.bad += 1
        if event.kind == "followup":
            self._department(event.department).drawn += len(event.visits)
        if event.card is not None:
            _one_more(self._sums.cards, event.card)
        if event.kind == "stuck":
            self._sums.stuck += 1
            for reason in event.reasons:
                _one_more(self._sums.reasons, reason)

    def _stepped(self, event: t.TaskStepped) -> None:
        sums = self._sums
        match event.step:
            case "contacted":
                self._called.add(event.task)
                sums.called_back += event.outcome == "reached" and event.task in self._contactable
            case "verified":
                sums.set_aside += event.outcome in SET_ASIDE
                if event.outcome == "true":
                    self._true.add(event.task)
            case "rectified":
                self._rectified.add(event.task)
                sums.rectified_in_time += (event.task, "close") not in self._late
            case "answered":
                sums.answered += 1
            case _:
                pass

    def _recorded(self, event: t.OverdueRecorded) -> None:
        self._cases[event.case] = False
        self._sums.records.append(
            Record(
                case=event.case,
                item=event.item,
                department=event.department,
                promised=event.promised,
                handler=event.handler,
            )
        )

    def _department(self, name: str) -> Asked:
        return self._sums.asked.setdefault(name, Asked())


def _name(hall: HallFile, zone: str) -> str:
    return name_of(hall.zones[zone], hall.hall.language)


def _one_more(counts: dict[K, int], key: K) -> None:
    counts[key] = counts.get(key, 0) + 1
