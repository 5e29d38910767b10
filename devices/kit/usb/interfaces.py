"""Which interface of a USB device to speak to, and in what form: found in its descriptors, not assumed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, Protocol

PRINTER, HID, VENDOR = 0x07, 0x03, 0xFF
"""Interface classes (USB-IF)."""
BULK, INTERRUPT = 2, 3
"""Transfer types: the low two bits of bmAttributes."""
BOOT: Final = 1
"""The HID subclass of keyboards and mice that a BIOS understands; nothing else is spoken through them."""


class Form(Enum):
    """How the stream rides on the endpoints (protocols.md 1.8)."""

    PLAIN = auto()
    SPLIT = auto()
    HID = auto()


class Interface(Protocol):
    """What is used of pyusb's interface; iterating it gives its endpoints."""

    bInterfaceNumber: int
    bAlternateSetting: int
    bInterfaceClass: int
    bInterfaceSubClass: int
    bInterfaceProtocol: int

    def __iter__(self) -> Iterator[Any]: ...


@dataclass(frozen=True)
class Choice:
    """An interface, in one of its alternate settings, with the endpoints to use."""

    interface: Interface
    form: Form
    outs: tuple[Any, ...]
    ins: tuple[Any, ...]

    @property
    def _rank(self) -> tuple[bool, bool, int]:
        """Bulk before HID, both ways before one, a printer's bidirectional setting before IEEE 1284.4."""
        return self.form is not Form.HID, bool(self.ins), -self.interface.bInterfaceProtocol


def choose(interfaces: Iterable[Interface]) -> Choice | None:
    """The best interface for a stream of bytes; None when the device has none."""
    choices = [choice for interface in interfaces if (choice := _fit(interface)) is not None]
    return max(choices, key=lambda choice: choice._rank, default=None)


def _fit(interface: Interface) -> Choice | None:
    match interface.bInterfaceClass:
        case kind if kind in (PRINTER, VENDOR):
            outs, ins = _endpoints(interface, BULK)
            if kind == VENDOR and len(outs) >= 2 and len(ins) >= 2:
                return Choice(interface, Form.SPLIT, outs[:2], ins[:2])
            if outs and (ins or kind == PRINTER):
                return Choice(interface, Form.PLAIN, outs[:1], ins[:1])
        case kind if kind == HID and interface.bInterfaceSubClass != BOOT:
            outs, ins = _endpoints(interface, INTERRUPT)
            if ins:
                return Choice(interface, Form.HID, outs[:1], ins[:1])
    return None


def _endpoints(interface: Interface, kind: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Those of one transfer type, by address: outgoing and incoming."""
    fitting = sorted(
        (endpoint for endpoint in interface if endpoint.bmAttributes & 3 == kind),
        key=lambda endpoint: int(endpoint.bEndpointAddress),
    )
    outs = tuple(endpoint for endpoint in fitting if not endpoint.bEndpointAddress & 0x80)
    ins = tuple(endpoint for endpoint in fitting if endpoint.bEndpointAddress & 0x80)
    return outs, ins
