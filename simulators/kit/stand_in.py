"""One simulated device on the bus: what can be seen on it, and the hand that may touch it."""

import asyncio
from abc import ABC, abstractmethod
from concurrent.futures import Executor
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Final

from broker.client import Bus
from broker.clock import Clock
from broker.door import Door, Refusal
from broker.inbox import MemoryInbox
from broker.messages.envelope import Command
from broker.messages.simulators import FirstByte, SimulatorState, Switch
from broker.now_and_then import NowAndThen
from broker.topics import Topic
from hallfile.catalogue import Catalogue
from hallfile.links import LinkUrl
from hallfile.premises import Premises
from simulators.kit.control import BadValue, Control, flag
from simulators.kit.picture import Picture

PUBLISH_GAP_S: Final = 0.25
"""A state is published at most four times a second, real time."""
RETRY_S: Final = 1.0
"""How long until a place that was taken is tried again, real seconds."""


@dataclass(frozen=True)
class Stage:
    """What every simulated device is given."""

    premises: Premises
    bus: Bus
    texts: Catalogue
    studio: Executor
    """Where pictures are drawn, one at a time, off the event loop."""

    @property
    def clock(self) -> Clock:
        return self.bus.clock

    def chance(self, name: str) -> Random:
        """The randomness of one device: the same in every run with the same seed."""
        return Random(f"{self.premises.hall.simulation.seed}/{name}")


class StandIn(ABC):
    """A simulated device: its controls, its state on the bus, its picture."""

    kind: ClassVar[str]

    def __init__(self, name: str, link: LinkUrl, stage: Stage) -> None:
        self.name = name
        self.link = link
        self.stage = stage
        self.picture: Picture | None = None
        self._topic: Topic = stage.bus.topic("simulator", name, "state")
        self._controls: dict[str, Control] = {}
        self._published: tuple[object, ...] | None = None
        self._published_at = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    @abstractmethod
    def controls(self) -> dict[str, Control]:
        """What a hand can do to it; asked once, when it starts."""

    @abstractmethod
    def shows(self) -> dict[str, Any]:
        """What can be seen on it."""

    @property
    @abstractmethod
    def plugged(self) -> bool:
        """Whether a driver finds its link."""

    @abstractmethod
    def plug(self) -> None:
        """Make its link appear; raises `OSError` when the place is taken."""

    @abstractmethod
    def unplug(self) -> None:
        """Pull its plug."""

    async def run(self) -> None:
        """Stand at the end of the link until cancelled."""
        self._controls = self.controls()
        bus = self.stage.bus
        bus.own(self._topic, self._state)
        door = Door(
            bus, self._topic.sibling("command"), self._act, MemoryInbox(limit=64), self.stage.texts.__call__
        )
        try:
            await self._plug_first()
            if self.picture is None:
                await asyncio.get_running_loop().create_future()
            else:
                await self.picture.run(self.changed)
        finally:
            self.close()
            await door.close()

    def close(self) -> None:
        """Leave nothing behind: no link, no timer."""
        self.unplug()
        if self._timer is not None:
            self._timer.cancel()

    def plug_control(self) -> Control:
        """The plug, for a hand to pull."""
        return flag(lambda: not self.plugged, lambda out: self.unplug() if out else self.plug())

    def changed(self) -> None:
        """Something may look different now: publish it soon, and not too often."""
        if self._timer is None:
            wait = self._published_at + PUBLISH_GAP_S - self.stage.clock.monotonic()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, wait), self._publish)

    def first_byte(self, what: str, at: float) -> None:
        """Tell the bench when a job's first byte arrived (`at` on CLOCK_MONOTONIC, seconds)."""
        bus = self.stage.bus
        event = FirstByte(id=bus.new_id(), at=bus.clock.now(), monotonic_ns=round(at * 1e9), what=what)
        bus.tell(self._topic.sibling("event"), event)

    def text(self, key: str, **values: object) -> str:
        """A text of this room in the hall's language."""
        return self.stage.texts(key, **values)

    async def _plug_first(self) -> None:
        grumble = NowAndThen(self.stage.clock)
        while True:
            try:
                self.plug()
            except OSError as error:
                grumble(
                    "the simulated %s %s can't stand at %s (%s); end what else uses it. Trying again",
                    self.kind,
                    self.name,
                    self.link,
                    error,
                )
                await asyncio.sleep(RETRY_S)
            else:
                self.changed()
                return

    async def _act(self, command: Command) -> dict[str, Any]:
        if not isinstance(command, Switch):
            raise Refusal("unknown_type", self.text("unknown_type"))
        control = self._controls.get(command.control)
        if control is None:
            known = ", ".join(self._controls)
            raise Refusal("unknown_control", self.text("unknown_control", known=known))
        try:
            control.turn(command.value)
        except BadValue as bad:
            raise Refusal("bad_value", self.text("bad_value", control=command.control, takes=bad)) from None
        except OSError as error:
            raise Refusal("link_taken", self.text("link_taken", link=self.link, error=error)) from None
        self.changed()
        return {}

    def _publish(self) -> None:
        self._timer = None
        seen = self._seen()
        if seen != self._published:
            self._published = seen
            self._published_at = self.stage.clock.monotonic()
            self.stage.bus.refresh(self._topic)

    def _seen(self) -> tuple[object, ...]:
        version = self.picture.version if self.picture else 0
        return {name: control.read() for name, control in self._controls.items()}, self.shows(), version

    def _state(self) -> SimulatorState:
        bus = self.stage.bus
        return SimulatorState(
            id=bus.new_id(),
            at=bus.clock.now(),
            kind=self.kind,
            controls={name: control.read() for name, control in self._controls.items()},
            choices={
                name: list(control.choices) for name, control in self._controls.items() if control.choices
            },
            shows=self.shows(),
            picture=self.picture.file.name if self.picture else None,
            picture_version=self.picture.version if self.picture else 0,
        )
