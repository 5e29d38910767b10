"""What the core can be asked. A command carries its moment, and the ids it may need: none are made here."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import field

from hall.core.events import AlarmKind, PrintOutcome
from hall.core.notice_events import NoticeLevel

PadAction = Literal["next", "recall", "pass", "hold", "finish"]


class Command(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Please do, at `at` (in the hall's zone), because `by` asks."""

    at: datetime
    by: str = ""


class StartUp(Command, frozen=True, kw_only=True):
    """A controller begins to act on this journal."""


class PassTime(Command, frozen=True, kw_only=True):
    """It is `at` now: do the next thing that is due. Ask again until nothing is."""


class TakeTicket(Command, frozen=True, kw_only=True):
    ticket: str
    """The id it will have."""
    service: str
    person: str | None = None
    """A keyed hash; whoever has one can hold one open ticket for a service."""
    name_masked: str | None = None
    kiosk: str | None = None
    """Where it is to be printed; nowhere when None."""
    appointment: str | None = None
    """The code of a booking that the kiosk took for a valid and timely one."""
    priority: tuple[str, ...] = ()
    override: bool = False
    """Staff give the number though the quota is used up, or it may not be reached before closing."""
    why: str | None = None
    """Why they do."""


class CallNext(Command, frozen=True, kw_only=True):
    counter: str


class AtCounter(Command, frozen=True, kw_only=True):
    """About `ticket`, or about the one that `counter` has in hand."""

    counter: str | None = None
    ticket: str | None = None


class Recall(AtCounter, frozen=True, kw_only=True):
    pass


class NoShow(AtCounter, frozen=True, kw_only=True):
    pass


class Hold(AtCounter, frozen=True, kw_only=True):
    pass


class Resume(AtCounter, frozen=True, kw_only=True):
    pass


class Transfer(AtCounter, frozen=True, kw_only=True):
    to: str


class Start(AtCounter, frozen=True, kw_only=True):
    pass


class Finish(AtCounter, frozen=True, kw_only=True):
    pass


class Cancel(AtCounter, frozen=True, kw_only=True):
    why: str | None = None


class Rate(AtCounter, frozen=True, kw_only=True):
    grade: int
    pressed: datetime | None = None
    """When the key was pressed, where that is not when the core hears of it."""


class Reprint(AtCounter, frozen=True, kw_only=True):
    kiosk: str | None = None
    printer: str | None = None


class PrintEnded(Command, frozen=True, kw_only=True):
    """What became of a print job."""

    job: str
    outcome: PrintOutcome
    reason: str | None = None
    text: str | None = None


class Keep(AtCounter, frozen=True, kw_only=True):
    """Its owner knows the number though it was not printed; with `seconds`, they are still deciding."""

    seconds: float | None = None
    """Real seconds from now."""


class Login(Command, frozen=True, kw_only=True):
    counter: str
    clerk: str


class Logout(Command, frozen=True, kw_only=True):
    counter: str


class Pause(Command, frozen=True, kw_only=True):
    counter: str
    why: str | None = None
    minutes: float | None = None
    """How long the clerk means to be away."""


class Reopen(Command, frozen=True, kw_only=True):
    counter: str


class Press(Command, frozen=True, kw_only=True):
    """A key of a counter's call pad: what it means depends on what the counter has in hand."""

    counter: str
    action: PadAction


class RaiseAlarm(Command, frozen=True, kw_only=True):
    alarm: str
    """The id it will have."""
    kind: AlarmKind
    where: str
    parties: tuple[str, ...]
    text: str
    text_in: dict[str, str] = field(default_factory=dict)
    """In the other languages of the hall."""
    level: float | None = None
    clerk: str | None = None
    escalates: bool = False
    """Whether it is escalated when not all parties acknowledge in time."""


class RenewAlarm(Command, frozen=True, kw_only=True):
    """What an alarm that goes on would say if it were raised now."""

    alarm: str
    text: str
    text_in: dict[str, str] = field(default_factory=dict)
    level: float | None = None


class ClearAlarm(Command, frozen=True, kw_only=True):
    alarm: str


class Acknowledge(Command, frozen=True, kw_only=True):
    alarm: str
    party: str


class Judge(Command, frozen=True, kw_only=True):
    """`party` has looked at a counter that nobody was said to be at: so it was, or `why` not."""

    alarm: str
    party: str
    confirmed: bool
    why: str = ""


class NotePicture(Command, frozen=True, kw_only=True):
    """The picture of an alarm was taken, or could not be."""

    alarm: str
    picture: str | None = None
    fault: str | None = None


class PostNotice(Command, frozen=True, kw_only=True):
    """Tell everybody in `zone`, or in the whole hall, from `begins` or now on, `until` then or for good."""

    notice: str
    level: NoticeLevel
    text: str
    text_en: str = ""
    zone: str | None = None
    begins: datetime | None = None
    until: datetime | None = None


class WithdrawNotice(Command, frozen=True, kw_only=True):
    notice: str
