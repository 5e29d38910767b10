"""A clerk's page: one counter, its buttons and their keys."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from nicegui import ui
from nicegui.events import KeyEventArguments

from broker.messages import hall as orders
from broker.messages.envelope import Command
from console.feed import TICK
from console.frame import Frame
from console.markup import el
from console.pages import giving
from console.pages.buttons import Press, button
from console.views import counter as view


@dataclass(frozen=True)
class Key:
    """A button of the page and the key that presses it."""

    name: str
    letter: str
    command: type[Command]
    needs: str
    """When it can be pressed: ``clerk`` once somebody is logged in, ``ticket`` while a number is in hand."""
    cls: str = ""


KEYS: Final = (
    Key("next", "n", orders.CallNext, "clerk", "main"),
    Key("recall", "r", orders.Recall, "ticket"),
    Key("start", "s", orders.Start, "ticket"),
    Key("finish", "f", orders.Finish, "ticket", "strong"),
    Key("pass", "p", orders.NoShow, "ticket"),
    Key("hold", "h", orders.Hold, "ticket"),
)


def build(frame: Frame, counter: str) -> None:
    """Lay out the page of `counter`."""
    if counter not in frame.house.hall.counters:
        frame.write(el("p", frame.say("counter.unknown", counter=counter), cls="soft"))
        return
    _Clerk(frame, counter).build()


class _Clerk:
    """One counter's page."""

    def __init__(self, frame: Frame, counter: str) -> None:
        self.frame = frame
        self.house = frame.house
        self.say = frame.say
        self.counter = counter
        self.asking = False
        self.pressed: dict[str, Press] = {}

    def build(self) -> None:
        house, say, name = self.house, self.say, self.counter
        with ui.element("div").classes("columns counter-columns"):
            with ui.element("section").classes("card hand"):
                self.frame.write(el("h1", say("counter.title", counter=name)))
                self.frame.show(lambda: view.in_hand(house, say, name), "counter", TICK)
                self.frame.show(lambda: view.why(house, say, name), "counter")
                self._keys()
            with ui.element("aside").classes("card side"):
                self.frame.show(lambda: view.waiting(house, say, name), "queue")
                self._held()
                self._missed()
                self._clerk()
                giving.opener(self.frame, f"counter/{name}", house.hall.counters[name].services)
        ui.keyboard(on_key=self._key, ignore=["input", "select", "textarea"])

    def _keys(self) -> None:
        with ui.element("div").classes("keys"):
            for key in KEYS:
                self._button(key)
            self._transfer()

    def _button(self, key: Key) -> None:
        async def press() -> None:
            if self._can(key.needs):
                await self._ask(key.command)

        self.pressed[key.letter] = press
        label = self.say(f"counter.{key.name}")
        self._enabled(button(label, press, f"action {key.cls}", letter=key.letter), key.needs)

    def _transfer(self) -> None:
        opener = button(self.say("counter.transfer"), None, "action", letter="t")
        with opener:
            menu = ui.menu()

        def places() -> tuple[tuple[str, str], ...]:
            return view.transfers(self.house, self.say, self.counter)

        def make(_: Frame) -> None:
            for name, label in places():
                ui.menu_item(label, on_click=partial(self._ask, orders.Transfer, to=name))

        self.frame.build(menu, places, make, "counter")

        async def open_menu() -> None:
            if self._can("ticket"):
                menu.open()

        self.pressed["t"] = open_menu
        self._enabled(opener, "ticket")

    def _held(self) -> None:
        holder = ui.element("div").classes("held")

        def names() -> tuple[tuple[str, str], ...]:
            state = self.house.picture.counters.get(self.counter)
            held = state.held if state else []
            return tuple((ticket, view.held_name(self.house, self.say, ticket)) for ticket in held)

        def make(_: Frame) -> None:
            if not (held := names()):
                return
            self.frame.write(el("h2", self.say("counter.held")))
            for ticket, number in held:
                label = f"{self.say('counter.resume')} {number}"
                button(label, partial(self._ask, orders.Resume, ticket=ticket), "action")

        self.frame.build(holder, names, make, "counter")

    def _clerk(self) -> None:
        holder = ui.element("div").classes("clerk")

        def who() -> tuple[str | None, str]:
            state = self.house.picture.counters.get(self.counter)
            return (state.clerk, state.status) if state else (None, "closed")

        def make(_: Frame) -> None:
            clerk, status = who()
            self.frame.write(el("h2", self.say("counter.clerk")))
            if clerk is None:
                self._login()
                return
            self.frame.write(el("p", clerk, cls="who"))
            if status == "paused":
                button(self.say("counter.reopen"), partial(self._ask, orders.Reopen), "action")
            else:
                self._pause()
            button(self.say("counter.logout"), partial(self._ask, orders.Logout), "action")

        # serving and open show the same buttons: a login being typed is not thrown away by a call
        self.frame.build(holder, lambda: (who()[0], who()[1] == "paused"), make, "counter")

    def _pause(self) -> None:
        """A break, for as long as such a one takes; or one nobody knows the end of."""
        opener = button(self.say("counter.pause"), None, "action")
        with opener, ui.menu():
            for entry in self.house.hall.hours.breaks:
                ui.menu_item(
                    self.say("counter.break", name=self.say.named(entry), minutes=f"{entry.minutes:g}"),
                    on_click=partial(self._ask, orders.Pause, why=entry.name, minutes=entry.minutes),
                )
            ui.menu_item(self.say("counter.break_open"), on_click=partial(self._ask, orders.Pause))

    def _missed(self) -> None:
        """Numbers called here in vain; who comes after all is brought back."""
        holder = ui.element("div").classes("held missed")

        def missed() -> tuple[tuple[str, str], ...]:
            state = self.house.picture.counters.get(self.counter)
            return tuple((one.ticket, one.number) for one in state.missed) if state else ()

        def make(_: Frame) -> None:
            if not (those := missed()):
                return
            self.frame.write(el("h2", self.say("counter.missed")))
            for ticket, number in those:
                label = f"{self.say('counter.resume')} {number}"
                button(label, partial(self._ask, orders.Resume, ticket=ticket), "action")

        self.frame.build(holder, missed, make, "counter")

    def _login(self) -> None:
        usual = self.house.hall.counters[self.counter].clerk or ""
        field = ui.input(self.say("counter.clerk_id"), value=usual).props("dense outlined")

        async def login() -> None:
            if clerk := str(field.value or "").strip():
                await self._ask(orders.Login, clerk=clerk)

        button(self.say("counter.login"), login, "action")

    def _enabled(self, made: ui.button, needs: str) -> None:
        def again() -> None:
            made.set_enabled(self._can(needs))

        again()
        self.frame.follow(again, "counter")

    def _can(self, needs: str) -> bool:
        state = self.house.picture.counters.get(self.counter)
        if state is None:
            return False
        return state.ticket is not None if needs == "ticket" else state.status in ("open", "serving")

    async def _ask(self, command: type[Command], **keys: Any) -> None:
        """Send one command and say its answer; a second press while the first is out does nothing."""
        if self.asking:
            return
        self.asking = True
        if "ticket" not in keys:
            keys["counter"] = self.counter
        try:
            self.frame.tell(await self.house.orders.controller(command, f"counter/{self.counter}", **keys))
        finally:
            self.asking = False

    async def _key(self, event: KeyEventArguments) -> None:
        modified = event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta
        if not event.action.keydown or event.action.repeat or modified:
            return
        if (press := self.pressed.get(str(event.key.name).lower())) is not None:
            await press()
