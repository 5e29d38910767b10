"""One touch screen on the bus: happenings in, pictures and requests out."""

import asyncio
import logging
from datetime import datetime
from typing import Any, Final

from broker.client import Bus
from broker.door import Door, Refusal
from broker.inbox import MemoryInbox
from broker.messages.devices import DeviceWord
from broker.messages.hall import KioskState
from broker.messages.simulators import SimulatorState, Touch
from broker.pulse import Heart
from hallfile.catalogue import Catalogue
from kiosk.asking import Mouth
from kiosk.easel import Easel
from kiosk.listening import Ear
from kiosk.presenters.actions import Action
from kiosk.presenters.floor import Floor
from kiosk.presenters.happenings import ConnectionTold, Happening, Ticked, Touched
from kiosk.presenters.model import Model, first_model
from kiosk.presenters.present import advance
from kiosk.screens.widgets import View, damage
from kiosk.stage import Album, Finger, Nowhere, Stage

log = logging.getLogger(__name__)

TICK_S: Final = 0.25
"""How often the presenters are told the time, real seconds."""


class Shell:
    """Runs the screen of one kiosk."""

    def __init__(self, bus: Bus, floor: Floor, easel: Easel, stage: Stage, sentence: Catalogue) -> None:
        self.model = first_model(floor, bus.clock.monotonic())
        self.view: View | None = None
        """What is on show."""
        self._bus = bus
        self._easel = easel
        self._stage = stage
        self._sentence = sentence
        self._pressed: Action | None = None
        self._drawn: tuple[Model, Action | None] | None = None
        self._heart = Heart()
        self._changed = asyncio.Event()
        self._next_tick = float("-inf")
        self._since: datetime = bus.clock.now()
        self._told: tuple[str, str] | None = None
        self._mouth = Mouth(bus, floor.kiosk, sentence, self.happen)
        self._ear = Ear(bus, floor, self.happen)
        self._door: Door | None = None
        self._own = bus.topic("kiosk", floor.kiosk, "state")
        self._simulator = bus.topic("simulator", floor.kiosk, "state")

    async def run(self) -> None:
        """Keep the screen alive until cancelled."""
        self._come_onto_the_bus()
        try:
            while True:
                self._look()
                self._redraw()
                self._heart.beat(self._bus.clock.monotonic())
                await self._stage.rest(self._changed)
        finally:
            await self._mouth.close()
            if self._door is not None:
                await self._door.close()

    def happen(self, happening: Happening) -> None:
        """Let the presenters act on something now."""
        step = advance(self.model, happening, self._bus.clock.monotonic(), self._bus.new_id)
        if step.model is not self.model:
            self.model = step.model
            self._changed.set()
        for request in step.requests:
            self._mouth.ask(request)

    def touch(self, x: int, y: int) -> Action | None:
        """A finger that came down and went up again at a place of the screen; says which control it met."""
        action = self.view.hit(x, y) if self.view is not None else None
        self.happen(Touched(action))
        return action

    def _come_onto_the_bus(self) -> None:
        self._ear.listen()
        self._bus.own_availability(self._own.sibling("availability"), lambda: self._word() == "online")
        self._bus.own(self._own, self._state)
        if isinstance(self._stage, Album):
            command = self._simulator.sibling("command")
            self._door = Door(self._bus, command, self._touched_from_afar, MemoryInbox(), self._refusal)
            self._bus.own(self._simulator, self._simulated)

    def _look(self) -> None:
        self._changed.clear()
        for finger in self._stage.fingers():
            self._felt(finger)
        now = self._bus.clock.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + TICK_S
            self.happen(ConnectionTold(self._bus.connected.is_set()))
            self.happen(Ticked(self._bus.clock.now()))

    def _felt(self, finger: Finger) -> None:
        """A control acts when the finger leaves it where it came down."""
        action = self.view.hit(finger.x, finger.y) if self.view is not None else None
        if finger.phase == "down":
            self._pressed = action
            return
        pressed, self._pressed = self._pressed, None
        self.happen(Touched(action if action == pressed else None))

    def _redraw(self) -> None:
        if self._drawn is not None and self._drawn[0] is self.model and self._drawn[1] == self._pressed:
            return
        self._drawn = (self.model, self._pressed)
        view = self._easel.view(self.model, self._pressed)
        area = damage(self.view, view)
        if area is None:
            return
        self.view = view
        self._stage.show(view, area)
        if isinstance(self._stage, Album):
            self._bus.refresh(self._simulator)
        if (told := (self.model.screen, self.model.language)) != self._told:
            self._told = told
            self._bus.refresh(self._own)

    def _word(self) -> DeviceWord:
        return "noDevice" if isinstance(self._stage, Nowhere) else "online"

    def _state(self) -> KioskState:
        word = self._word()
        return KioskState(
            id=self._bus.new_id(),
            at=self._bus.clock.now(),
            device=word,
            since=self._since,
            cause=None if word == "online" else self._sentence("device.no_display"),
            screen=self.model.screen,
            language=self.model.language,
            refused=self._door.refused if self._door else 0,
        )

    def _simulated(self) -> SimulatorState:
        rect = self._easel.rect
        targets = {str(panel.action): list(panel.rect) for panel in self.view.targets()} if self.view else {}
        album = self._stage if isinstance(self._stage, Album) else None
        return SimulatorState(
            id=self._bus.new_id(),
            at=self._bus.clock.now(),
            kind="kiosk",
            controls={},
            shows={"width": rect.w, "height": rect.h, "screen": self.model.screen, "targets": targets},
            picture=album.path.name if album else None,
            picture_version=album.version if album else 0,
        )

    async def _touched_from_afar(self, command: Any) -> dict[str, Any]:
        if isinstance(command, Touch):
            met = self.touch(command.x, command.y)
            return {"details": {"target": None if met is None else str(met)}}
        raise Refusal("unknown_type", self._refusal("unknown_type"))

    def _refusal(self, code: str) -> str:
        return self._sentence(f"refuse.{code}")
