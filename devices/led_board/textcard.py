"""An Onbon text card as a panel: greeted, set up, given its texts, and watched (protocols.md 4.2)."""

import asyncio
import hashlib
import logging
from dataclasses import replace
from datetime import UTC, date
from typing import ClassVar, Final

from broker.clock import Clock
from broker.door import Sentences
from devices.kit.errors import LinkLost, Misconfigured, NoAnswer
from devices.kit.exchange import together
from devices.kit.lines import Tap
from devices.kit.link import Link, Tunable
from devices.led_board import codec
from devices.led_board.answers import (
    Answer,
    BoardStatus,
    Nack,
    Parameters,
    Reply,
    read_parameters,
    read_status,
)
from devices.led_board.areas import IN_A_PROGRAM, dynamic_areas
from devices.led_board.codec import Request
from devices.led_board.conversation import Conversation
from devices.led_board.models import TextCard
from devices.led_board.pages import Page, compose
from devices.led_board.panel import Ears, NotDone, Outcome, Panel, Shown, Wanted
from devices.led_board.program import IDLE, delete_file, program_file, start_file, write_blocks
from devices.led_board.programbook import ProgramBook
from devices.led_board.refusals import CardRefusal, refusal_of
from devices.led_board.timetable import half_hours, intervals
from hallfile.devices import BoardArea, LedBoard

log = logging.getLogger(__name__)

SPEEDS: Final = (9600, 57600)
"""protocols.md 4.2: what such a card may be set to."""
ROUNDS: Final = 2
"""How often each speed is tried (vendor document 8.8)."""
NEIGHBOURS_S: Final = 0.5
"""How long a card is waited for that is greeted between others (ours): it answers within a tenth of that."""
PING_EVERY_S: Final = 5.0
PINGS_A_STATUS: Final = 6
"""Every so many pings the card is asked for its status instead."""


