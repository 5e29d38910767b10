"""The simulated pads of the hall file: keys that a hand can press."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from hallfile.links import BadLink, parse_link
from hallfile.schema import CallPad, RatingPad
from simulators.kit.control import Control, choice, flag
from simulators.kit.fifo import Fifo
from simulators.kit.stand_in import Stage, StandIn
from simulators.pads.events import EVENT, stroke

RATING_KEYS: Final = {"1": 79, "2": 80, "3": 81, "4": 75, "5": 76}
"""KEY_KP1 … KEY_KP5 (protocols.md 3.2): 5 非常满意 … 1 非常不满意."""
CALL_KEYS: Final = {"next": 96, "recall": 78, "pass": 74, "hold": 82, "finish": 83}
"""KEY_KPENTER, KEY_KPPLUS, KEY_KPMINUS, KEY_KP0, KEY_KPDOT."""


class PadStandIn(StandIn):
    """A keypad. Like a device file, it keeps no key for a driver that is not there."""

    keys: ClassVar[Mapping[str, int]]

    def __init__(self, name: str, entry: RatingPad | CallPad, stage: Stage) -> None:
        link = parse_link(entry.link, stage.premises.data)
        if link.scheme != "evdev":
            raise BadLink(f"{self.kind} {name}: {link} can't be simulated; give it evdev:PATH")
        super().__init__(name, link, stage)
        self._fifo = Fifo(Path(link.path))
        self._last: str | None = None
        self._pressed = 0
        self._unheard = 0
        self._bounces = False

    def controls(self) -> dict[str, Control]:
        return {
            "key": choice(lambda: self._last, self._press, self.keys),
            "bounce": flag(lambda: self._bounces, self._wear),
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        return {"last_key": self._last, "pressed": self._pressed, "unheard": self._unheard}

    @property
    def plugged(self) -> bool:
        return self._fifo.plugged

    def plug(self) -> None:
        self._fifo.plug()

    def unplug(self) -> None:
        self._fifo.unplug()

    def _press(self, key: str) -> None:
        self._last = key
        self._pressed += 1
        events = stroke(self.keys[key], self.stage.clock.monotonic(), self._bounces)
        if self._fifo.write(events) < EVENT.size:
            self._unheard += 1

    def _wear(self, on: bool) -> None:
        self._bounces = on


class RatingPadStandIn(PadStandIn):
    """Five keys at a counter."""

    kind: ClassVar[str] = "rating_pad"
    keys: ClassVar[Mapping[str, int]] = RATING_KEYS


class CallPadStandIn(PadStandIn):
    """A clerk's caller."""

    kind: ClassVar[str] = "call_pad"
    keys: ClassVar[Mapping[str, int]] = CALL_KEYS
