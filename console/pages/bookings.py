"""The page of appointments: today's slots, and who may not book and why that may be wrong."""

from typing import Any, Final

from nicegui import ui

from broker import hatch
from broker.messages.bookings import Appeal, ListBans, ReleaseBan
from console.frame import Frame
from console.markup import el
from console.pages.buttons import button
from console.staff import Codes
from console.views import bookings

DESK: Final = "desk"
"""Who acts where the hall file names no staff."""
READ_EVERY_S: Final = 20.0
"""Who may not book is asked for so often, real seconds: it stands on the bus for nobody to find."""


def build(frame: Frame) -> None:
    """Lay out the page."""
    house, say = frame.house, frame.say
    frame.show(lambda: bookings.figures(house, say), "appointments")
    with ui.element("section").classes("card"):
        frame.write(el("h2", say("bookings.today")))
        frame.show(lambda: bookings.slots(house, say), "appointments")
    with ui.element("div").classes("columns booking-columns"):
        with ui.element("section").classes("card"):
            frame.write(el("h2", say("bookings.bans"), el("small", say("bookings.bans_note"))))
            clerk = _Clerk(frame)
            bans = _Bans(frame, clerk)
        with ui.element("section").classes("card"):
            frame.write(el("h2", say("bookings.search"), el("small", say("bookings.search_note"))))
            _Search(frame, clerk, bans)


class _Clerk:
    """Who acts, with their code (console.staff) where the hall is a real one and names its staff, and why."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        house, say = frame.house, frame.say
        self._codes = Codes(house.premises.data, house.clock)
        self._needs_code = bool(house.hall.staff) and not house.premises.simulated
        if self._needs_code:
            self._codes.make(house.hall.staff)
        staff = {name: say.named(one) for name, one in house.hall.staff.items()}
        names = staff or {DESK: say("bookings.desk")}
        with ui.element("div").classes("form-row"):
            self._who = ui.select(names, value=next(iter(names)), label=say("bookings.who"))
            self._who.props("outlined dense").classes("who")
            self._code = ui.input(say("tasks.code"), password=True).props("outlined dense autocomplete=off")
            self._code.set_visibility(self._needs_code)
            self._why = ui.input(say("bookings.why")).props("outlined dense maxlength=200").classes("grow")

    def name(self) -> str | None:
        """Who it is; None, and the page says so, for one whose code is not theirs."""
        name = str(self._who.value)
        if not self._needs_code:
            return name
        if not self._codes.may_try:
            self._tell("tasks.wait")
            return None
        if not self._codes.fits(name, str(self._code.value or "")):
            self._tell("tasks.wrong_code")
            return None
        return name

    def why(self) -> str | None:
        """Their reason; None, and the page says so, where there is none."""
        why = str(self._why.value or "").strip()
        if not why:
            self._tell("bookings.need_why")
        return why or None

    def has_said_why(self) -> None:
        """The reason has been written down."""
        self._why.set_value("")

    def _tell(self, key: str) -> None:
        ui.notify(self._frame.say(key), type="warning", position="top")


class _Bans:
    """Those who may not book, with what staff can do about it."""

    def __init__(self, frame: Frame, clerk: _Clerk) -> None:
        self._frame = frame
        self._clerk = clerk
        self._holder = ui.element("div").classes("bans")
        self._shown: object = None
        with self._holder:
            frame.write(el("p", frame.say("bookings.reading"), cls="soft"))
        ui.timer(0.1, self.read, once=True)
        ui.timer(READ_EVERY_S, self.read)

    async def read(self) -> None:
        """Ask who may not book, and show it where that has changed."""
        answer = await self._frame.house.orders.controller(ListBans, "console/bookings")
        details = answer.reply.details if answer.reply is not None else None
        if not answer.ok or not isinstance(details, dict) or details == self._shown:
            return
        self._shown = details
        self._holder.clear()
        with self._holder:
            self._show(details)

    def _show(self, details: dict[str, Any]) -> None:
        frame, say = self._frame, self._frame.say
        if not details["bans"]:
            frame.write(el("p", say("bookings.no_bans"), cls="soft"))
        for one in details["bans"]:
            with ui.element("article").classes("ban-row"):
                frame.write(bookings.ban(frame.house, say, one))
                with ui.element("div").classes("form-row buttons"):
                    self._button("bookings.write_appeal", "action", Appeal, one["client"])
                    self._button("bookings.release", "action strong", ReleaseBan, one["client"])
        if details["more"]:
            frame.write(el("p", say("bookings.more", more=details["more"]), cls="soft"))

    def _button(self, label: str, cls: str, kind: type[Appeal] | type[ReleaseBan], client: str) -> None:
        async def press() -> None:
            if (why := self._clerk.why()) is None or (name := self._clerk.name()) is None:
                return
            orders = self._frame.house.orders
            answer = await orders.controller(kind, f"console/{name}", client=client, why=why)
            self._frame.tell(answer)
            if answer.ok:
                self._clerk.has_said_why()
            await self.read()

        button(self._frame.say(label), press, cls)


class _Search:
    """Whose file it is that somebody at the desk asks about."""

    def __init__(self, frame: Frame, clerk: _Clerk, bans: _Bans) -> None:
        self._frame = frame
        self._clerk = clerk
        self._bans = bans
        with ui.element("div").classes("form-row"):
            self._text = ui.input().props("outlined dense maxlength=40 autocomplete=off").classes("grow")
            self._text.on("keydown.enter", self._find)
            button(frame.say("bookings.find"), self._find, "action strong")
        self._found = ui.html("", sanitize=False)

    async def _find(self) -> None:
        frame = self._frame
        if self._clerk.name() is None:
            return
        # what was typed may be an ID number: it leaves the page at once, by the hatch and not by the bus
        text, _ = str(self._text.value or "").strip(), self._text.set_value("")
        asked = hatch.LookUp(code=text, id_number=text)
        try:
            answer = await hatch.ask(frame.house.premises.run, asked)
        except hatch.HatchClosed:
            self._found.set_content(el("p", frame.say("api.controller_away"), cls="soft"))
            return
        self._found.set_content(bookings.standing(frame.house, frame.say, answer.file))
        await self._bans.read()
