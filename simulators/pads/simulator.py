"""The simulated pads of the hall file: keys that a hand can press, and lamps it can see."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from hallfile.devices import CallPad, RatingPad
from hallfile.links import BadLink, parse_link
from simulators.kit.control import NOTHING, Control, choice, flag
from simulators.kit.fifo import Fifo
from simulators.kit.stand_in import Stage, StandIn
from simulators.pads.events import (
    EVENT,
    PRESSED,
    RELEASED,
    REPEAT_AFTER_S,
    REPEAT_EVERY_S,
    REPEATED,
    change,
    stroke,
)
from simulators.pads.lamps import Lamps

RATING_KEYS: Final = {"1": 79, "2": 80, "3": 81, "4": 75, "5": 76}
"""KEY_KP1 … KEY_KP5 (protocols.md 3.2): 5 非常满意 … 1 非常不满意."""
CALL_KEYS: Final = {"next": 96, "recall": 78, "pass": 74, "hold": 82, "finish": 83}
"""KEY_KPENTER, KEY_KPPLUS, KEY_KPMINUS, KEY_KP0, KEY_KPDOT."""
MEDIA_KEY: Final = 115
"""KEY_VOLUMEUP: what the other nodes of a pad may send."""


class PadStandIn(StandIn):
    """A keypad. Like a device file, it keeps no key for a driver that is not there.

    ``?nodes=2`` in its link gives it a second node, as pads with media keys have; a driver that does not hold
    it open lets its keys through to the machine.
    """

    keys: ClassVar[Mapping[str, int]]

    def __init__(self, name: str, entry: RatingPad | CallPad, stage: Stage) -> None:
        link = parse_link(entry.link, stage.premises.data)
        if link.scheme != "evdev":
            raise BadLink(f"{self.kind} {name}: {link} can't be simulated; give it evdev:PATH")
        super().__init__(name, link, stage)
        self._fifo = Fifo(Path(link.path))
        self._others = [
            Fifo(Path(f"{link.path}.node{number}")) for number in range(1, link.number("nodes", 1))
        ]
        self._last: str | None = None
        self._pressed = 0
        self._unheard = 0
        self._leaked = 0
        self._bounces = False
        self._stuck = NOTHING
        self._repeat: asyncio.TimerHandle | None = None

    def controls(self) -> dict[str, Control]:
        media = {"media_key": flag(lambda: False, lambda _: self._press_media())} if self._others else {}
        return {
            "key": choice(lambda: self._last, self._press, self.keys),
            "bounce": flag(lambda: self._bounces, self._wear),
            "stuck": choice(lambda: self._stuck, self._stick, (NOTHING, *self.keys)),
            **media,
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        leaked = {"leaked": self._leaked} if self._others else {}
        return {"last_key": self._last, "pressed": self._pressed, "unheard": self._unheard, **leaked}

    @property
    def plugged(self) -> bool:
        return self._fifo.plugged

    def plug(self) -> None:
        for other in self._others:
            other.plug()
        self._fifo.plug()

    def unplug(self) -> None:
        self._let_go()
        self._fifo.unplug()
        for other in self._others:
            other.unplug()

    def _press(self, key: str) -> None:
        self._last = key
        self._pressed += 1
        self._write(stroke(self.keys[key], self.stage.clock.monotonic(), self._bounces))

    def _press_media(self) -> None:
        for other in self._others:
            held = other.heard
            other.write(stroke(MEDIA_KEY, self.stage.clock.monotonic()))
            self._leaked += not held

    def _wear(self, on: bool) -> None:
        self._bounces = on

    def _stick(self, key: str) -> None:
        """A key goes down and stays down, repeating itself as the kernel has it; `none` frees it."""
        self._let_go()
        if key != NOTHING:
            self._stuck = self._last = key
            self._pressed += 1
            self._write(change(self.keys[key], PRESSED, self.stage.clock.monotonic()))
            self._repeat = asyncio.get_running_loop().call_later(REPEAT_AFTER_S, self._repeat_key)

    def _repeat_key(self) -> None:
        self._write(change(self.keys[self._stuck], REPEATED, self.stage.clock.monotonic()))
        self._repeat = asyncio.get_running_loop().call_later(REPEAT_EVERY_S, self._repeat_key)

    def _let_go(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()
            self._repeat = None
            self._write(change(self.keys[self._stuck], RELEASED, self.stage.clock.monotonic()))
        self._stuck = NOTHING

    def _write(self, events: bytes) -> None:
        if self._fifo.write(events) < EVENT.size:
            self._unheard += 1


class RatingPadStandIn(PadStandIn):
    """Five keys at a counter, and a lamp that is lit while a grade is waited for."""

    kind: ClassVar[str] = "rating_pad"
    keys: ClassVar[Mapping[str, int]] = RATING_KEYS

    def __init__(self, name: str, entry: RatingPad | CallPad, stage: Stage) -> None:
        super().__init__(name, entry, stage)
        self._lamps = Lamps(Path(f"{self.link.path}.leds"), self.changed)

    def shows(self) -> dict[str, Any]:
        return {**super().shows(), "lit": any(self._lamps.lit.values())}

    def plug(self) -> None:
        self._lamps.plug()
        super().plug()

    def unplug(self) -> None:
        super().unplug()
        self._lamps.unplug()


class CallPadStandIn(PadStandIn):
    """A clerk's caller."""

    kind: ClassVar[str] = "call_pad"
    keys: ClassVar[Mapping[str, int]] = CALL_KEYS
