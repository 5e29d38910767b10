"""Halls to simulate: the hall file's own without its devices, and others made from it."""

from pathlib import Path
from typing import Any

import msgspec

from hallfile.load import load
from hallfile.schema import Counter, HallFile

DEVICES = (
    "kiosks", "ticket_printers", "id_readers", "rating_pads", "call_pads", "led_boards", "mic_monitors",
    "announcers",
)  # fmt: skip

FIFTY = {
    "tax": {"a": 5},
    "build": {"b": 4, "r": 8, "b r": 1},
    "firms": {"c": 8},
    "police": {"d": 5, "k": 2, "t": 2, "d k t": 1},
    "people": {"e": 4, "f": 4, "g": 2, "p n": 2, "e f g": 2},
}
"""Desks by zone and what they do; those with several services are comprehensive counters (综合窗口)."""
FIFTY_CROWD = 50 / 22
"""As many people for each desk as on the D-day."""


BESIDE = (("simulation", "cards"), ("touch", "guide"))
"""Settings that name a file beside the hall file."""


def elsewhere(tables: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The tables of a hall file in `folder` as they stand in one that lies elsewhere."""
    moved = dict(tables)
    for table, key in BESIDE:
        if named := moved.get(table, {}).get(key):
            moved[table] = {**moved[table], key: str((folder / named).resolve())}
    return moved


def dday(example: Path) -> HallFile:
    """The hall file without its devices."""
    hall = load(example)
    return msgspec.structs.replace(hall, **{kind: {} for kind in DEVICES})


def busier(hall: HallFile, factor: float) -> HallFile:
    """The same hall with so many times its people."""
    simulation = hall.simulation
    crowd = {
        service: msgspec.structs.replace(arrivals, tickets=round(arrivals.tickets * factor))
        for service, arrivals in simulation.crowd.items()
    }
    return msgspec.structs.replace(hall, simulation=msgspec.structs.replace(simulation, crowd=crowd))


def fifty_desks(hall: HallFile) -> HallFile:
    """The D-day's services at fifty counters, six of them comprehensive."""
    tables: dict[str, Any] = {}
    early = hall.counters["14"].hours
    for zone, desks in FIFTY.items():
        for services, many in desks.items():
            for _ in range(many):
                number = str(len(tables) + 1)
                tables[number] = {
                    "services": services.split(),
                    "zone": zone,
                    "clerk": f"clerk-{number}",
                    "hours": early if services == "p n" else None,
                }
    counters = msgspec.convert(tables, dict[str, Counter])
    return busier(msgspec.structs.replace(hall, counters=counters), FIFTY_CROWD)
