"""The room of the devices: one process that runs every device of the hall, each on its own."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from broker.client import Bus
from broker.clock import Clock
from broker.inbox import SqliteInbox
from broker.outbox import Outbox
from devices.kit.database import open_database
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.link import Link
from devices.kit.links import open_link
from devices.registry import driver
from hallfile.catalogue import Catalogue, languages
from hallfile.devices import Device as Entry
from hallfile.links import parse_link
from hallfile.premises import Premises

log = logging.getLogger(__name__)

TEXTS: Final = Path(__file__).parent / "texts"
REMEMBER: Final = timedelta(days=2)
"""How long a command's answer is kept for whoever asks again (hall time)."""
TIDY_S: Final = 3600.0


async def run(premises: Premises, bus: Bus) -> None:
    """Keep every device of the hall in service until cancelled; `bus` is already running."""
    folder = premises.data / "devices"
    outbox = Outbox(bus, folder / "outbox.db")
    with closing(open_database(folder / "devices.db")) as database, closing(outbox):
        inbox = SqliteInbox(database)
        sentence = Catalogue.load(TEXTS, premises.hall.hall.language)
        around = Surroundings(
            bus=bus,
            outbox=outbox,
            inbox=inbox,
            sentence=sentence,
            language=sentence.language,
            elsewhere=elsewhere(sentence),
        )
        # a group waits for the last of its own to stop: doors still answer while they close
        async with asyncio.TaskGroup() as group:
            group.create_task(outbox.run(), name="outbox")
            group.create_task(_tidy(inbox, bus.clock), name="tidying")
            for device in build_all(premises, around):
                group.create_task(_in_service(device), name=f"{device.kind} {device.name}")


def elsewhere(sentence: Catalogue) -> Callable[[str], dict[str, str]]:
    """What says a sentence of the hall's language in the others there are catalogues for."""
    code_of = {text: code for code, text in sentence.texts.items()}
    others = [Catalogue.load(TEXTS, name) for name in languages(TEXTS) if name != sentence.language]

    def say(text: str) -> dict[str, str]:
        code = code_of.get(text)
        return {} if code is None else {other.language: other(code) for other in others}

    return say


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


async def _tidy(inbox: SqliteInbox, clock: Clock) -> None:
    while True:
        try:
            inbox.forget_before((clock.now() - REMEMBER).isoformat())
        except sqlite3.Error as error:
            log.warning("old answers could not be cleared away (%s); free the disk", error)
        await asyncio.sleep(TIDY_S)


async def _in_service(device: Device) -> None:
    try:
        await device.run()
    except Exception:
        log.exception("%s %s stopped; the other devices go on", device.kind, device.name)
