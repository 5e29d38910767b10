"""What the core can be asked about tasks, cases and visitors who are asked."""

from datetime import date

from hall.core.commands import Command
from hall.core.duties import Result, Step, StepOutcome


class ReportStuck(Command, frozen=True, kw_only=True):
    """办不成事."""

    ticket: str
    """The id its number will have, where one is given."""
    reasons: tuple[str, ...]
    note: str | None = None
    contact: bool = False
    kiosk: str | None = None
    person: str | None = None
    name_masked: str | None = None


class LeaveContact(Command, frozen=True, kw_only=True):
    ticket: str
    note: str


class RateAgain(Command, frozen=True, kw_only=True):
    ticket: str
    grade: int


class StepTask(Command, frozen=True, kw_only=True):
    task: str
    step: Step
    outcome: StepOutcome | None = None
    why: str | None = None


class AssignTask(Command, frozen=True, kw_only=True):
    task: str
    handler: str


class RecordFollowUp(Command, frozen=True, kw_only=True):
    task: str
    ticket: str
    result: Result


class DrawFollowUp(Command, frozen=True, kw_only=True):
    """Draw of those served on `day`. Chance comes in here, as `seed`, and nowhere else."""

    day: str
    seed: str


class Precheck(Command, frozen=True, kw_only=True):
    ticket: str | None = None
    number: str | None = None
    passed: bool = True


class RegisterCase(Command, frozen=True, kw_only=True):
    case: str
    item: str
    department: str
    accepted: date
    promised_workdays: int
    finished: date | None = None
    zone: str | None = None
    note: str | None = None
    """The id of the private note that says how to reach whose case it is."""
