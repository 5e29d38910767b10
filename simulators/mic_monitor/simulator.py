"""The simulated pickups of the hall file: levels that a hand turns up, scenes it plays."""

from pathlib import Path
from typing import Any, ClassVar, Final

from hallfile.devices import MicMonitor
from hallfile.links import BadLink, parse_link
from simulators.kit.control import NOTHING, Control, choice, flag, number
from simulators.kit.fifo import Fifo
from simulators.kit.stand_in import Stage, StandIn
from simulators.mic_monitor.pickup import SCENES, Pickup
from simulators.mic_monitor.ticker import Ticker

QUIET_DB: Final = 52.0
"""A hall at work, ours."""
UNCALIBRATED_FULL_SCALE_DB: Final = 120.0
"""What a pickup is built to, where the hall file does not say."""
MOST_AT_ONCE_S: Final = 0.5
"""Time that was slept through beyond this is left out: a real microphone would have overrun."""
PIPE_BYTES: Final = 32 * 1024
"""About a third of a second: what a driver may fall behind before samples are lost."""


class MicStandIn(StandIn):
    """A pickup that streams s16le samples into a FIFO in real time."""

    kind: ClassVar[str] = "mic_monitor"

    def __init__(self, name: str, entry: MicMonitor, stage: Stage, ticker: Ticker) -> None:
        link = parse_link(entry.link, stage.premises.data)
        if link.scheme != "pcm":
            raise BadLink(f"{self.kind} {name}: {link} can't be simulated; give it pcm:PATH")
        super().__init__(name, link, stage)
        full_scale = UNCALIBRATED_FULL_SCALE_DB if entry.full_scale_db is None else entry.full_scale_db
        self._rate = link.number("rate", 48000)
        self.pickup = Pickup(self._rate, full_scale, QUIET_DB, stage.chance(name).random())
        self._fifo = Fifo(Path(link.path), PIPE_BYTES)
        self._half = b""
        """The rest of a sample of which the pipe took only one byte."""
        self._heard_until = 0.0
        self._scene: str | None = None
        ticker.listeners.append(self)

    def controls(self) -> dict[str, Control]:
        pickup = self.pickup
        return {
            "level": number(lambda: pickup.level, lambda level: setattr(pickup, "level", level), 20, 110),
            "scene": choice(lambda: pickup.scene or NOTHING, self._play, [NOTHING, *SCENES]),
            "dead": flag(lambda: pickup.dead, lambda on: setattr(pickup, "dead", on)),
            "clipped": flag(lambda: pickup.clipped, lambda on: setattr(pickup, "clipped", on)),
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        return {"sounding": round(self.pickup.sounding, 1), "lost": self._fifo.lost}

    @property
    def plugged(self) -> bool:
        return self._fifo.plugged

    def plug(self) -> None:
        self._fifo.plug()
        self._half = b""
        self._heard_until = self.stage.clock.monotonic()

    def unplug(self) -> None:
        self._fifo.unplug()

    def tick(self, now: float) -> None:
        """Stream what was heard since the last tick, if anybody listens."""
        count = int((now - self._heard_until) * self._rate)
        self._heard_until += count / self._rate
        if count > MOST_AT_ONCE_S * self._rate or not self._fifo.heard:
            self.pickup.skip(count)
        else:
            self._stream(count)
        if self.pickup.scene != self._scene:
            self._scene = self.pickup.scene
            self.changed()

    def _stream(self, count: int) -> None:
        data = self._half + self.pickup.hear(count)
        sent = self._fifo.write(data)
        self._half = data[sent : sent + sent % 2]

    def _play(self, scene: str) -> None:
        self.pickup.play(None if scene == NOTHING else scene)
