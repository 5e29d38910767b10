"""What has happened about tasks, cases and visitors who are asked: part of the journal (hall.core.events)."""

from datetime import date, datetime

from msgspec import field

from hall.core.duties import Card, Clock, Result, Step, StepOutcome, TaskKind, Visit
from hall.core.happening import Event


class TaskRaised(Event, frozen=True, kw_only=True, tag="task_raised"):
    """Somebody must answer something; `handler` is named at once where the hall has anybody for it."""

    task: str
    kind: TaskKind
    text: str
    text_in: dict[str, str] = field(default_factory=dict)
    """In the other languages of the hall."""
    department: str
    handler: str | None
    where: str = ""
    contact_due: datetime | None = None
    close_due: datetime | None = None
    ticket: str | None = None
    number: str | None = None
    service: str | None = None
    stage: str = ""
    clerk: str | None = None
    grade: int | None = None
    note: str | None = None
    """The id of what its visitor left in the private notes; never what stands there."""
    note_until: datetime | None = None
    contact: bool = False
    card: Card | None = None
    case: str | None = None
    promised: date | None = None
    consequence: str = ""
    consequence_in: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()


class TaskStepped(Event, frozen=True, kw_only=True, tag="task_stepped"):
    task: str
    step: Step
    outcome: StepOutcome | None = None
    why: str | None = None
    close_due: datetime | None = None
    """With extended: until when now."""
    again_until: datetime | None = None
    """With rectified: until when its visitor may rate once more."""
    forget_at: datetime | None = None
    """With closed: until when it stays to be seen."""
    note: str | None = None
    """With closed: what its visitor left is needed no more."""


class TaskAssigned(Event, frozen=True, kw_only=True, tag="task_assigned"):
    task: str
    handler: str


class TaskNoted(Event, frozen=True, kw_only=True, tag="task_noted"):
    """Its visitor has left how to be reached."""

    task: str
    note: str
    contact_due: datetime | None = None
    note_until: datetime | None = None


class TaskOverdue(Event, frozen=True, kw_only=True, tag="task_overdue"):
    """A clock of working days has run out."""

    task: str
    clock: Clock


class NoteErased(Event, frozen=True, kw_only=True, tag="note_erased"):
    """What its visitor left is erased before the task is closed, as the hall wants it."""

    task: str
    note: str


class TaskForgotten(Event, frozen=True, kw_only=True, tag="task_forgotten"):
    """Closed long enough ago; nobody is shown it any more."""

    task: str


class RatedAgain(Event, frozen=True, kw_only=True, tag="rated_again"):
    """追评: the one more grade after something was put right; the first one stands as it was."""

    task: str
    ticket: str
    counter: str
    clerk: str | None
    stage: str
    grade: int


class CaseRegistered(Event, frozen=True, kw_only=True, tag="case_registered"):
    """A case is open, or is promised for another day than was thought."""

    case: str
    item: str
    department: str
    zone: str | None
    accepted: date
    promised_workdays: int
    promised: date
    """The last working day on which it is in time."""
    due: tuple[tuple[datetime, str], ...]
    """When each card will be shown, and the responsibility recorded, unless it is finished before."""


class CaseNoted(Event, frozen=True, kw_only=True, tag="case_noted"):
    """Whose case it is has left how to be told that it is done."""

    case: str
    note: str
    """The id of a private note; never what stands there."""


class CaseFinished(Event, frozen=True, kw_only=True, tag="case_finished"):
    case: str
    department: str
    finished: date
    workdays_over: int
    """Working days past the promised one; 0 or less: in time."""
    forget_at: datetime
    item: str = ""
    note: str | None = None
    """By which whose case it is, is told now; None: nobody is."""


class CaseForgotten(Event, frozen=True, kw_only=True, tag="case_forgotten"):
    case: str


class OverdueRecorded(Event, frozen=True, kw_only=True, tag="overdue_recorded"):
    """限时办结: a responsibility record, made by itself on the first working day after the promised one."""

    case: str
    item: str
    department: str
    promised: date
    handler: str | None


class FollowUpDrawn(Event, frozen=True, kw_only=True, tag="follow_up_drawn"):
    """回访: who of a day's visitors is asked. From `seed` and its tickets anybody can draw the same."""

    day: str
    seed: str
    served: int
    drawn: tuple[str, ...]


class FollowedUp(Event, frozen=True, kw_only=True, tag="followed_up"):
    task: str
    ticket: str
    department: str
    result: Result


class PreChecked(Event, frozen=True, kw_only=True, tag="pre_checked"):
    """咨询预审: the papers were looked through; the counter need not look again where they passed (免审)."""

    ticket: str
    number: str
    passed: bool


TaskEvent = (
    TaskRaised
    | TaskStepped
    | TaskAssigned
    | TaskNoted
    | TaskOverdue
    | NoteErased
    | TaskForgotten
    | RatedAgain
    | CaseRegistered
    | CaseNoted
    | CaseFinished
    | CaseForgotten
    | OverdueRecorded
    | FollowUpDrawn
    | FollowedUp
    | PreChecked
)
