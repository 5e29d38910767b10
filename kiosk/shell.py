"""One touch screen on the bus: happenings in, pictures and requests out."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from broker.client import Bus
from broker.door import Door, Refusal
from broker.inbox import MemoryInbox
from broker.messages.devices import DeviceWord
from broker.messages.hall import KioskState
from broker.messages.simulators import SimulatorState, Touch
from broker.pulse import Heart
from hallfile.catalogue import Catalogue
from hallfile.notes import Notes, are_erased_in
from kiosk.asking import Mouth
from kiosk.easel import Easel
from kiosk.listening import Ear
from kiosk.presenters.floor import Floor
from kiosk.presenters.happenings import (
    CardFailed,
    CardLaid,
    ConnectionTold,
    Happening,
    PhonesKept,
    Ticked,
    Touched,
)
from kiosk.presenters.model import Model, first_model
from kiosk.presenters.patience import is_at_rest
from kiosk.presenters.present import advance
from kiosk.screens.frame import Frame
from kiosk.screens.widgets import Touchable, View, Widget, damage
from kiosk.stage import Album, Finger, Nowhere, Stage, Window
from kiosk.technician.door import TechniciansDoor
from kiosk.technician.knock import Knock
from kiosk.technician.tools import Tool
from kiosk.voice import Voice

log = logging.getLogger(__name__)

TICK_S: Final = 0.25
"""How often the presenters are told the time, real seconds."""


class Shell:
    """Runs the screen of one kiosk."""

    def __init__(
        self,
        bus: Bus,
        floor: Floor,
        easel: Easel,
        stage: Stage,
        sentence: Catalogue,
        data: Path | None = None,
    ) -> None:
        """`data` is the hall's folder; without one there is no way in for a technician, nor a place for
        a visitor's number.
        """
        self.model = first_model(floor, bus.clock.monotonic())
        self.view: View | None = None
        """What is on show."""
        self._bus = bus
        self._easel = easel
        self._stage = stage
        self._sentence = sentence
        self._pressed: Touchable | None = None
        self._drawn: tuple[object, ...] | None = None
        self._said = ""
        self._sheet: tuple[str, object, int] | None = None
        self._heart = Heart()
        self._changed = asyncio.Event()
        self._next_tick = float("-inf")
        self._since: datetime = bus.clock.now()
        self._told: tuple[str, str] | None = None
        self._data = data
        notes = Notes(data) if data is not None else None
        self._mouth = Mouth(bus, floor.kiosk, sentence, self.happen, notes)
        self._ear = Ear(bus, floor, self.happen)
        self._door: Door | None = None
        settings = data / f"kiosk-{floor.kiosk}-sound.json" if data is not None else None
        self._voice = Voice(settings, silent=not isinstance(stage, Window))
        knock = Knock(easel.rect, easel.corner)
        self._technician = TechniciansDoor(
            bus, floor, knock, self._voice, sentence, data, easel.font, self._changed.set
        )
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
            self._voice.hush()
            await self._technician.close()
            await self._mouth.close()
            if self._door is not None:
                await self._door.close()

    def happen(self, happening: Happening) -> None:
        """Let the presenters act on something now."""
        if self._technician.is_open and isinstance(happening, CardLaid | CardFailed):
            return
        step = advance(self.model, happening, self._bus.clock.monotonic(), self._bus.new_id)
        if step.model is not self.model:
            self.model = step.model
            self._changed.set()
        for request in step.requests:
            self._mouth.ask(request)

    def touch(self, x: int, y: int) -> Touchable | None:
        """A finger that came down and went up again at a place of the screen; says which control it met."""
        met = self._under(x, y)
        self._act(met, x, y)
        return met

    def _under(self, x: int, y: int) -> Touchable | None:
        return self.view.hit(x, y) if self.view is not None else None

    def _act(self, met: Touchable | None, x: int, y: int) -> None:
        """Behind the technician's door, or on the citizens' page."""
        now = self._bus.clock.monotonic()
        if self._technician.is_open:
            if met is None or isinstance(met, Tool):
                self._technician.felt(met, now)
            return
        if is_at_rest(self.model) and self._technician.heard(x, y, now):
            self._changed.set()
            return
        if not isinstance(met, Tool):
            self.happen(Touched(met))

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
        self._technician.ticked(now)
        if now >= self._next_tick:
            self._next_tick = now + TICK_S
            self.happen(ConnectionTold(self._bus.connected.is_set()))
            self.happen(Ticked(self._bus.clock.now()))
            self.happen(PhonesKept(self._data is not None and are_erased_in(self._data)))

    def _felt(self, finger: Finger) -> None:
        """A control acts when the finger leaves it where it came down."""
        met = self._under(finger.x, finger.y)
        if finger.phase == "down":
            self._pressed = met
            return
        pressed, self._pressed = self._pressed, None
        self._act(met if met == pressed else None, finger.x, finger.y)

    def _redraw(self) -> None:
        shown = (self.model, self._pressed, self._technician.shown(self._bus.clock.monotonic()))
        if self._drawn == shown:
            return
        self._drawn = shown
        view = self._view()
        self._speak()
        area = damage(self.view, view)
        if area is None:
            return
        self.view = view
        sheet = _sheet(self.model)
        if (
            self._sheet is not None
            and sheet is not None
            and sheet[:2] == self._sheet[:2]
            and sheet != self._sheet
        ):
            self._stage.turn(view, area, 1 if sheet[2] > self._sheet[2] else -1)
        else:
            self._stage.show(view, area)
        self._sheet = sheet
        if isinstance(self._stage, Album):
            self._bus.refresh(self._simulator)
        if (told := (self._screen(), self.model.language)) != self._told:
            self._told = told
            self._bus.refresh(self._own)

    def _view(self) -> View:
        if not self._technician.is_open:
            return self._easel.view(self.model, self._pressed)
        now, heard = self._bus.clock.monotonic(), self.model.facts.controller_heard_at
        heard_s = None if heard is None else now - heard

        def page(frame: Frame) -> list[Widget]:
            return self._technician.drawn(frame, heard_s, now)

        return self._easel.drawn(self.model, page, self._pressed)

    def _speak(self) -> None:
        """Say what the page asks, once; with the mode, or the page, the voice ends too."""
        prompt = "" if self._technician.is_open else self._easel.prompt(self.model)
        if prompt != self._said:
            self._said = prompt
            self._voice.say(prompt, self.model.language)

    def _screen(self) -> str:
        return "technician" if self._technician.is_open else self.model.screen

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
            screen=self._screen(),
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
            shows={"width": rect.w, "height": rect.h, "screen": self._screen(), "targets": targets},
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


def _sheet(model: Model) -> tuple[str, object, int] | None:
    """Which list is on show, for whom, and which sheet of it; None for a page without sheets."""
    start = getattr(model.page, "start", None)
    return (model.screen, (model.language, model.modes), start) if isinstance(start, int) else None
