"""The technician's pages with invented devices: part of what `kiosk.render` draws."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from kiosk.screens.frame import Frame
from kiosk.screens.widgets import Widget
from kiosk.technician.pages import technician
from kiosk.technician.sight import Instrument, Sight
from kiosk.technician.tools import ROOMS
from kiosk.technician.visit import Visit

Drawn = Callable[[Frame], Sequence[Widget]]

SIGHT: Final = Sight(
    instruments=(
        Instrument("p1", "ticket_printer", "online", None, "escpos-80 · usb · ok"),
        Instrument("p2", "ticket_printer", "userError", "纸卷用完 / out of paper", "escpos-80 · tcp · out"),
        Instrument("r1", "id_reader", "offline", None, "sam-v · serial"),
    ),
    volume=70,
    network=(
        ("technician.machine", "kiosk-1"),
        ("technician.addresses", "eth0 192.0.2.17"),
        ("technician.bus_up", "dezhou"),
        ("technician.heard", "2 s"),
    ),
    versions=(
        ("technician.hallkeeper", "1.0"),
        ("technician.python", "3.11"),
        ("technician.system", "Linux"),
    ),
)


def technicians_pages() -> Iterator[tuple[str, Drawn]]:
    """A name and a page for the door, open, refusing and resting, and for each room behind it."""
    door = Visit(0.0)
    yield "technician-door", _page(replace(door, digits="1234"))
    yield "technician-refused", _page(replace(door, refused=True))
    yield "technician-resting", _page(door, rest_s=40)
    for room in ROOMS:
        yield f"technician-{room}", _page(replace(door, is_in=True, room=room))
    yield "technician-printed", _page(replace(door, is_in=True, said="technician.printed"))


def _page(visit: Visit, rest_s: int = 0) -> Drawn:
    return lambda frame: technician(frame, visit, SIGHT, rest_s)
