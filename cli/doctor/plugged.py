"""What is plugged into this machine, as Linux tells it: nothing here opens a device."""

import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SYS: Final = Path("/sys")
DEV: Final = Path("/dev")
PROC: Final = Path("/proc")

ESTABLISHED: Final = "01"
"""A state of /proc/net/tcp."""
PRINTER_CLASS: Final = "07"
"""bInterfaceClass of printers (USB-IF)."""


@dataclass(frozen=True)
class SerialPort:
    """A serial port."""

    path: str
    """By its place where the system has a name for that, so that it stays the same."""
    says: str
    """What the adapter says of itself."""
    is_console: bool = False
    """Whether the machine itself speaks there."""


@dataclass(frozen=True)
class UsbDevice:
    """A USB device as sysfs has it."""

    place: str
    """Bus and ports: ``1-3.2``."""
    vendor: str
    product: str
    """Four hexadecimal digits each."""
    says: str
    classes: tuple[str, ...]
    """bInterfaceClass of its interfaces, two hexadecimal digits each."""
    node: Path
    """Its file under /dev/bus/usb."""

    @property
    def is_printer(self) -> bool:
        return PRINTER_CLASS in self.classes

    @property
    def id(self) -> str:
        """As `lsusb` writes it."""
        return f"{self.vendor}:{self.product}"


@dataclass(frozen=True)
class Keyboard:
    """An input device with keys, by the port it is plugged into."""

    path: Path
    node: Path
    says: str


@dataclass(frozen=True)
class SoundCard:
    """A sound card."""

    name: str
    captures: bool
    plays: bool
    nodes: tuple[Path, ...]


def serial_ports(dev: Path = DEV, system: Path = SYS) -> list[SerialPort]:
    """The ports that pyserial lists, and the machine's consoles among them."""
    from serial.tools import list_ports

    names = _by_place(dev / "serial" / "by-path")
    consoles = _consoles(system)
    return [
        SerialPort(
            names.get(Path(port.device).resolve(), port.device),
            "" if port.description in (None, "n/a") else str(port.description),
            Path(port.device).name in consoles,
        )
        for port in sorted(list_ports.comports(), key=lambda port: str(port.device))
    ]


def usb_devices(system: Path = SYS, dev: Path = DEV) -> list[UsbDevice]:
    """Everything on USB but the hubs."""
    return [
        found
        for folder in sorted((system / "bus/usb/devices").glob("[0-9]*"))
        if ":" not in folder.name and (found := _usb(folder, dev)) is not None
    ]


def keyboards(dev: Path = DEV, system: Path = SYS) -> list[Keyboard]:
    """Input devices with keys."""
    return [
        Keyboard(path, node, _text(system / "class/input" / node.name / "device/name"))
        for path in sorted((dev / "input/by-path").glob("*-event-kbd"))
        for node in (path.resolve(),)
    ]


def sound_cards(proc: Path = PROC, dev: Path = DEV) -> list[SoundCard]:
    """The cards ALSA knows."""
    return list(_cards(_text(proc / "asound/cards"), _text(proc / "asound/pcm"), dev))


def is_connected(host: str, port: int, proc: Path = PROC) -> bool:
    """Whether a program on this machine has a connection to an IPv4 address and port."""
    try:
        address = socket.inet_aton(host)
    except OSError:
        return False
    wanted = f"{int.from_bytes(address, sys.byteorder):08X}:{port:04X}"
    rows = (line.split() for line in _text(proc / "net/tcp").splitlines()[1:])
    return any(len(row) > 3 and row[2] == wanted and row[3] == ESTABLISHED for row in rows)


def _cards(cards: str, streams: str, dev: Path) -> Iterator[SoundCard]:
    for line in cards.splitlines():
        number, bracket, rest = line.partition("[")
        if bracket and number.strip().isdigit():
            index = int(number)
            mine = [stream for stream in streams.splitlines() if stream.startswith(f"{index:02}-")]
            name = rest.partition(" - ")[2].strip() or rest.partition("]")[0].strip()
            yield SoundCard(
                name,
                any("capture" in stream for stream in mine),
                any("playback" in stream for stream in mine),
                tuple(sorted((dev / "snd").glob(f"pcmC{index}D*"))),
            )


def _usb(folder: Path, dev: Path) -> UsbDevice | None:
    vendor, product = _text(folder / "idVendor"), _text(folder / "idProduct")
    if not vendor or not product or _text(folder / "bDeviceClass") == "09":
        return None
    bus, number = _text(folder / "busnum"), _text(folder / "devnum")
    node = dev / "bus/usb" / f"{int(bus or 0):03}" / f"{int(number or 0):03}"
    said = " ".join(filter(None, (_text(folder / "manufacturer"), _text(folder / "product"))))
    classes = tuple(_text(path) for path in sorted(folder.glob(f"{folder.name}:*/bInterfaceClass")))
    return UsbDevice(folder.name, vendor, product, said, classes, node)


def _by_place(folder: Path) -> dict[Path, str]:
    return {link.resolve(): str(link) for link in sorted(folder.glob("*"))}


def _consoles(system: Path) -> set[str]:
    return set(_text(system / "class/tty/console/active").split())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
