"""A pixel board as a panel: its pages are drawn here and sent as pictures (protocols.md 4.3).

Nothing comes back. A receiver falls back to what it likes about 2.5 s after the stream stops, so the whole
picture is sent each second, whether it has changed or not.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import ClassVar, Final

import numpy as np

from broker.clock import Clock
from devices.kit.errors import LinkLost, Misconfigured
from devices.kit.exchange import together
from devices.kit.link import Link
from devices.led_board.canvas import FindFont, Layer, Pixels, Typesetter
from devices.led_board.ddp import Sender
from devices.led_board.models import PixelBoard
from devices.led_board.panel import Ears, NotDone, Outcome, Panel, Shown, Wanted
from devices.led_board.receiver import answers
from devices.led_board.timetable import half_hours, intervals
from hallfile.devices import BoardArea, LedBoard
from hallfile.links import BadLink, LinkUrl

log = logging.getLogger(__name__)

REPEAT_S: Final = 1.0
CHECK_EVERY_S: Final = 10.0
BRIGHTEST: Final = 15
WEB_PORT: Final = 80


class PixelPanel(Panel):
    """One board of width × height pixels, row by row from the upper left."""

    outcome: ClassVar[Outcome] = "sent"

    def __init__(
        self,
        board: LedBoard,
        model: PixelBoard,
        link: Link,
        url: LinkUrl,
        clock: Clock,
        ears: Ears,
        find: FindFont,
        sentence: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._board = board
        self._link = link
        self._url = url
        self._clock = clock
        self._ears = ears
        self._sentence = sentence
        self._period_s = 1 / model.frames_per_s
        self._typesetter = Typesetter(find)
        self._sender = Sender(model.packet_bytes)
        self._layers: dict[str, tuple[Layer, float, float | None]] = {}
        """Area → what is shown, since when and until when."""
        self._idle = self._idle_layer()
        self._levels = half_hours(board.brightness) if board.brightness else None
        self._level: int | None = None
        """Asked for by hand."""
        self._switched: tuple[bool, bool] | None = None
        """Asked for by hand, and what the hall file said then: it holds until that changes."""
        self._changed = asyncio.Event()
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        for area, shown in self._ears.shown().items():
            self._layers[area] = (self._lay(area, shown.wanted), self._clock.monotonic(), shown.until)
        await self._send(whole=True)
        self._ears.ready(self)
        await together(self._play(), self._listen(), self._watch())

    async def show(self, area: str, wanted: Wanted) -> Shown:
        layer, now = self._lay(area, wanted), self._clock.monotonic()
        until = None if wanted.seconds is None else now + wanted.seconds
        self._layers[area] = (layer, now, until)
        await self._send_changed()
        return Shown(wanted, layer.text, until)

    async def clear(self) -> None:
        self._layers.clear()
        await self._send_changed()

    async def dim(self, level: int) -> None:
        self._level = level
        await self._send_changed()

    async def light(self, on: bool) -> None:
        self._switched = (on, self._is_due_on())
        await self._send_changed()

    def picture(self) -> Pixels:
        """What the board is to show now."""
        now, board = self._clock.monotonic(), self._board
        self._layers = {
            area: shown for area, shown in self._layers.items() if shown[2] is None or shown[2] > now
        }
        whole = np.zeros((board.height, board.width, 3), dtype=np.uint8)
        if not self._is_lit():
            return whole
        layers = [(layer, since) for layer, since, _ in self._layers.values()]
        if not layers and self._idle is not None:
            layers = [(self._idle, 0.0)]
        for layer, since in layers:
            place = layer.place
            window = whole[place.y : place.y + place.height, place.x : place.x + place.width]
            window[:] = layer.at(now - since)
        return (whole.astype(np.uint16) * self._brightness() // BRIGHTEST).astype(np.uint8)

    async def _play(self) -> None:
        """Send pictures at a steady rate while something moves, and the whole of it each second anyway."""
        clock = self._clock
        due = whole_due = clock.monotonic()
        while True:
            now = clock.monotonic()
            if whole := now >= whole_due:
                whole_due = now + REPEAT_S
            await self._send(whole=whole)
            due = max(due + self._period_s, clock.monotonic()) if self._moves() else whole_due
            self._changed.clear()
            try:
                async with asyncio.timeout(due - clock.monotonic()):
                    await self._changed.wait()
                due = clock.monotonic()
            except TimeoutError:
                pass

    async def _listen(self) -> None:
        """Whatever a receiver says is no confirmation; but that nobody listens is heard here."""
        while True:
            await self._link.read()

    async def _watch(self) -> None:
        """Say what is known: nothing, unless the receiver's web page is asked."""
        try:
            port = self._url.number("check_port", WEB_PORT)
        except BadLink as error:
            raise Misconfigured(f"{error}; correct it in the hall file") from None
        while self._url.options.get("check") == "http":
            if await answers(self._url.host, port):
                self._ears.report("online")
            else:
                self._ears.report("offline", self._sentence("board_check_failed"))
            await asyncio.sleep(CHECK_EVERY_S)
        self.told.unverified = True
        self._ears.report("offline", self._sentence("board_unverified"))
        self._ears.changed()
        await asyncio.get_running_loop().create_future()

    async def _send_changed(self) -> None:
        try:
            await self._send(whole=False)
        except LinkLost:
            raise NotDone("link_lost", outcome="sent") from None
        self._changed.set()

    async def _send(self, *, whole: bool) -> None:
        async with self._sending:
            for packet in self._sender.packets(self.picture().tobytes(), whole=whole):
                await self._link.write(packet)

    def _lay(self, area: str, wanted: Wanted) -> Layer:
        return self._typesetter.lay(wanted, self._board.areas[area])

    def _idle_layer(self) -> Layer | None:
        idle, board = self._board.idle, self._board
        if idle is None:
            return None
        place = BoardArea(x=0, y=0, width=board.width, height=board.height, font_px=idle.font_px)
        return self._typesetter.lay(Wanted(idle.text, idle.colour), place)

    def _moves(self) -> bool:
        layers = [layer for layer, _, _ in self._layers.values()]
        if not layers and self._idle is not None:
            layers = [self._idle]
        return any(layer.moves for layer in layers)

    def _brightness(self) -> int:
        if self._level is not None:
            return self._level
        now = self._clock.now()
        return BRIGHTEST if self._levels is None else self._levels[now.hour * 2 + now.minute // 30]

    def _is_lit(self) -> bool:
        due = self._is_due_on()
        if self._switched is not None and self._switched[1] == due:
            return self._switched[0]
        self._switched = None
        return due

    def _is_due_on(self) -> bool:
        """What the hall file says of this time of day."""
        hours = self._board.power
        now = self._clock.now().time()
        return not hours or any(opens <= now < closes for opens, closes in intervals(hours))
