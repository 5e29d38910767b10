"""The room of the devices: one process that runs every device of the hall, each on its own."""

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Final

from broker.client import Bus
from broker.inbox import SqliteInbox
from broker.outbox import Outbox
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.link import Link
from devices.kit.links import open_link
from devices.registry import driver
from hallfile.catalogue import Catalogue
from hallfile.links import parse_link
from hallfile.premises import Premises
from hallfile.schema import Device as Entry

log = logging.getLogger(__name__)

TEXTS: Final = Path(__file__).parent / "texts"


async def run(premises: Premises, bus: Bus) -> None:
    """Keep every device of the hall in service until cancelled; `bus` is already running."""
    folder = premises.data / "devices"
    folder.mkdir(parents=True, exist_ok=True)
    database = open_database(folder / "devices.db")
    try:
        outbox = Outbox(bus, folder / "outbox.db")
        sentence = Catalogue.load(TEXTS, premises.hall.hall.language)
        around = Surroundings(bus=bus, outbox=outbox, inbox=SqliteInbox(database), sentence=sentence)
        bus.own_availability(bus.topic("room", bus.room, "availability"))
        parts = [_in_service(device) for device in build_all(premises, around)]
        await asyncio.gather(outbox.run(), *parts)
    finally:
        database.close()


def open_database(path: Path) -> sqlite3.Connection:
    """A database in which every statement is durable when it returns."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def build_all(premises: Premises, around: Surroundings) -> list[Device]:
    """A device for every entry of the hall file; what can't be built is logged and left out."""
    built = []
    for kind, entries in premises.hall.devices().items():
        for name, entry in entries.items():
            try:
                built.append(driver(kind).build(name, entry, premises, opener(entry, premises), around))
            except Exception as error:
                log.exception("%s %s is left out: %s; the other devices go on", kind, name, error)
    return built


def opener(entry: Entry, premises: Premises) -> Opener:
    """What opens the entry's link, whenever it is asked."""
    url = parse_link(entry.link, premises.data)

    async def open_it() -> Link:
        return await open_link(url)

    return open_it


async def _in_service(device: Device) -> None:
    try:
        await device.run()
    except Exception:
        log.exception("%s %s stopped; the other devices go on", device.kind, device.name)
