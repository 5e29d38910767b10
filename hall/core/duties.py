"""What somebody must answer: tasks, cases with a promised day, visitors to be asked. Part of the state."""

from bisect import insort
from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import field

TaskKind = Literal["rating", "deadline", "followup", "stuck"]
Step = Literal["contacted", "verified", "rectified", "told", "acknowledged", "answered", "extended", "closed"]
Status = Literal["new", "contacted", "verified", "rectified", "told", "acknowledged", "answered", "closed"]
StepOutcome = Literal["reached", "unreachable", "true", "malicious", "mistaken"]
Result = Literal["satisfied", "dissatisfied", "unreachable", "declined"]
Card = Literal["blue", "yellow", "red", "discipline"]
Clock = Literal["contact", "close"]

Entry = tuple[datetime, str, str]
"""Something due: when, of which task or case, and what."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, when."""

    at: datetime
    by: str
    step: str
    outcome: str | None = None
    why: str | None = None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor who was served, as far as asking them afterwards needs it."""

    ticket: str
    number: str
    service: str
    counter: str
    result: Result | None = None


class Task(msgspec.Struct, kw_only=True):
    """Something a named person must answer."""

    id: str
    kind: TaskKind
    text: str
    raised: datetime
    department: str
    handler: str | None
    text_in: dict[str, str] = field(default_factory=dict)
    """In the other languages of the hall."""
    where: str = ""
    """The counter it is about."""
    status: Status = "new"
    contact_due: datetime | None = None
    close_due: datetime | None = None
    overdue: list[Clock] = field(default_factory=list)
    """The clocks that were missed."""
    closed: datetime | None = None
    history: list[Done] = field(default_factory=list)
    ticket: str | None = None
    number: str | None = None
    service: str | None = None
    stage: str = ""
    clerk: str | None = None
    grade: int | None = None
    again: int | None = None
    again_until: datetime | None = None
    verdict: StepOutcome | None = None
    reached: bool = False
    """Whether the visitor was."""
    extended: bool = False
    note: str | None = None
    contact: bool = False
    """Whether the note says how to reach the visitor."""
    card: Card | None = None
    case: str | None = None
    promised: date | None = None
    consequence: str = ""
    consequence_in: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    visits: dict[str, Visit] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.closed is None


class Case(msgspec.Struct, kw_only=True):
    """A case that was promised within so many working days."""

    item: str
    department: str
    zone: str | None
    accepted: date
    promised_workdays: int
    promised: date
    finished: date | None = None
    note: str | None = None
    """The private note of how to reach whose case it is, while it is open."""


class Duties(msgspec.Struct, kw_only=True):
    """All of it."""

    tasks: dict[str, Task] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    """Open ones, and for some days those that are finished."""
    reds: list[tuple[date, str]] = field(default_factory=list)
    """Red cards that have not gone to the discipline body: day, department."""
    served: dict[str, dict[str, Visit]] = field(default_factory=dict)
    """Day → those served on it of whom none has been drawn yet, by ticket."""
    agenda: list[Entry] = field(default_factory=list)
    """What time will bring, soonest first."""

    def plan(self, moment: datetime, name: str, what: str) -> None:
        """Something is due at `moment`."""
        insort(self.agenda, (moment, name, what))

    def cross_off(self, name: str, *what: str) -> None:
        """Nothing of these is due any more; with none named, nothing at all of `name`."""
        self.agenda = [entry for entry in self.agenda if entry[1] != name or (what and entry[2] not in what)]
