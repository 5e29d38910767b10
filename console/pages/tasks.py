"""The supervisors' tasks: what is to be answered, its clock, and its next step as a button."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

from nicegui import ui

from broker.messages import tasks as orders
from broker.messages.envelope import Command
from console.feed import TICK
from console.frame import Frame
from console.markup import el
from console.pages.buttons import button
from console.pages.hall import alarms
from console.staff import Codes
from console.views import tasks as view
from hallfile.notes import Notes, NotesUnavailable

STATES: Final = ("open", "late", "closed", "all")
RESULTS: Final[tuple[orders.FollowUpResult, ...]] = ("satisfied", "dissatisfied", "unreachable", "declined")
NEED_WHY: Final = ("answered", "extended", "malicious", "mistaken")
VISITS_SHOWN: Final = 5
"""Of a list of visitors so many that are still to be asked: the next come up as these are done."""


def build(frame: Frame) -> None:
    """Lay out the page."""
    _Tasks(frame).build()


class _Tasks:
    """One supervisor's page."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.house = frame.house
        self.say = frame.say
        self.who: str | None = None
        self.filter = view.Filter()
        self.codes = Codes(self.house.premises.data, self.house.clock)
        self.notes = Notes(self.house.premises.data)
        self.shown_notes: dict[str, str] = {}
        """Tasks whose note this page was asked to show → how it reads."""
        self.look_again: list[Any] = []

    def build(self) -> None:
        with ui.dialog() as self.dialog, ui.element("div").classes("card ask-why"):
            self.dialog_title = ui.html("", sanitize=False)
            self.dialog_why = ui.textarea(self.say("tasks.why")).props("outlined autogrow maxlength=200")
            with ui.element("div").classes("buttons"):
                button(self.say("tasks.cancel"), self._cancel, "action")
                button(self.say("tasks.confirm"), self._confirm, "action strong")
        with ui.element("div").classes("columns task-columns"):
            with ui.element("div").classes("stack"):
                self._filters()
                self._list()
            with ui.element("aside").classes("stack"):
                self._sign_in()
                self._precheck()
                with ui.element("section").classes("card"):
                    self.frame.write(el("h2", self.say("tasks.alarm")))
                    alarms(self.frame, without_tasks=True)

    def _filters(self) -> None:
        holder = ui.element("div").classes("filters")

        def make(inner: Frame) -> None:
            say = inner.say
            still, late = view.counts(self.house.picture.tasks.values())
            words = {
                "open": say("tasks.open", count=still),
                "late": say("tasks.late", count=late),
                "closed": say("tasks.show_closed"),
                "all": say("tasks.show_all"),
            }
            for state in STATES:
                self._pick(words[state], {"state": state}, self.filter.state == state)
            inner.write(el("i", cls="gap"))
            self._pick(say("tasks.kind_all"), {"kind": None}, self.filter.kind is None)
            for kind in view.KINDS:
                self._pick(say(f"tasks.kind.{kind}"), {"kind": kind}, self.filter.kind == kind)
            if self.who is not None:
                inner.write(el("i", cls="gap"))
                mine = self.filter.handler == self.who
                self._pick(say("tasks.mine"), {"handler": None if mine else self.who}, mine)

        def shape() -> object:
            return (view.counts(self.house.picture.tasks.values()), self.filter, self.who)

        self.look_again.append(self.frame.build(holder, shape, make, "task"))

    def _pick(self, label: str, change: dict[str, Any], chosen: bool) -> None:
        async def press() -> None:
            self.filter = replace(self.filter, **change)
            self._again()

        button(label, press, "switch on" if chosen else "switch")

    def _again(self) -> None:
        for look in self.look_again:
            look()

    def _list(self) -> None:
        holder = ui.element("div").classes("tasks")

        def found() -> list[tuple[str, orders.TaskState]]:
            return view.chosen(self.house.picture.tasks, self.filter)

        def shape() -> object:
            # its id and time move with every heartbeat and change nothing that is shown
            now = self.house.clock.now()
            told = [view.still(task) for _, task in found()]
            return repr((told, self.filter, self.who, sorted(self.shown_notes), now.date()))

        def make(inner: Frame) -> None:
            entries = found()
            if not entries:
                inner.write(el("p", inner.say("tasks.none"), cls="notice"))
            for name, task in entries:
                self._task(inner, name, task)

        self.look_again.append(self.frame.build(holder, shape, make, "task", TICK))

    def _task(self, frame: Frame, name: str, task: orders.TaskState) -> None:
        late = " late" if view.is_late(task) and task.closed is None else ""
        with ui.element("article").classes(f"task{late}{' over' if task.closed else ''}"):
            with ui.element("div").classes("task-words"):
                frame.write(view.head(frame.say, task))
                frame.write(view.facts(self.house, frame.say, task))
                if (shown := self.shown_notes.get(name)) is not None and task.note is not None:
                    frame.write(el("p", shown, cls="note-shown"))
                if (done := view.history(self.house, frame.say, task)) is not None:
                    frame.write(done)
            with ui.element("div").classes("buttons"):
                self._buttons(name, task)
            if task.visits and task.closed is None:
                self._visits(frame, name, task)

    def _buttons(self, name: str, task: orders.TaskState) -> None:
        say = self.say
        for place, near in enumerate(task.next):
            cls = "action strong" if place == 0 else "action"
            if not near.outcomes:
                button(say(f"tasks.step.{near.step}"), partial(self._step, name, near.step), cls)
            for nth, outcome in enumerate(near.outcomes):
                words = self._words(near.step, outcome)
                look = cls if nth == 0 else "action"
                button(words, partial(self._step, name, near.step, outcome), look)
        if task.closed is None and task.note is not None and name not in self.shown_notes:
            button(say("tasks.show_contact"), partial(self._show_note, name, task.note), "action")
        if task.closed is None and len(self.house.hall.staff) > 1:
            self._hand_over(name, task)

    def _hand_over(self, name: str, task: orders.TaskState) -> None:
        opener = button(self.say("tasks.assign"), None, "action quiet")
        with opener, ui.menu():
            for staff, person in self.house.hall.staff.items():
                if staff != task.handler:
                    ask = partial(self._ask, orders.AssignTask, task=name, handler=staff)
                    ui.menu_item(self.say.named(person), on_click=ask)

    def _visits(self, frame: Frame, name: str, task: orders.TaskState) -> None:
        left = [visit for visit in task.visits if visit.result is None]
        with ui.element("div").classes("visits"):
            for visit in left[:VISITS_SHOWN]:
                with ui.element("div").classes("visit"):
                    place = frame.say("alarm.where_counter", where=visit.counter)
                    frame.write(el("span", el("b", visit.number), el("span", place, cls="soft")))
                    for result in RESULTS:
                        ask = partial(
                            self._ask, orders.RecordFollowUp, task=name, ticket=visit.ticket, result=result
                        )
                        button(frame.say(f"tasks.result.{result}"), ask, "switch")

    async def _step(self, name: str, step: str, outcome: str | None = None) -> None:
        keys: dict[str, Any] = {"task": name, "step": step}
        if outcome is not None:
            keys["outcome"] = outcome
        if step not in NEED_WHY and outcome not in NEED_WHY:
            await self._ask(orders.StepTask, **keys)
            return
        self.dialog_title.set_content(el("h2", self._words(step, outcome)))
        self.dialog_why.set_value("")
        self.dialog_keys = keys
        self.dialog.open()

    def _words(self, step: str, outcome: str | None) -> str:
        """A step as its button says it."""
        named = self.say(f"tasks.step.{step}")
        if outcome is None:
            return named
        return self.say("tasks.step_outcome", step=named, outcome=self.say(f"tasks.outcome.{outcome}"))

    async def _cancel(self) -> None:
        self.dialog.close()

    async def _confirm(self) -> None:
        self.dialog.close()
        await self._ask(orders.StepTask, **self.dialog_keys, why=str(self.dialog_why.value or "").strip())

    async def _ask(self, command: type[Command], **keys: Any) -> None:
        if not self._may_act():
            return
        by = f"console/{self.who or 'tasks'}"
        self.frame.tell(await self.house.orders.controller(command, by, **keys))

    def _may_act(self) -> bool:
        if self.who is not None or not self.house.hall.staff:
            return True
        self._say(self.say("tasks.sign_in_first"))
        return False

    def _say(self, words: str) -> None:
        with self.frame.client:
            ui.notify(words, type="warning", position="top", timeout=6000)

    async def _show_note(self, name: str, note_id: str) -> None:
        """What a visitor left, shown on this page alone, and only to somebody who has said who they are."""
        if not self._may_act():
            return
        try:
            note = self.notes.read(note_id)
        except NotesUnavailable:
            self._say(self.say("tasks.contact_fault"))
            return
        if note is None:
            self.shown_notes[name] = self.say("tasks.contact_none")
        else:
            told = {"name": note.name, "phone": note.phone, "words": note.words}
            self.shown_notes[name] = " · ".join(
                f"{self.say(f'tasks.contact_{key}')} {value}" for key, value in told.items() if value
            )
        self._again()

    def _sign_in(self) -> None:
        with ui.element("section").classes("card sign-in"):
            staff = self.house.hall.staff
            if not staff:
                self.frame.write(el("p", self.say("tasks.nobody"), cls="soft"))
                return
            holder = ui.element("div").classes("who-row")

            def make(inner: Frame) -> None:
                if self.who is None:
                    self._ask_who(inner)
                    return
                name = view.person(self.house, inner.say, self.who)
                inner.write(el("span", inner.say("tasks.signed_in", name=name), cls="badge good"))
                button(inner.say("tasks.sign_out"), self._sign_out, "action quiet")

            self.look_again.append(self.frame.build(holder, lambda: self.who, make))

    def _ask_who(self, frame: Frame) -> None:
        """A name and its code; in a simulated hall the name alone."""
        say, simulated = frame.say, self.house.premises.simulated
        names = {name: say.named(person) for name, person in self.house.hall.staff.items()}
        who = ui.select(names, label=say("tasks.who")).props("dense outlined options-dense")
        field = ui.input(say("tasks.code"), password=True).props("dense outlined autocomplete=off")
        field.set_visibility(not simulated)

        async def enter() -> None:
            if who.value is None:
                return
            if not simulated and not self.codes.may_try:
                self._say(say("tasks.wait"))
            elif simulated or self.codes.fits(str(who.value), str(field.value or "")):
                self.who = str(who.value)
                self._again()
            else:
                self._say(say("tasks.wrong_code"))

        button(say("tasks.sign_in"), enter, "action strong")

    async def _sign_out(self) -> None:
        self.who = None
        self.filter = replace(self.filter, handler=None)
        self.shown_notes.clear()
        self._again()

    def _precheck(self) -> None:
        """The pre-checker names the number on the paper whose owner's papers were looked through."""
        with ui.element("section").classes("card precheck"):
            self.frame.write(el("h2", self.say("tasks.precheck")))
            with ui.element("div").classes("who-row"):
                field = ui.input(self.say("tasks.precheck_number")).props("dense outlined")
                for passed in (True, False):
                    words = self.say("tasks.precheck_passed" if passed else "tasks.precheck_failed")
                    cls = "action strong" if passed else "action"
                    button(words, partial(self._prechecked, field, passed), cls)

    async def _prechecked(self, field: ui.input, passed: bool) -> None:
        number = str(field.value or "").strip().upper()
        if not number:
            return
        by = f"console/{self.who or 'precheck'}"
        answer = await self.house.orders.controller(orders.Precheck, by, number=number, passed=passed)
        self.frame.tell(answer)
        if answer.ok:
            field.set_value("")
            with self.frame.client:
                ui.notify(self.say("tasks.prechecked", number=number), type="positive", position="top")
