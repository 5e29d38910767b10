"""Whether a device can be believed to work (docs/bus.md): its word, its room's, its heartbeat's age."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from broker.clock import Clock, real_seconds_until
from broker.messages.devices import BoardState, DeviceState, PrinterState
from broker.messages.hall import ControllerState, KioskState
from broker.topics import CONTROLLER_ID, DEVICE_KINDS
from console.picture import Picture

STALE_S: Final = 90.0
"""docs/bus.md: who has been silent for longer counts as offline, real seconds."""

Word = Literal[
    "online",
    "offline",
    "powerOff",
    "noDevice",
    "hardwareError",
    "userError",
    "deviceBusy",
    "starting",
    "unknown",
]
Doubt = Literal["room", "heartbeat", "availability"]
Note = Literal["paper_low", "paper_out", "paper_jammed", "dark", "lit_unknown", "unverified"]
"""What a device's state says beside its word, and somebody should look at."""


@dataclass(frozen=True)
class Health:
    """How something is, as far as the bus says."""

    word: Word
    cause: str | None = None
    """The owner's own sentence."""
    since: datetime | None = None
    doubt: Doubt | None = None
    """Why its last state is not believed: its room is gone, it fell silent, it took itself off."""
    note: Note | None = None
    cause_in: Mapping[str, str] = field(default_factory=dict)
    """The cause in other languages than the hall's."""

    @property
    def well(self) -> bool:
        return self.word == "online" and self.cause is None and self.note is None

    @property
    def usable(self) -> bool:
        """Whether it does its work now, perhaps slowly."""
        return self.word in ("online", "deviceBusy")


def room_of(kind: str, name: str) -> str:
    """The room that owns a thing, as its availability topic names it."""
    if kind == "kiosk":
        return f"kiosk-{name}"
    if kind == "simulator":
        return "simulators"
    return "devices" if kind in DEVICE_KINDS else "controller"


def health(picture: Picture, clock: Clock, kind: str, name: str) -> Health:
    """Judge a device or a kiosk."""
    state: DeviceState | KioskState | None
    state = picture.kiosks.get(name) if kind == "kiosk" else picture.devices[kind].get(name)
    word = picture.words.get((kind, name))
    if picture.words.get(("room", room_of(kind, name))) is False:
        return Health("offline", since=state.since if state else None, doubt="room")
    if state is None:
        return Health("offline", doubt="availability") if word is False else Health("unknown")
    if is_stale(clock, state.at):
        return Health("offline", since=state.at, doubt="heartbeat")
    if word is False and state.device == "online":
        return Health("offline", state.cause, state.since, "availability", cause_in=state.cause_in)
    return Health(state.device, state.cause, state.since, note=_note(state), cause_in=state.cause_in)


def _note(state: DeviceState | KioskState) -> Note | None:
    match state:
        case PrinterState(paper="low"):
            return "paper_low"
        case PrinterState(paper="out"):
            return "paper_out"
        case PrinterState(paper="jammed"):
            return "paper_jammed"
        case BoardState(device="offline", unverified=True):
            return "unverified"
        case BoardState(lit=False):
            return "dark"
        case BoardState(device="online", lit=None):
            return "lit_unknown"
        case _:
            return None


def controller_answers(picture: Picture, clock: Clock) -> bool | None:
    """Whether the controller is there; None when it was never heard."""
    state: ControllerState | None = picture.controller
    word = picture.words.get(("controller", CONTROLLER_ID))
    if word is None and state is None:
        return None
    room = picture.words.get(("room", "controller"))
    return word is not False and room is not False and state is not None and not is_stale(clock, state.at)


def is_stale(clock: Clock, at: datetime) -> bool:
    """Whether a heartbeat is too old to be believed, or from a day that has not come."""
    return abs(real_seconds_until(clock, at)) > STALE_S
