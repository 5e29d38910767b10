"""A simulated device that speaks over a wire: a state machine on one side, bytes on the other."""

import asyncio
from abc import abstractmethod
from math import inf
from random import Random
from typing import Any, Final, Protocol

from hallfile.links import LinkUrl
from simulators.kit.control import Control, flag, number
from simulators.kit.faults import BYTE_GAP_S, Faults, Way
from simulators.kit.stand_in import Stage, StandIn
from simulators.kit.wire import wire_to

LONGEST_SLEEP_S: Final = 3600.0
LONGEST_DELAY_MS: Final = 5000


class Machine(Protocol):
    """A device that knows physics and a dialect. All times are real seconds on one monotonic clock."""

    def receive(self, data: bytes, now: float) -> None:
        """Bytes arrived from the host."""
        ...

    def advance(self, now: float) -> None:
        """Let time pass up to `now`."""
        ...

    def take(self) -> bytes:
        """What it has said since last asked."""
        ...

    def due(self) -> float | None:
        """When it next does something by itself; None when only bytes or a hand can wake it."""
        ...


class WiredStandIn(StandIn):
    """Feeds a machine with the wire's bytes and the clock's time, and lets a hand disturb the wire."""

    def __init__(self, name: str, link: LinkUrl, stage: Stage, machine: Machine) -> None:
        super().__init__(name, link, stage)
        self.wire = wire_to(link)
        self.wire.on_bytes = self._arrived
        self.wire.on_left = self._left
        self.chance: Random = stage.chance(name)
        self.silent = False
        self.faults = Faults()
        self._to_device = Way(self.faults, stage.chance(f"{name}/to device"))
        self._to_host = Way(self.faults, stage.chance(f"{name}/to host"))
        self._machine = machine
        self._wake: asyncio.TimerHandle | None = None

    @abstractmethod
    def stepped(self) -> None:
        """The machine has moved: look at what became of it."""

    def hung_up(self) -> None:
        """The driver closed the connection, on wires where a device can tell."""

    def speed(self) -> int | None:
        """Bits per second at which the device listens, as the hall file has it; None for any."""
        return self.link.number("baud", 115200) if self.link.scheme == "serial" else None

    @property
    def plugged(self) -> bool:
        return self.wire.plugged

    def plug(self) -> None:
        self.wire.plug()
        self.step()

    def unplug(self) -> None:
        self.wire.unplug()
        self._to_device.clear()
        self._to_host.clear()

    def close(self) -> None:
        super().close()
        if self._wake is not None:
            self._wake.cancel()

    def step(self) -> None:
        """Let the machine catch up with the clock, say what it has to say, and sleep until it is due."""
        now = self.stage.clock.monotonic()
        for piece in self._to_device.take(now):
            self._machine.receive(piece, now)
        self._catch_up(now)
        for piece in self._to_host.take(now):
            self.wire.write(piece)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        moments = (self._machine.due(), self._to_device.due(), self._to_host.due())
        if (due := min((moment for moment in moments if moment is not None), default=None)) is not None:
            wait = min(max(0.0, due - now), LONGEST_SLEEP_S)
            self._wake = asyncio.get_running_loop().call_later(wait, self.step)
        self.stepped()
        self.changed()

    def _catch_up(self, now: float) -> None:
        """One thing after another, however late: what is said before a change of speed is said at the old."""
        past = -inf
        while (due := self._machine.due()) is not None and past < due < now:
            self._advance(due, now)
            past = due
        self._advance(now, now)

    def _advance(self, moment: float, now: float) -> None:
        self._machine.advance(moment)
        if said := self._machine.take():
            self._say(said, now)

    def wire_controls(self) -> dict[str, Control]:
        """The faults that any wire can have."""
        faults = self.faults
        return {
            "silent": flag(lambda: self.silent, lambda on: setattr(self, "silent", on)),
            "garbage": flag(lambda: faults.garbage, lambda on: setattr(faults, "garbage", on)),
            "one_byte": flag(lambda: faults.one_byte, lambda on: setattr(faults, "one_byte", on)),
            "loss": number(lambda: faults.loss, lambda share: setattr(faults, "loss", share), 0, 100),
            "delay_ms": number(
                lambda: faults.delay_ms, lambda late: setattr(faults, "delay_ms", late), 0, LONGEST_DELAY_MS
            ),
            "unplugged": self.plug_control(),
        }

    def turned(self, thing: Any, attribute: str) -> Control:
        """A switch over a yes-or-no attribute of the machine, which then looks at itself."""

        def turn(on: bool) -> None:
            setattr(thing, attribute, on)
            self.step()

        return flag(lambda: bool(getattr(thing, attribute)), turn)

    def _arrived(self, data: bytes) -> None:
        self._to_device.put(self._as_heard(data), self.stage.clock.monotonic())
        self.step()

    def _say(self, said: bytes, now: float) -> None:
        if not self.silent:
            noise = self.faults.garbage
            heard = self.chance.randbytes(len(said)) if noise else self._as_heard(said)
            self._to_host.put(heard, now, gap_s=BYTE_GAP_S)

    def _as_heard(self, data: bytes) -> bytes:
        """Two ends at different speeds hear noise."""
        ours, theirs = self.speed(), self.wire.speed
        if ours is None or theirs is None or ours == theirs:
            return data
        return self.chance.randbytes(len(data))

    def _left(self) -> None:
        self._to_device.clear()
        self._to_host.clear()
        self.hung_up()
        self.step()
