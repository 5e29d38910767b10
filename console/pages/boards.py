"""The page where staff tell everybody something, and see beforehand how it stands on each board."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from nicegui import ui

from broker.messages.notices import NoticeState, PostNotice, WithdrawNotice
from console.feed import TICK
from console.frame import Frame
from console.markup import el
from console.pages.buttons import button
from console.views import boards

BY: Final = "console/boards"
WHOLE: Final = ""
URGENT: Final = "red"
AREAS: Final = ("news", "call")
"""Where a notice goes: to the first of these that a board has; an emergency to both."""


def build(frame: Frame) -> None:
    """Lay out the page."""
    say = frame.say
    with ui.element("div").classes("columns board-columns"):
        with ui.element("section").classes("card"):
            frame.write(el("h2", say("boards.new")))
            _Form(frame)
        with ui.element("div").classes("stack"):
            with ui.element("section").classes("card"):
                frame.write(el("h2", say("boards.standing")))
                _standing(frame)
            with ui.element("section").classes("card"):
                frame.write(el("h2", say("boards.now"), el("small", say("boards.now_note"))))
                frame.show(partial(boards.shown, frame.house, say), "led_board")


def _standing(frame: Frame) -> None:
    holder = ui.element("div").classes("notices")

    def shape() -> str:
        return repr([(name, state.begins, state.text) for name, state in boards.standing(frame.house)])

    def make(inner: Frame) -> None:
        entries = boards.standing(inner.house)
        if not entries:
            inner.write(el("p", inner.say("boards.none"), cls="soft"))
        for name, state in entries:
            _notice(inner, name, state)

    frame.build(holder, shape, make, "notice", TICK)


def _notice(frame: Frame, name: str, state: NoticeState) -> None:
    async def withdraw() -> None:
        frame.tell(await frame.house.orders.controller(WithdrawNotice, BY, notice=name))

    with ui.element("article").classes(f"board-notice {state.level}"):
        frame.write(boards.notice(frame.house, frame.say, state))
        button(frame.say("boards.withdraw"), withdraw, "action")


class _Form:
    """What is to be told, with its preview."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        say, hall = frame.say, frame.house.hall
        levels = {level: say(f"boards.level.{level}") for level in reversed(boards.ORDER)}
        self._level = ui.toggle(levels, value="news").props("no-caps unelevated").classes("levels")
        self._text = ui.textarea(say("boards.text")).props("outlined autogrow counter maxlength=200")
        self._english = ui.textarea(say("boards.text_en")).props("outlined autogrow counter maxlength=200")
        zones = {WHOLE: say("boards.whole"), **{name: say.named(zone) for name, zone in hall.zones.items()}}
        with ui.element("div").classes("form-row"):
            self._zone = ui.select(zones, value=WHOLE, label=say("boards.zone")).props("outlined")
            self._begins = ui.input(say("boards.begins")).props("outlined type=time stack-label clearable")
            self._until = ui.input(say("boards.until")).props("outlined type=time stack-label clearable")
        with ui.element("div").classes("form-row buttons"):
            button(say("boards.look"), self._look, "action")
            button(say("boards.post"), self._post, "action strong")
        self._pictures = ui.html("", sanitize=False).classes("previews")

    def _said(self) -> str:
        return " ".join(filter(None, (str(self._text.value).strip(), str(self._english.value).strip())))

    async def _look(self) -> None:
        """Ask each board that would show it."""
        house, say, text = self._frame.house, self._frame.say, self._said()
        urgent = self._level.value == "emergency"
        found = []
        for name, entry in house.hall.led_boards.items():
            if not text or self._zone.value not in (WHOLE, entry.zone or self._zone.value):
                continue
            areas = [area for area in AREAS if area in entry.areas]
            for area in areas if urgent else areas[:1]:
                keys = {"area": area, "text": text, **({"colour": URGENT} if urgent else {})}
                answer = await house.orders.preview(name, BY, **keys)
                self._frame.tell(answer)
                if answer.ok and answer.reply is not None and isinstance(answer.reply.details, dict):
                    place = entry.areas[area]
                    details = answer.reply.details
                    found.append(boards.preview(say, name, area, place.width, place.height, details))
        self._pictures.set_content("".join(found) or el("p", say("boards.nothing_to_see"), cls="soft"))

    async def _post(self) -> None:
        keys: dict[str, Any] = {"level": self._level.value, "text": str(self._text.value)}
        optional = {
            "text_en": str(self._english.value).strip(),
            "zone": self._zone.value,
            "begins": self._today(self._begins.value),
            "until": self._today(self._until.value),
        }
        keys |= {name: value for name, value in optional.items() if value}
        answer = await self._frame.house.orders.controller(PostNotice, BY, **keys)
        self._frame.tell(answer)
        if answer.ok:
            self._text.set_value("")
            self._english.set_value("")
            self._pictures.set_content("")

    def _today(self, time: str | None) -> datetime | None:
        """A time of day as the next moment at which it is so late."""
        if not time:
            return None
        now = self._frame.house.clock.now()
        hour, minute = map(int, time.split(":")[:2])
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return moment if moment > now else moment + timedelta(days=1)
