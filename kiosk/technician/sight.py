"""What a technician looks at: the kiosk's own devices, its network and its versions."""

import fcntl
import platform
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from broker.client import Bus, Received
from broker.messages.devices import DeviceState, PrinterState
from broker.messages.wire import Refused
from broker.topics import topic_filter
from kiosk.presenters.floor import Floor
from kiosk.toolkit import pygame

_SIOCGIFADDR: Final = 0x8915
"""netdevice(7): an interface's IPv4 address."""


@dataclass(frozen=True)
class Instrument:
    """One of the kiosk's devices, as it says of itself; `word` is None while nothing was heard of it."""

    id: str
    kind: str
    word: str | None = None
    cause: str | None = None
    detail: str = ""
    """Model, link, and what its paper is like."""


@dataclass(frozen=True)
class Sight:
    """All of it at one moment."""

    instruments: tuple[Instrument, ...]
    volume: int
    network: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]


class Watch:
    """Keeps what the kiosk's printers and reader last said."""

    def __init__(self, bus: Bus, floor: Floor, told: Callable[[], None]) -> None:
        self._told = told
        self.instruments = {
            name: Instrument(name, kind)
            for kind, names in (
                ("ticket_printer", [printer.id for printer in floor.printers]),
                ("id_reader", [floor.reader] if floor.reader else []),
            )
            for name in names
        }
        for one in self.instruments.values():
            bus.subscribe(topic_filter(bus.hall, one.kind, one.id, "state"), self._heard)

    def _heard(self, received: Received) -> None:
        known = self.instruments.get(received.topic.id)
        with suppress(Refused):
            state = received.message() if received.packet.payload else None
            if known is None or not isinstance(state, DeviceState):
                return
            paper = [state.paper] if isinstance(state, PrinterState) else []
            seen = Instrument(
                known.id, known.kind, state.device, state.cause, " · ".join([state.model, state.link, *paper])
            )
            if seen != known:
                self.instruments[known.id] = seen
                self._told()


def network(bus: Bus, heard_s: float | None) -> tuple[tuple[str, str], ...]:
    """Keys of the catalogue, and what stands for them: the machine's names and addresses, and the bus."""
    addresses = [f"{name} {address}" for _, name in socket.if_nameindex() if (address := _address(name))]
    return (
        ("technician.machine", socket.gethostname()),
        ("technician.addresses", ", ".join(addresses)),
        ("technician.bus_up" if bus.connected.is_set() else "technician.bus_down", bus.hall),
        ("technician.heard", "–" if heard_s is None else f"{heard_s:.0f} s"),
    )


def versions(font: str) -> tuple[tuple[str, str], ...]:
    """Keys of the catalogue, and the versions."""
    sdl = ".".join(str(part) for part in pygame.get_sdl_version())
    return (
        ("technician.hallkeeper", _version("hallkeeper")),
        ("technician.python", platform.python_version()),
        ("technician.pygame", f"{pygame.version.ver}, SDL {sdl}"),
        ("technician.font", font),
        ("technician.system", f"{platform.system()} {platform.release()}"),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"


def _address(interface: str) -> str:
    """Its IPv4 address; empty where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, suppress(OSError):
        name = struct.pack("256s", interface.encode()[:15])
        return socket.inet_ntoa(fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, name)[20:24])
    return ""
