"""How to reach those whose cases are open: kept until they were told that their case is done, then erased."""

from datetime import datetime, timedelta
from typing import Final

from hall.core import deadlines
from hall.core.events import Event
from hall.core.task_events import CaseFinished
from hall.shell.ledger import Ledger
from hall.shell.spool import Spool
from hallfile.notes import Note, Notes, of_case

GRACE: Final = timedelta(hours=1)
"""What is left is written down before its case is told: so long, hall time, it may belong to none."""


class CaseReach:
    """The private file of cases, as the controller uses it."""

    def __init__(self, ledger: Ledger, spool: Spool, notes: Notes) -> None:
        self._ledger = ledger
        self._spool = spool
        self._notes = notes
        self._over: set[str] = set()
        """Notes that may be needed no more."""
        self._look_due = False
        self._swept: datetime | None = None
        """When what belongs to no case, as where one was refused, was last erased."""

    def read(self, note: str) -> Note | None:
        """What was left; raises `NotesUnavailable`."""
        return self._notes.read(note)

    def told(self, note: str) -> None:
        """A message by this note is over."""
        self._over.add(note)
        self._look_due = True

    def saw(self, event: Event) -> None:
        """Note what is over by an event."""
        if isinstance(event, CaseFinished):
            self.told(of_case(event.case))

    def look(self) -> None:
        """Erase what nobody needs any more; raises `NotesUnavailable`, `sqlite3.Error`: try again."""
        if self._look_due:
            over = self._over - self._needed()
            self._notes.erase(over)
            self._over -= over
            # what a message still needs is looked at when that one is over
            self._look_due = False
        now = self._ledger.now()
        # also where the clock was put back since
        if self._swept is None or not timedelta() <= now - self._swept < GRACE:
            self._notes.erase_others(self._needed(), now - GRACE)
            self._swept = now

    def _needed(self) -> set[str]:
        waiting = {message.ticket for message in self._spool.waiting() if message.kind == "case"}
        rules, state = self._ledger.engine.rules, self._ledger.state
        return waiting | deadlines.reached_by(state, rules, self._ledger.now().date())
