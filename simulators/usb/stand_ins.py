"""The simulated devices of a hall file with USB bodies: what a technician finds when they are plugged in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import quote

import msgspec

from hallfile.devices import CallPad, MicMonitor, RatingPad
from hallfile.links import LinkUrl, parse_link
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.control import NOTHING, Control, choice, number
from simulators.kit.stand_in import Stage, StandIn
from simulators.kit.wired import WiredStandIn
from simulators.mic_monitor.pickup import SCENES, Pickup
from simulators.mic_monitor.simulator import QUIET_DB, UNCALIBRATED_FULL_SCALE_DB
from simulators.pads.simulator import CALL_KEYS, RATING_KEYS
from simulators.ticket_printer.simulator import PrinterStandIn
from simulators.usb.bodies import MAKER
from simulators.usb.hub import Hub
from simulators.usb.keypad import Keypad
from simulators.usb.microphone import RATE, Microphone
from simulators.usb.wire import UsbWire

PRINTER, PORT = "usb:1209:0001", "usb:1209:0004?form=serial"
"""What a simulated printer or serial port is called on USB; pid.codes keeps these numbers for tests."""
READER: Final = "usb:0400:C35A"


@dataclass(frozen=True)
class Virtual:
    """One device in its USB body."""

    stand_in: StandIn
    device: Any
    hub: Hub
    link: str
    """What to write into the hall file for it."""


class Pluggable(StandIn):
    """A device that is nothing but its USB body."""

    device: Any

    def __init__(self, name: str, link: LinkUrl, stage: Stage) -> None:
        super().__init__(name, link, stage)
        self.hub = Hub.at()
        self._plugged = False

    @property
    def plugged(self) -> bool:
        return self._plugged

    def plug(self) -> None:
        if not self._plugged:
            self.hub.plug(self.device)
            self._plugged = True

    def unplug(self) -> None:
        if self._plugged:
            self._plugged = False
            self.hub.unplug(self.device)


class UsbPad(Pluggable):
    """A keypad whose keys a hand can press."""

    keys: ClassVar[Mapping[str, int]]

    def __init__(self, name: str, entry: RatingPad | CallPad, stage: Stage) -> None:
        super().__init__(name, parse_link(entry.link, stage.premises.data), stage)
        self.pad = Keypad("keypad", serial=name)
        self.device = self.pad.device
        self._last: str | None = None
        self._pressed = self._unheard = 0

    def controls(self) -> dict[str, Control]:
        return {
            "key": choice(lambda: self._last, self._press, self.keys),
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        return {
            "last_key": self._last,
            "pressed": self._pressed,
            "unheard": self._unheard,
            "lit": bool(self.pad.lamps),
        }

    def _press(self, key: str) -> None:
        self._last = key
        self._pressed += 1
        self._unheard += not self.pad.stroke(self.keys[key])


class UsbRatingPad(UsbPad):
    """Five keys at a counter."""

    kind = "rating_pad"
    keys = RATING_KEYS


class UsbCallPad(UsbPad):
    """A clerk's caller."""

    kind = "call_pad"
    keys = CALL_KEYS


class UsbPickup(Pluggable):
    """A microphone that hears what a hand lets it hear."""

    kind = "mic_monitor"

    def __init__(self, name: str, entry: MicMonitor, stage: Stage) -> None:
        super().__init__(name, parse_link(entry.link, stage.premises.data), stage)
        full_scale = UNCALIBRATED_FULL_SCALE_DB if entry.full_scale_db is None else entry.full_scale_db
        self.pickup = Pickup(RATE, full_scale, QUIET_DB, stage.chance(name).random())
        self.device = Microphone(f"pickup {name}", self.pickup.hear, serial=name).device

    def controls(self) -> dict[str, Control]:
        pickup = self.pickup
        return {
            "level": number(lambda: pickup.level, lambda level: setattr(pickup, "level", level), 20, 110),
            "scene": choice(lambda: pickup.scene or NOTHING, self._play, [NOTHING, *SCENES]),
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        return {"sounding": round(self.pickup.sounding, 1)}

    def _play(self, scene: str) -> None:
        self.pickup.play(None if scene == NOTHING else scene)


def virtuals(stage: Stage) -> Iterator[Virtual]:
    """One for each simulated device of the hall that can be plugged into USB.

    What hangs on a serial port in the hall file becomes a CDC-ACM port. Boards and loudspeakers have no USB.
    """
    hall = stage.premises.hall
    for name, printer in hall.ticket_printers.items():
        if printer.simulated:
            yield _wired(PrinterStandIn(name, _on_usb(printer, name, PRINTER), stage))
    for name, reader in hall.id_readers.items():
        if reader.simulated:
            yield _wired(ReaderStandIn(name, _on_usb(reader, name, READER), stage))
    for name, rating_pad in hall.rating_pads.items():
        if rating_pad.simulated:
            yield _pad(UsbRatingPad(name, rating_pad, stage))
    for name, call_pad in hall.call_pads.items():
        if call_pad.simulated:
            yield _pad(UsbCallPad(name, call_pad, stage))
    for name, mic in hall.mic_monitors.items():
        if mic.simulated:
            pickup = UsbPickup(name, mic, stage)
            yield Virtual(pickup, pickup.device, pickup.hub, f"pcm:device=pickup {name}?rate={RATE}")


def _pad(pad: UsbPad) -> Virtual:
    return Virtual(pad, pad.device, pad.hub, _by_id("evdev", "keypad", pad.name))


def _on_usb(entry: Any, name: str, usual: str) -> Any:
    """The entry with a link to a USB body: its own, if it has one."""
    link = parse_link(entry.link)
    if link.scheme == "usb":
        return entry
    body = PORT if link.scheme == "serial" else usual
    mark = "&" if "?" in body else "?"
    return msgspec.structs.replace(entry, link=f"{body}{mark}serial={quote(name)}")


def _wired(stand_in: WiredStandIn) -> Virtual:
    wire = stand_in.wire
    assert isinstance(wire, UsbWire)
    link, serial = stand_in.link, stand_in.link.options.get("serial")
    if link.options.get("form") == "serial":
        told = _by_id("serial", "simulated device", serial or stand_in.name)
    else:
        told = f"usb:{link.path}" + (f"?serial={serial}" if serial else "")
    return Virtual(stand_in, wire.body.device, wire.hub, told)


def _by_id(scheme: str, product: str, serial: str) -> str:
    """The name udev gives a device of ours."""
    told = f"usb-{MAKER}_{product.replace(' ', '_')}_{serial}"
    if scheme == "serial":
        return f"serial:/dev/serial/by-id/{told}-if00?baud=115200"
    return f"evdev:/dev/input/by-id/{told}-event-kbd"
