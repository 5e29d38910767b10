"""What somebody must answer: bad ratings, deadline cards, visitors asked afterwards, matters not done.

A task names its ticket, its counter and who handles it. Who the visitor is, never travels: a name, a number
and words they left stand in the hall's private notes (hallfile.notes), and only the note's id is told here.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from broker.messages.envelope import Command, InOthers, Message, Moment
from broker.messages.hall import MaskedName, Person

TaskKind = Literal["rating", "deadline", "followup", "stuck"]
TaskStep = Literal[
    "contacted", "verified", "rectified", "told", "acknowledged", "answered", "extended", "closed"
]
TaskStatus = Literal[
    "new", "contacted", "verified", "rectified", "told", "acknowledged", "answered", "closed"
]
StepOutcome = Literal["reached", "unreachable", "true", "malicious", "mistaken"]
FollowUpResult = Literal["satisfied", "dissatisfied", "unreachable", "declined"]
Card = Literal["blue", "yellow", "red", "discipline"]

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(max_length=200)]
"""Written by staff. A row of digits in it, which might be somebody's number, is refused."""
NoteId = Annotated[str, Meta(pattern="^[0-9A-Za-z-]{1,64}$")]


class ReportStuck(Command, frozen=True, kw_only=True, tag="report_stuck"):
    """办不成事: a visitor could not get something done, for `reasons` of `[stuck.reasons]`.

    A number of the service that `[stuck]` names is given where that can be, and a task is raised in any case:
    the reply has `details.task`, and `ticket`, `number` and the rest of `take_ticket` where there is one.
    """

    reasons: Annotated[list[Name], Meta(min_length=1, max_length=10)]
    note: NoteId | UnsetType = UNSET
    """What they wrote, and how to reach them, as kept in the hall's private notes."""
    contact: bool | UnsetType = UNSET
    """Whether the note says how to reach them."""
    kiosk: str | UnsetType = UNSET
    person: Person | UnsetType = UNSET
    name_masked: MaskedName | UnsetType = UNSET


class LeaveContact(Command, frozen=True, kw_only=True, tag="leave_contact"):
    """Who rated `ticket` badly, or reported with it, has left in the private notes how to be reached."""

    ticket: str
    note: NoteId


class RateAgain(Command, frozen=True, kw_only=True, tag="rate_again"):
    """追评: the one more grade for `ticket`, after what was wrong has been put right."""

    ticket: str
    grade: Literal[1, 2, 3, 4, 5]


class StepTask(Command, frozen=True, kw_only=True, tag="step_task"):
    """A task has come a step further: one of its `next`."""

    task: str
    step: TaskStep
    outcome: StepOutcome | UnsetType = UNSET
    """Of contacted: reached, unreachable; of verified: true, malicious, mistaken."""
    why: Words | UnsetType = UNSET
    """Needed for malicious, mistaken, answered and extended."""


class AssignTask(Command, frozen=True, kw_only=True, tag="assign_task"):
    """`handler`, one of `[staff]`, answers `task` from now on."""

    task: str
    handler: str


class RecordFollowUp(Command, frozen=True, kw_only=True, tag="record_follow_up"):
    """回访: what a visitor that was drawn has said."""

    task: str
    ticket: str
    result: FollowUpResult


class Precheck(Command, frozen=True, kw_only=True, tag="precheck"):
    """咨询预审: the papers of `ticket`, or of today's `number`, were looked through while its owner waits."""

    ticket: str | UnsetType = UNSET
    number: str | UnsetType = UNSET
    passed: bool = True
    """True: the counter need not look again (免审)."""


class RegisterCase(Command, frozen=True, kw_only=True, tag="register_case"):
    """A case with promised working days, or what is new of it; said again as it is, nothing happens."""

    case: Name
    """Its number in the city's system; nobody's name, and nobody's ID number."""
    item: Name
    department: Name
    accepted: date
    promised_workdays: Annotated[int, Meta(ge=0, le=250)]
    """Counted from the working day after it was accepted."""
    finished: date | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    """Of the hall file: whose staff answer for it."""
    note: NoteId | UnsetType = UNSET
    """How to reach whose case it is, as kept in the hall's private file of cases; told when it is done."""


class TaskNext(msgspec.Struct, frozen=True, kw_only=True):
    """A step that can be taken now."""

    step: TaskStep
    outcomes: list[StepOutcome] = msgspec.field(default_factory=list)
    """One of these must be named; none where there is nothing to choose."""


class TaskDone(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, when."""

    at: Moment
    by: str
    step: str
    outcome: str | None = None
    why: str | None = None


class TaskVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor drawn to be asked."""

    ticket: str
    number: str
    counter: str
    result: FollowUpResult | None = None


class TaskState(Message, frozen=True, kw_only=True, tag="state"):
    """A task, until some time after it is closed."""

    kind: TaskKind
    status: TaskStatus
    text: str
    """What happened, in the hall's language."""
    handler: str | None
    """Who answers: an id of `[staff]`; null where the hall has nobody for it."""
    raised: Moment
    contact_due: Moment | None
    """Null: nothing is known by which anybody could be reached, or they were."""
    close_due: Moment | None
    overdue: list[Literal["contact", "close"]]
    closed: Moment | None
    next: list[TaskNext]
    """The first is what is to be done now."""
    history: list[TaskDone]
    department: str
    where: str = ""
    """The counter; empty where it is about none."""
    ticket: str | None = None
    number: str | None = None
    service: str | None = None
    stage: str = ""
    """Of the service; empty: the whole of it."""
    grade: int | None = None
    again: int | None = None
    """追评."""
    note: str | None = None
    contact: Literal["left", "unknown"] = "unknown"
    card: Card | None = None
    case: str | None = None
    promised: date | None = None
    """The day by which the case was promised."""
    consequence: str = ""
    text_in: InOthers = msgspec.field(default_factory=dict)
    consequence_in: InOthers = msgspec.field(default_factory=dict)
    reasons: list[str] = msgspec.field(default_factory=list)
    """Ids of `[stuck.reasons]`."""
    visits: list[TaskVisit] = msgspec.field(default_factory=list)
