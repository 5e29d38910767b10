"""The LED board: shows texts in its areas, and says no more of them than the board has confirmed.

A strip over a counter and a board in front of the building are two entries of this one driver, with other
sizes, areas and links; a text card and a pixel board are two panels behind it.
"""

import asyncio
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from msgspec import UNSET

from broker.clock import real_seconds_until
from broker.door import Refusal
from broker.messages.devices import BoardState, Brightness, Clear, Power, Preview, Show
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import Misconfigured
from devices.kit.fonts import find_font
from devices.kit.link import Link
from devices.led_board.areas import Effect
from devices.led_board.canvas import FindFont
from devices.led_board.models import PixelBoard, model_of
from devices.led_board.pacing import Pace, Superseded
from devices.led_board.panel import Ears, NotDone, Outcome, Panel, Shown, Told, Wanted
from devices.led_board.pixels import PixelPanel
from devices.led_board.preview import preview
from devices.led_board.programbook import ProgramBook
from devices.led_board.textcard import SPEEDS, TextCardPanel
from hallfile.devices import LedBoard as Entry
from hallfile.links import BadLink, LinkUrl, parse_link
from hallfile.premises import Premises

BRIGHTEST: Final = 15
LONGEST_PREVIEW: Final = 400
"""Characters: two languages of a notice."""
ANY_FONT: Final = "Noto Sans CJK SC"
"""For a board that is in no hall."""


class LedBoard(Device):
    """A board of areas, each with one text at a time."""

    kind = "led_board"
    takes_commands = True
    answers_unplugged = True

    def __init__(
        self,
        name: str,
        entry: Entry,
        opener: Opener,
        around: Surroundings,
        programs: ProgramBook | None = None,
        find: FindFont | None = None,
    ) -> None:
        super().__init__(name, entry, opener, around)
        self.board = entry
        clock = around.clock
        self._paces = {area: Pace(entry.refresh_s / clock.speed, clock) for area in entry.areas}
        self._shown: dict[str, Shown] = {}
        self._programs = programs or ProgramBook(None, name)
        self._find = find or partial(find_font, ANY_FONT, Path())
        self._panel: Panel | None = None
        """Only while the board takes texts."""
        self._told = Told()
        self._url = parse_link(entry.link)
        self._speed: int | None = None
        """At which its card was last heard."""

    @classmethod
    def build(cls, name: str, entry: Any, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        link = parse_link(entry.link, premises.data)
        if link.scheme == "serial":
            opener = around.lines.opener(link.place, opener)
        programs = ProgramBook(premises.data / "devices" / "devices.db", name)
        find = partial(find_font, premises.hall.hall.font, premises.path.parent)
        return cls(name, entry, opener, around, programs, find)

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self._programs.close()

    async def serve(self, link: Link) -> None:
        panel = self._made(link)
        self._told = panel.told
        try:
            await panel.serve()
        finally:
            self._panel = None
            self._told = Told()
            if isinstance(panel, TextCardPanel):
                self._speed = panel.speed

    async def act(self, command: Any) -> dict[str, Any]:
        if isinstance(command, Preview):
            return await self._preview(command)
        if self._panel is None:
            raise self._no("device_offline")
        match command:
            case Show():
                return await self._show(command)
            case Clear():
                return await self._clear(self._panel)
            case Brightness(level=level):
                if not 0 <= level <= BRIGHTEST:
                    raise self._no("bad_value")
                return await self._done(self._panel, self._panel.dim(level))
            case Power(on=on):
                return await self._done(self._panel, self._panel.light(on))
            case _:
                return await super().act(command)

    def state(self) -> BoardState:
        told = self._told
        return BoardState(
            **self.state_keys(),
            areas={area: shown.text for area, shown in self._still_shown().items()},
            unverified=told.unverified,
            lit=told.lit,
            brightness=told.brightness,
        )

    def _made(self, link: Link) -> Panel:
        model, clock = model_of(self.board.model), self.around.clock
        ears = Ears(
            report=self.report,
            changed=self.changed,
            fault=self._count_fault,
            shown=self._still_shown,
            lost=self._lose,
            ready=self._take_into_service,
        )
        sentence = self.around.sentence
        if isinstance(model, PixelBoard):
            return PixelPanel(self.board, model, link, self._url, clock, ears, self._find, sentence)
        speed = self._speed or _first_speed(self._url)
        return TextCardPanel(self.board, model, link, clock, ears, self._programs, sentence, speed)

    def _take_into_service(self, panel: Panel) -> None:
        self._panel = panel

    def _still_shown(self) -> dict[str, Shown]:
        now = self.around.clock.monotonic()
        return {area: shown for area, shown in self._shown.items() if shown.lasts_at(now)}

    def _lose(self, area: str) -> None:
        self._shown.pop(area, None)
        self.changed()

    async def _show(self, command: Show) -> dict[str, Any]:
        if command.area not in self._paces:
            raise self._no("unknown_area")
        wanted = self._wanted(command)
        try:
            async with self._paces[command.area].turn():
                if real_seconds_until(self.around.clock, command.expires) <= 0:
                    raise self._no("expired")
                if (panel := self._panel) is None:
                    raise self._no("device_offline")
                shown = await panel.show(command.area, wanted)
        except Superseded:
            raise self._no("superseded") from None
        except NotDone as refused:
            raise self._no(refused.reason, refused.outcome) from None
        self._shown[command.area] = shown
        self.changed()
        return {"outcome": panel.outcome} | ({"details": dict(shown.remarks)} if shown.remarks else {})

    async def _preview(self, command: Preview) -> dict[str, Any]:
        """Drawn beside the event loop: others are not to wait for a picture."""
        if command.area not in self.board.areas:
            raise self._no("unknown_area")
        wanted = Wanted(command.text[:LONGEST_PREVIEW], None if command.colour is UNSET else command.colour)
        try:
            return {"details": await asyncio.to_thread(preview, self.board, command.area, wanted, self._find)}
        except Misconfigured:
            raise self._no("no_font") from None

    async def _clear(self, panel: Panel) -> dict[str, Any]:
        for pace in self._paces.values():
            pace.supersede()
        done = await self._done(panel, panel.clear())
        self._shown.clear()
        self.changed()
        return done

    async def _done(self, panel: Panel, doing: Awaitable[None]) -> dict[str, Any]:
        try:
            await doing
        except NotDone as refused:
            raise self._no(refused.reason, refused.outcome) from None
        return {"outcome": panel.outcome}

    def _wanted(self, command: Show) -> Wanted:
        seconds = None if command.seconds is UNSET else command.seconds
        if seconds is not None and not 0 < seconds < float("inf"):
            raise self._no("bad_value")
        return Wanted(
            command.text,
            None if command.colour is UNSET else command.colour,
            None if command.effect is UNSET else Effect[command.effect.upper()],
            seconds,
        )

    def _count_fault(self) -> None:
        self.errors += 1

    def _no(self, reason: str, outcome: Outcome = "refused") -> Refusal:
        return Refusal(reason, self.around.sentence(reason), outcome=outcome)


def _first_speed(url: LinkUrl) -> int:
    """At which a card is greeted first; raises `Misconfigured`."""
    try:
        return url.number("baud", SPEEDS[0])
    except BadLink as error:
        raise Misconfigured(f"{error}; correct it in the hall file") from None