class TextCardPanel(Panel):
    """One card; its dynamic areas are numbered in the order of the hall file."""

    outcome: ClassVar[Outcome] = "acknowledged"

    def __init__(
        self,
        board: LedBoard,
        model: TextCard,
        link: Link,
        clock: Clock,
        ears: Ears,
        programs: ProgramBook,
        sentence: Sentences,
        first_speed: int = SPEEDS[0],
    ) -> None:
        """`first_speed` is tried before the other, on links that have a speed."""
        super().__init__()
        if len(board.areas) > model.areas:
            raise Misconfigured(
                f"the LED board has {len(board.areas)} areas and a {board.model} shows {model.areas}; "
                "remove some from the hall file"
            )
        self.speed = first_speed
        """At which the card answered, or is asked first."""
        self._ready = False
        """Whether the card has been greeted and set up."""
        self._board = board
        self._model = model
        self._link = link
        self._clock = clock
        self._ears = ears
        self._programs = programs
        self._sentence = sentence
        self._numbers = {area: number for number, area in enumerate(board.areas)}
        self._talk = Conversation(link, board.address, ears.fault)
        self._complaint: CardRefusal | None = None
        """Why the card refused a text, where only a technician can mend that."""
        self._misfit: Parameters | None = None
        """How the card was set up, where that is not the board of the hall file."""
        self._clock_set_on: date | None = None
        self._overlap = 1 if board.idle is not None else 0
        """The display mode that lets dynamic areas stand before an idle page that fills the board."""

    async def serve(self) -> None:
        await together(self._talk.listen(), self._talk.silence(), self._keep_up())

    async def show(self, area: str, wanted: Wanted) -> Shown:
        page = self._page(area, wanted)
        await self._do(self._dynamic(page))
        self._complaint = None
        self._judge(None)
        until = None if wanted.seconds is None else self._clock.monotonic() + wanted.seconds
        return Shown(wanted, page.text, until, _remarks(page))

    async def clear(self) -> None:
        await self._do(codec.CLEAR)

    async def dim(self, level: int) -> None:
        await self._do(codec.brightness(level))
        self.told.brightness = level
        self._ears.changed()

    async def light(self, on: bool) -> None:
        await self._do(codec.power(on))
        self.told.lit = on
        self._ears.changed()

    async def _keep_up(self) -> None:
        """Greet the card, put back what a power cut took, set it up, then see that it goes on answering."""
        greeting = await self._greeting()
        await self._show_again(self._ears.shown())
        self._ears.ready(self)
        await self._set_up()
        self._ready = True
        self._judge(_refusal(greeting))
        while True:
            for _ in range(PINGS_A_STATUS):
                await asyncio.sleep(PING_EVERY_S)
                self._judge(_refusal(await self._talk.ask(codec.PING)))
            await self._set_clock()
            await self._look()

    async def _greeting(self) -> Reply:
        """The answer to the first ping, at whichever speed it comes; raises `NoAnswer`."""
        link = self._link
        if isinstance(link, Tap) and link.has_neighbours:
            # their answers show that the line's speed is right, and one that is away must not keep it long
            async with link.revival:
                answer = await self._talk.greet(NEIGHBOURS_S)
        elif isinstance(link, Tap | Tunable):
            answer = await self._tuned(link)
        else:
            return await self._talk.ask(codec.PING)
        if answer is None:
            raise self._talk.over()
        if isinstance(link, Tap):
            link.settled = True
        return answer

    async def _tuned(self, link: Tap | Tunable) -> Reply | None:
        """The answer at the speed at which one comes, the last known speed first (vendor document 8.8)."""
        for speed in (self.speed, *(speed for speed in SPEEDS if speed != self.speed)) * ROUNDS:
            await link.set_speed(speed)
            if (answer := await self._talk.greet()) is not None:
                self.speed = speed
                return answer
            self._ears.fault()
        return None

    async def _set_up(self) -> None:
        await self._compare()
        await self._set_clock()
        if self._board.brightness:
            await self._try(codec.timed_brightness(half_hours(self._board.brightness)))
        if self._board.power is not None:
            hours = intervals(self._board.power)
            await self._try(codec.timed_power(hours) if hours else codec.ALWAYS_ON)
        await self._write_idle_page(await self._status())

    async def _compare(self) -> None:
        """See whether the card is set up for the board of the hall file."""
        answer = await self._talk.inquire(codec.PARAMETERS)
        found = read_parameters(answer) if answer is not None else None
        board = self._board
        if found is not None and (found.width, found.height) != (board.width, board.height):
            self._misfit = found

    async def _set_clock(self) -> None:
        """Once a day, and whenever the card is greeted."""
        now = self._clock.now()
        if now.date() != self._clock_set_on and await self._try(codec.set_clock(now)):
            self._clock_set_on = now.date()

    async def _look(self) -> None:
        """Read the status; texts that a power cut has taken unnoticed are put back."""
        status = await self._status()
        if status is not None and status.areas is not None:
            held = {area: shown for area, shown in self._ears.shown().items() if shown.until is None}
            await self._show_again(
                {area: shown for area, shown in held.items() if self._numbers[area] not in status.areas}
            )

    async def _status(self) -> BoardStatus | None:
        answer = await self._talk.inquire(codec.STATUS)
        status = read_status(answer, self._clock.now().tzinfo or UTC) if answer is not None else None
        if status is not None and (self.told.lit, self.told.brightness) != (status.on, status.brightness):
            self.told.lit, self.told.brightness = status.on, status.brightness
            self._ears.changed()
        return status

    async def _show_again(self, missing: dict[str, Shown]) -> None:
        for area, shown in missing.items():
            seconds = None if shown.until is None else shown.until - self._clock.monotonic()
            page = self._page(area, replace(shown.wanted, seconds=seconds))
            if not await self._try(self._dynamic(page)):
                self._ears.lost(area)

    async def _write_idle_page(self, status: BoardStatus | None) -> None:
        """Into the flash, once: again only when it has changed, or the card has lost its programs."""
        content = self._idle_file()
        fingerprint = hashlib.sha256(content).hexdigest() if content else ""
        gone = bool(content) and status is not None and status.programs == 0
        if (self._programs.written or "") == fingerprint and not gone:
            return
        if not content:
            await self._try(codec.lock(IDLE, False, keep=True))
            done = await self._try(delete_file(IDLE))
        else:
            steps = [
                start_file(IDLE, len(content)),
                *write_blocks(IDLE, content, self._model.block_bytes),
                codec.lock(IDLE, True, keep=True),
            ]
            done = True
            for step in steps:
                done = done and await self._try(step)
        if done:
            self._programs.remember(fingerprint)

    def _idle_file(self) -> bytes:
        idle, board = self._board.idle, self._board
        if idle is None:
            return b""
        place = BoardArea(
            x=0, y=0, width=board.width, height=board.height, font_px=idle.font_px, colour=idle.colour
        )
        page = compose(idle.text, IN_A_PROGRAM, place, self._model.area_bytes)
        return program_file(IDLE, [page.area])

    def _page(self, area: str, wanted: Wanted) -> Page:
        return compose(
            wanted.text,
            self._numbers[area],
            self._board.areas[area],
            self._model.text_bytes,
            colour=wanted.colour,
            effect=wanted.effect,
            seconds=wanted.seconds,
        )

    def _dynamic(self, page: Page) -> Request:
        return dynamic_areas([page.area], display_mode=self._overlap)

    async def _try(self, request: Request) -> bool:
        """Ask for something the board can do without; says whether the card does it."""
        refused = _refusal(await self._talk.ask(request))
        self._judge(refused)
        return refused is None

    async def _do(self, request: Request) -> None:
        try:
            refused = _refusal(await self._talk.ask(request))
        except NoAnswer:
            raise NotDone("not_acknowledged", outcome="sent") from None
        except LinkLost:
            raise NotDone("link_lost", outcome="sent") from None
        self._judge(refused)
        if refused is not None:
            raise NotDone(refused.reason)

    def _judge(self, refused: CardRefusal | None) -> None:
        """Tell the board's health by an answer of its card."""
        if refused is not None:
            self._ears.fault()
            log.info(
                "the board at address %d of %s: %s", self._board.address, self._board.link, refused.cause
            )
            if refused.word == "hardwareError":
                self._complaint = refused
        if not self._ready:
            return
        ill = refused if refused is not None and refused.word != "online" else self._complaint
        if ill is not None:
            self._ears.report(ill.word, self._sentence(ill.health), ill.cause)
        elif self._misfit is not None:
            found, wanted = self._misfit.size, f"{self._board.width}×{self._board.height}"
            self._ears.report(
                "hardwareError",
                self._sentence("board_misfit").format(found=found, wanted=wanted),
                f"the card is set up for {found} pixels and the hall file says {wanted}",
            )
        else:
            self._ears.report("online")


def _refusal(reply: Reply) -> CardRefusal | None:
    """What a refusal means; None for anything else."""
    if isinstance(reply, Nack):
        return refusal_of(reply.error)
    if isinstance(reply, Answer) and reply.error:
        return refusal_of(reply.error)
    return None


def _remarks(page: Page) -> dict[str, object]:
    """Reply keys that say what of the text is not shown as it was asked."""
    remarks: dict[str, object] = {}
    if page.replaced:
        remarks["replaced"] = page.replaced
    if page.truncated:
        remarks["truncated"] = True
    return remarks
