"""The simulated LED board of one entry in the hall file."""

from functools import partial
from typing import Any, ClassVar

from hallfile.links import parse_link
from hallfile.schema import LedBoard
from simulators.kit.control import Control
from simulators.kit.picture import Picture
from simulators.kit.stand_in import Stage
from simulators.kit.wired import WiredStandIn
from simulators.led_board.drawing import draw
from simulators.led_board.machine import MODELS, Card, Model


class BoardStandIn(WiredStandIn):
    """A card, and the lamps it lights."""

    kind: ClassVar[str] = "led_board"

    def __init__(self, name: str, entry: LedBoard, stage: Stage) -> None:
        model, size, clock = MODELS.get(entry.model, Model()), (entry.width, entry.height), stage.clock
        self.card = Card(model, entry.address, size, clock.now(), clock.monotonic())
        super().__init__(name, parse_link(entry.link, stage.premises.data), stage, self.card)
        self.picture: Picture = Picture(stage.premises.pictures / f"{name}.png", stage.studio)
        self._size = size
        self._drawn: object = None

    def controls(self) -> dict[str, Control]:
        return {
            "power": self.turned(self.card, "lit_up"),
            "busy": self.turned(self.card, "busy"),
            **self.wire_controls(),
        }

    def shows(self) -> dict[str, Any]:
        card = self.card
        return {
            "areas": card.texts(),
            "brightness": card.brightness,
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
