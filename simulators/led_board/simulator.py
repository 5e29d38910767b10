"""The simulated LED board of one entry in the hall file: a text card."""

from functools import partial
from typing import Any, ClassVar, Final

from hallfile.devices import LedBoard
from hallfile.links import parse_link
from simulators.kit.control import NOTHING, Control, choice, flag
from simulators.kit.party import PartyLine, PartyLines
from simulators.kit.picture import Picture
from simulators.kit.stand_in import Stage
from simulators.kit.wired import WiredStandIn
from simulators.led_board.drawing import draw
from simulators.led_board.errors import ERRORS
from simulators.led_board.machine import MODELS, Card, Model

SPEEDS: Final = (9600, 57600)
"""What a card may be set to (protocols.md 4.2)."""


class BoardStandIn(WiredStandIn):
    """A card, and the lamps it lights."""

    kind: ClassVar[str] = "led_board"

    def __init__(self, name: str, entry: LedBoard, stage: Stage, lines: PartyLines | None = None) -> None:
        model, size, clock = MODELS.get(entry.model, Model()), (entry.width, entry.height), stage.clock
        self.card = Card(model, entry.address, size, clock.now(), clock.monotonic())
        super().__init__(name, parse_link(entry.link, stage.premises.data), stage, self.card)
        if lines is not None and self.link.scheme == "serial":
            self._hang_on(lines.at(self.link))
        self.picture: Picture = Picture(stage.premises.pictures / f"{name}.png", stage.studio)
        self.baud = self.link.number("baud", SPEEDS[0])
        """At which the card listens, on a serial line."""
        self._size = size
        self._drawn: object = None

    def controls(self) -> dict[str, Control]:
        return {
            "power": self.turned(self.card, "lit_up"),
            "power_cut": flag(lambda: not self.card.powered, self._cut_power),
            "busy": self.turned(self.card, "busy"),
            "nack": choice(self._refusal, self._refuse, (NOTHING, *ERRORS)),
            "baud": choice(lambda: str(self.baud), self._tune, [str(speed) for speed in SPEEDS]),
            **self.wire_controls(),
        }

    def shows(self) -> dict[str, Any]:
        card = self.card
        return {
            "areas": card.texts(),
            "program": card.plays(),
            "brightness": card.brightness,
            "flash_writes": card.flash.writes,
            "hurried": card.hurried,
            "refusals": card.refusals,
        }

    def stepped(self) -> None:
        while self.card.shows_begun:
            self.first_byte("show", self.card.shows_begun.popleft())
        seen = self.card.shown(), *self._size, self.card.brightness
        if seen != self._drawn:
            self._drawn = seen
            self.picture.want(partial(draw, *seen))

    def hung_up(self) -> None:
        self.card.hang_up()

    def speed(self) -> int | None:
        return self.baud if self.link.scheme == "serial" else None

    def unplug(self) -> None:
        super().unplug()
        self.card.hang_up()

    def _hang_on(self, line: PartyLine) -> None:
        self.wire = line.drop()
        self.wire.on_bytes = self._arrived
        self.wire.on_left = self._left

    def _as_heard(self, data: bytes) -> bytes:
        """At the wrong speed a card hears no byte it could make anything of, and is silent."""
        ours, theirs = self.speed(), self.wire.speed
        return data if ours is None or theirs is None or ours == theirs else b""

    def _cut_power(self, out: bool) -> None:
        """A card on the network is gone with its current; on RS485 the line stays, and nobody answers."""
        if out:
            self.card.cut_power()
            if self.link.scheme == "tcp":
                self.unplug()
        else:
            self.card.restore_power(self.stage.clock.monotonic())
            self.plug()
        self.step()

    def _refusal(self) -> str:
        return next((name for name, code in ERRORS.items() if code == self.card.refuses_with), NOTHING)

    def _refuse(self, name: str) -> None:
        self.card.refuses_with = ERRORS.get(name)

    def _tune(self, speed: str) -> None:
        self.baud = int(speed)
