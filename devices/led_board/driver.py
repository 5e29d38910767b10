"""The LED board: shows texts in its areas, and knows whether the card took them."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET

from broker.clock import real_seconds_until
from broker.door import Refusal
from broker.messages.devices import BoardState, Brightness, Clear, Show
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import LinkLost, Misconfigured, NoAnswer
from devices.kit.exchange import together
from devices.kit.link import Link
from devices.led_board import codec
from devices.led_board.codec import Ack, Effect, Nack, Request
from devices.led_board.conversation import Conversation
from devices.led_board.models import Model, model_of
from devices.led_board.pacing import Pace, Superseded
from devices.led_board.pages import Page, compose
from devices.led_board.refusals import CardRefusal, refusal_of
from hallfile.schema import LedBoard as Entry

log = logging.getLogger(__name__)

PING_EVERY_S: Final = 5.0
BRIGHTEST: Final = 15


@dataclass(frozen=True)
class Shown:
    """What the card has acknowledged for one area."""

    page: Page
    until: float | None
    """When the card takes it down by itself, on the clock's monotonic scale; None: never."""


class LedBoard(Device):
    """An Onbon BX-5K/6K font card; its dynamic areas are numbered in the order of the hall file."""

    kind = "led_board"
    takes_commands = True
    answers_unplugged = True

    def __init__(self, name: str, entry: Entry, opener: Opener, around: Surroundings) -> None:
        super().__init__(name, entry, opener, around)
        self.board = entry
        clock = around.clock
        self._numbers = {area: number for number, area in enumerate(entry.areas)}
        self._paces = {area: Pace(entry.refresh_s / clock.speed, clock) for area in entry.areas}
        self._shown: dict[str, Shown] = {}
        self._talk: Conversation | None = None
        self._text_bytes = 0
        self._complaint: CardRefusal | None = None
        """Why the card refused the last text, where only a technician can mend that."""

    async def serve(self, link: Link) -> None:
        self._text_bytes = self._model().text_bytes
        talk = Conversation(link, self.board.address, self._count_fault)
        try:
            await together(talk.listen(), talk.silence(), self._keep_up(talk))
        finally:
            self._talk = None

    async def act(self, command: Any) -> dict[str, Any]:
        if self._talk is None:
            raise self._no("device_offline")
        match command:
            case Show():
                return await self._show(command)
            case Clear():
                return await self._clear()
            case Brightness(level=level):
                if not 0 <= level <= BRIGHTEST:
                    raise self._no("bad_value")
                return await self._do(codec.brightness(level))
            case _:
                return await super().act(command)

    def state(self) -> BoardState:
        texts = {area: shown.page.text for area, shown in self._shown.items()}
        return BoardState(**self.state_keys(), areas=texts)

    async def _keep_up(self, talk: Conversation) -> None:
        """Greet the card, put back what a power cut took from it, then see that it goes on answering."""
        greeting = await talk.ask(codec.PING)
        await self._show_again(talk)
        self._talk = talk
        self._judge(greeting)
        while True:
            await asyncio.sleep(PING_EVERY_S)
            self._judge(await talk.ask(codec.PING))

    async def _show_again(self, talk: Conversation) -> None:
        now = self.around.clock.monotonic()
        for area, shown in list(self._shown.items()):
            over = shown.until is not None and shown.until <= now
            if over or self._judge(await talk.ask(codec.dynamic_areas([shown.page.area]))):
                del self._shown[area]
                self.changed()

    async def _show(self, command: Show) -> dict[str, Any]:
        if command.area not in self._numbers:
            raise self._no("unknown_area")
        try:
            async with self._paces[command.area].turn():
                if real_seconds_until(self.around.clock, command.expires) <= 0:
                    raise self._no("expired")
                page = self._page(command)
                done = await self._do(codec.dynamic_areas([page.area]))
                self._remember(command, page)
        except Superseded:
            raise self._no("superseded") from None
        return done | _remarks(page)

    async def _clear(self) -> dict[str, Any]:
        for pace in self._paces.values():
            pace.supersede()
        done = await self._do(codec.CLEAR)
        self._shown.clear()
        self.changed()
        return done

    def _page(self, command: Show) -> Page:
        seconds = None if command.seconds is UNSET else command.seconds
        if seconds is not None and not 0 < seconds < float("inf"):
            raise self._no("bad_value")
        return compose(
            command.text,
            self._numbers[command.area],
            self.board.areas[command.area],
            self._text_bytes,
            colour="red" if command.colour is UNSET else command.colour,
            effect=None if command.effect is UNSET else Effect[command.effect.upper()],
            seconds=seconds,
        )

    def _remember(self, command: Show, page: Page) -> None:
        until = None
        if command.seconds is not UNSET:
            until = self.around.clock.monotonic() + command.seconds
        self._shown[command.area] = Shown(page, until)
        self._complaint = None
        self.report("online")
        self.changed()

    async def _do(self, request: Request) -> dict[str, Any]:
        """Have the card do `request`; raises `Refusal` with what is known of it."""
        if self._talk is None:
            raise self._no("device_offline")
        try:
            reply = await self._talk.ask(request)
        except NoAnswer:
            raise self._no("not_acknowledged", outcome="sent") from None
        except LinkLost:
            raise self._no("link_lost", outcome="sent") from None
        if refused := self._judge(reply):
            raise self._no(refused.reason)
        return {"outcome": "acknowledged"}

    def _judge(self, reply: Ack | Nack) -> CardRefusal | None:
        """Tell the board's health by an answer of its card; returns what a refusal means."""
        refused = refusal_of(reply.error) if isinstance(reply, Nack) else None
        if refused is not None:
            self.errors += 1
            log.info("led_board %s: %s", self.name, refused.cause)
            if refused.word == "hardwareError":
                self._complaint = refused
        if self._talk is not None:
            ill = refused if refused is not None and refused.word != "online" else self._complaint
            if ill is None:
                self.report("online")
            else:
                self.report(ill.word, ill.cause)
        return refused

    def _model(self) -> Model:
        model = model_of(self.board.model)
        if len(self.board.areas) > model.areas:
            raise Misconfigured(
                f"the LED board {self.name} has {len(self.board.areas)} areas and a {self.board.model} "
                f"shows {model.areas}; remove some from the hall file"
            )
        return model

    def _count_fault(self) -> None:
        self.errors += 1

    def _no(self, reason: str, outcome: str = "refused") -> Refusal:
        return Refusal(reason, self.around.sentence(reason), outcome=outcome)


def _remarks(page: Page) -> dict[str, Any]:
    """Reply keys that say what of the text is not shown as it was asked."""
    remarks: dict[str, Any] = {}
    if page.replaced:
        remarks["replaced"] = page.replaced
    if page.truncated:
        remarks["truncated"] = True
    return {"details": remarks} if remarks else {}
