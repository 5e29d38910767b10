"""Which devices are in trouble: pure, fed with what they say and with real seconds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from broker.messages.devices import BoardState, DeviceState, PrinterState
from broker.topics import DeviceKind
from hallfile.schema import Trouble

WELL: Final = frozenset(("online", "deviceBusy"))
NEEDS_A_PERSON: Final = "userError"
"""It will not mend itself, so nobody waits for that."""
ANSWERS: Final = frozenset((*WELL, NEEDS_A_PERSON, "hardwareError"))
"""Words of a device that is there to be asked: what its sensors say is so now."""


class Device(NamedTuple):
    """One device of the hall file."""

    kind: DeviceKind | Literal["room"]
    id: str

    @property
    def where(self) -> str:
        """How an alarm names it."""
        return f"{self.kind}/{self.id}"


ROOM: Final = Device("room", "devices")
"""The room whose last will speaks for every device (design.md, one process for all of them)."""


class Fault(NamedTuple):
    """What is wrong with a device: a key of the texts, and the device's own sentence."""

    key: str
    cause: str = ""
    cause_in: Mapping[str, str] = MappingProxyType({})
    """The sentence in other languages."""


@dataclass
class _Watched:
    heard: float
    state: DeviceState | None = None
    ill_since: float | None = None


@dataclass
class DeviceWatch:
    """Remembers what each device said last, and since when it has been ill."""

    rule: Trouble
    devices: dict[Device, _Watched] = field(default_factory=dict)
    gone_since: float | None = None
    """Since when the room that speaks for the devices is offline."""
    room_is_known: bool = False
    """Whether anything was heard of it."""

    def expect(self, device: Device, now: float) -> None:
        """A device of the hall file, not heard yet."""
        self.devices[device] = _Watched(heard=now)

    def hear(self, device: Device, state: DeviceState, now: float) -> None:
        """What a device says of itself."""
        watched = self.devices.get(device)
        if watched is None:
            return
        watched.heard, watched.state = now, state
        # of a board that can't answer nobody knows that it is ill either
        if state.device in WELL or (isinstance(state, BoardState) and state.unverified):
            watched.ill_since = None
        elif watched.ill_since is None:
            watched.ill_since = now

    def room_is(self, online: bool, now: float) -> None:
        """The room that speaks for the devices has come or gone."""
        self.room_is_known = True
        if online:
            self.gone_since = None
        elif self.gone_since is None:
            self.gone_since = now

    def faults(self, now: float) -> Iterator[tuple[Device, Fault | None]]:
        """What is worth an alarm at `now`, or that nothing is, for each device of which it is known.

        Not known it is of one that was not heard yet, as after a start, and of one that may yet mend itself:
        an alarm that goes on is not over by that.
        """
        if self._room_is_gone(now):
            # one alarm that says it, and what each device was before stays as it was
            yield ROOM, Fault("room_gone")
            return
        if self.room_is_known:
            yield ROOM, None
        for device, watched in self.devices.items():
            if now - watched.heard >= self.rule.silent_s:
                yield device, Fault("device_silent")
            elif watched.state is not None:
                fault = self._fault(watched.state, watched.ill_since, now)
                if fault is not None or watched.ill_since is None:
                    yield device, fault

    def _room_is_gone(self, now: float) -> bool:
        if self.gone_since is not None:
            return now - self.gone_since >= self.rule.offline_s
        heard = max((watched.heard for watched in self.devices.values()), default=now)
        return now - heard >= self.rule.silent_s

    def _fault(self, state: DeviceState, ill_since: float | None, now: float) -> Fault | None:
        if isinstance(state, PrinterState) and (fault := _of_paper(state)) is not None:
            return fault
        if ill_since is None:
            return None
        if state.device == NEEDS_A_PERSON:
            return Fault("device_user", state.cause or "", state.cause_in)
        if now - ill_since < self.rule.offline_s:
            return None
        key = "device_hardware" if state.device == "hardwareError" else "device_offline"
        return Fault(key, state.cause or "", state.cause_in)


def _of_paper(printer: PrinterState) -> Fault | None:
    """What its sensors say, whatever word it gives itself: without paper it is online (protocols.md 6.5)."""
    if printer.device not in ANSWERS:
        return None
    told = (
        (printer.paper == "out", "paper_out"),
        (printer.paper == "jammed", "paper_jammed"),
        (printer.cover == "open", "cover_open"),
        (printer.cutter == "error", "cutter_error"),
        (printer.paper == "low" and printer.device in WELL, "paper_low"),
    )
    return next((Fault(key) for is_so, key in told if is_so), None)
