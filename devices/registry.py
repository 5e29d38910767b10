"""Which driver stands for which kind of device; imported when the hall has a device of its kind."""

from importlib import import_module
from typing import Final

from broker.topics import DeviceKind
from devices.kit.device import Device

DRIVERS: Final[dict[DeviceKind, str]] = {
    "ticket_printer": "devices.ticket_printer.driver:TicketPrinter",
    "id_reader": "devices.id_reader.driver:IdReader",
    "rating_pad": "devices.rating_pad.driver:RatingPad",
    "call_pad": "devices.call_pad.driver:CallPad",
    "led_board": "devices.led_board.driver:LedBoard",
    "mic_monitor": "devices.mic_monitor.driver:MicMonitor",
    "announcer": "devices.announcer.driver:Announcer",
}
"""Kind on the bus → module and class."""


def driver(kind: str) -> type[Device]:
    """The driver of `kind`; raises `LookupError`, or `ImportError` where a library is missing."""
    place = {str(known): where for known, where in DRIVERS.items()}.get(kind)
    if place is None:
        raise LookupError(f"there is no driver for devices of the kind {kind}")
    module, _, name = place.partition(":")
    found: type[Device] = getattr(import_module(module), name)
    return found
