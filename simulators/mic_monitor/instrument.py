"""The simulated noise transmitters of the hall file: on a line of their own or several on one."""

from typing import Any, ClassVar, Final

from hallfile.devices import MicMonitor
from hallfile.links import BadLink, parse_link
from simulators.kit.control import NOTHING, Control, choice, number
from simulators.kit.party import PartyLine, PartyLines
from simulators.kit.stand_in import Stage
from simulators.kit.wired import WiredStandIn
from simulators.mic_monitor.loudness import Loudness
from simulators.mic_monitor.pickup import SCENES
from simulators.mic_monitor.transmitters import DIALECTS, PUSHERS, Pusher, Transmitter

INSTRUMENTS: Final = frozenset(DIALECTS) | frozenset(PUSHERS)
"""Models that meter for themselves."""
QUIET_DB: Final = 52.0
"""A hall at work, ours."""
PUSHES_EVERY_S: Final = 0.5


class InstrumentStandIn(WiredStandIn):
    """A transmitter and the counter it hangs over."""

    kind: ClassVar[str] = "mic_monitor"

    def __init__(self, name: str, entry: MicMonitor, stage: Stage, lines: PartyLines | None = None) -> None:
        self.machine = _machine(name, entry)
        super().__init__(name, parse_link(entry.link, stage.premises.data), stage, self.machine)
        dialect = DIALECTS.get(entry.model)
        self._baud = self.link.number("baud", PUSHERS[entry.model] if dialect is None else dialect.baud)
        if lines is not None and dialect is not None and self.link.scheme == "serial":
            self._hang_on(lines.at(self.link))

    @property
    def loudness(self) -> Loudness:
        return self.machine.loudness

    def controls(self) -> dict[str, Control]:
        loudness = self.loudness
        controls = {
            "level": number(lambda: loudness.level, lambda level: setattr(loudness, "level", level), 20, 110),
            "scene": choice(lambda: loudness.scene or NOTHING, self._play, [NOTHING, *SCENES]),
            "dead": self.turned(self.machine, "dead"),
            "bad_check": self.turned(self.machine, "bad_check"),
        }
        if isinstance(self.machine, Transmitter):
            controls["refuses"] = self.turned(self.machine, "refuses")
            controls["slow"] = self.turned(self.machine, "slow")
        return {**controls, **self.wire_controls()}

    def shows(self) -> dict[str, Any]:
        return {"sounding": round(self.loudness.sounding, 1), "shown": round(self.loudness.shown, 1)}

    def plug(self) -> None:
        if isinstance(self.machine, Pusher) and not self.plugged:
            self.machine.power_up()
        super().plug()

    def stepped(self) -> None:
        """Nothing is drawn of it."""

    def speed(self) -> int | None:
        return self._baud if self.link.scheme == "serial" else None

    def _hang_on(self, line: PartyLine) -> None:
        self.wire = line.drop()
        self.wire.on_bytes = self._arrived
        self.wire.on_left = self._left

    def _play(self, scene: str) -> None:
        self.loudness.play(None if scene == NOTHING else scene)
        self.step()


def _machine(name: str, entry: MicMonitor) -> Transmitter | Pusher:
    dialect = DIALECTS.get(entry.model)
    if dialect is None:
        return Pusher(Loudness(QUIET_DB, PUSHES_EVERY_S))
    if entry.address is None:
        raise BadLink(f"mic_monitor {name}: {entry.model} can't be simulated without an address; give it one")
    return Transmitter(dialect, entry.address, Loudness(QUIET_DB, dialect.refresh_s))
