"""What somebody must answer, as the bus shows it; each day's draw; notes that are over, erased."""

import logging
from datetime import timedelta
from typing import Final

import msgspec

from broker.client import Bus, Received
from broker.messages import tasks as bus_tasks
from broker.now_and_then import NowAndThen
from broker.topics import topic_filter
from hall.core import Rules, State, followup, tasks
from hall.core import task_events as t
from hall.core.events import DayBegan, Event
from hall.core.rules import CLOCK
from hall.core.task_commands import DrawFollowUp
from hall.shell.coming import ComingAndGoing
from hall.shell.intake import Intake
from hall.shell.ledger import Ledger, Order
from hallfile.notes import Notes, NotesUnavailable

log = logging.getLogger(__name__)

SHOWN_HISTORY: Final = 40
"""Steps of a task that are shown; a task has a handful."""
NOTE_GRACE: Final = timedelta(hours=1)
"""A note is written before its command is sent: so long it may belong to nothing yet."""


class Duties:
    """Shows tasks, and does about them what the core can't: chance, and the private notes."""

    def __init__(self, bus: Bus, ledger: Ledger, intake: Intake, notes: Notes) -> None:
        self._bus = bus
        self._ledger = ledger
        self._intake = intake
        self._notes = notes
        self._shown = ComingAndGoing(bus, "task", self._task)
        self._drawing: str | None = None
        """The day whose draw was asked for and has not been seen yet."""
        self._to_erase: set[str] = set()
        self._sweep_due = True
        self._grumble = NowAndThen(bus.clock)

    @property
    def _state(self) -> State:
        return self._ledger.state

    @property
    def _rules(self) -> Rules:
        return self._ledger.engine.rules

    def hang_up(self) -> None:
        """Begin to keep every task on the bus."""
        self._shown.show(self._state.duties.tasks)
        self._bus.subscribe(topic_filter(self._bus.hall, "task", leaf="state"), self._sweep)

    def _sweep(self, received: Received) -> None:
        """Take off the bus what an earlier run left there and is no task any more."""
        if received.packet.payload and received.topic.id not in self._state.duties.tasks:
            self._bus.disown(received.topic)

    def tell(self, events: list[Event]) -> None:
        """Show what `events` have changed, and note what is to be erased."""
        changed = {event.task for event in events if isinstance(event, _OF_TASKS)}
        if changed:
            self._shown.show(self._state.duties.tasks, changed)
        for event in events:
            match event:
                case t.NoteErased(note=str(over)) | t.TaskStepped(note=str(over)):
                    self._to_erase.add(over)
                case t.FollowUpDrawn() if event.day == self._drawing:
                    self._drawing = None
                case DayBegan():
                    self._sweep_due = True
                case _:
                    pass

    def look(self) -> None:
        """Draw when a day's last visitor has gone; erase what nobody needs any more."""
        day = followup.wanted(self._state, self._rules, self._bus.clock.now())
        if day is not None and day != self._drawing:
            seed = self._bus.new_id()
            asked = Order(lambda now, _: DrawFollowUp(at=now, by=CLOCK, day=day, seed=seed))
            if self._intake.put(asked):
                self._drawing = day
        self._erase()

    def _erase(self) -> None:
        """Only what the journal says is over is erased: a crash between the two is mended by the sweep."""
        if not self._to_erase and not self._sweep_due:
            return
        needed = {task.note for task in self._state.duties.tasks.values() if task.note is not None}
        try:
            self._notes.erase(self._to_erase)
            self._to_erase.clear()
            if self._sweep_due:
                self._notes.erase_others(needed, self._bus.clock.now() - NOTE_GRACE)
                self._sweep_due = False
        except NotesUnavailable as error:
            self._grumble("private notes can't be erased, which is tried again: %s", error)

    def _task(self, name: str) -> bus_tasks.TaskState:
        task = self._state.duties.tasks[name]
        return bus_tasks.TaskState(
            id=self._bus.new_id(),
            at=self._bus.clock.now(),
            kind=task.kind,
            status=task.status,
            text=task.text,
            handler=task.handler,
            raised=task.raised,
            contact_due=task.contact_due,
            close_due=task.close_due,
            overdue=list(task.overdue),
            closed=task.closed,
            next=[
                bus_tasks.TaskNext(step=near.step, outcomes=list(near.outcomes))
                for near in tasks.next_steps(self._rules, task)
            ],
            history=[
                msgspec.convert(done, bus_tasks.TaskDone, from_attributes=True)
                for done in task.history[-SHOWN_HISTORY:]
            ],
            visits=[
                bus_tasks.TaskVisit(
                    ticket=visit.ticket, number=visit.number, counter=visit.counter, result=visit.result
                )
                for visit in task.visits.values()
            ],
            contact="left" if task.contact else "unknown",
            reasons=list(task.reasons),
            department=task.department,
            **{name: getattr(task, name) for name in _AS_THEY_ARE},
        )


_AS_THEY_ARE: Final = (
    "where",
    "ticket",
    "number",
    "service",
    "stage",
    "grade",
    "again",
    "note",
    "card",
    "case",
    "promised",
    "consequence",
    "text_in",
    "consequence_in",
)
_OF_TASKS = (
    t.TaskRaised,
    t.TaskStepped,
    t.TaskAssigned,
    t.TaskNoted,
    t.TaskOverdue,
    t.NoteErased,
    t.TaskForgotten,
    t.RatedAgain,
    t.FollowedUp,
)
