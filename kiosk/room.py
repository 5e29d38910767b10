"""The room of one touch screen: one process, pygame in its main thread."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from broker.client import Bus
from hallfile.catalogue import Catalogue
from hallfile.premises import Premises
from kiosk.easel import I18N, Easel, known_languages
from kiosk.presenters.doors import DOORS
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.happenings import NamesSpelled
from kiosk.presenters.pages import Confirm, Home, ItemPage, Page
from kiosk.shell import Shell
from kiosk.spelling import names_of, spelled_apart
from kiosk.stage import open_stage

log = logging.getLogger(__name__)

BREATH_S: Final = 0.05
"""Between two pages that are drawn ahead: a finger that comes down meanwhile is felt."""


async def run(premises: Premises, bus: Bus, kiosk_id: str) -> None:
    """Keep the screen of `kiosk_id` alive until cancelled; `bus` is already running.

    Raises `kiosk.fonts.NoFont`, `hallfile.guide.BadGuide`, and `KeyError` for a kiosk that is not in
    the hall file.
    """
    hall = premises.hall
    entry = hall.kiosks[kiosk_id]
    easel = Easel.set_up(entry.width, entry.height, hall.hall.font, premises.path.parent)
    album = premises.pictures / f"{kiosk_id}.jpg" if premises.simulated else None
    stage = open_stage(easel, f"{hall.hall.name} {kiosk_id}", album)
    floor = floor_of(hall, kiosk_id, known_languages(), premises.guide(), premises.simulated)
    shell = Shell(bus, floor, easel, stage, Catalogue.load(I18N, hall.hall.language), premises.data)
    spelling = asyncio.create_task(_get_ready(floor, shell, easel))
    try:
        await shell.run()
    except asyncio.CancelledError:
        log.info("the kiosk %s closes", kiosk_id)
        raise
    finally:
        spelling.cancel()
        await asyncio.gather(spelling, return_exceptions=True)
        stage.close()


async def _get_ready(floor: Floor, shell: Shell, easel: Easel) -> None:
    """What a touch would wait for, once the screen is up: how names are typed, the maker of codes, and the
    widths of what stands behind the doors.
    """
    shell.happen(NamesSpelled(await spelled_apart(names_of(floor))))
    easel.painter.warm_up()
    for page in _next_pages(floor):
        await asyncio.sleep(BREATH_S)
        easel.view(replace(shell.model, page=page, in_service=True))


def _next_pages(floor: Floor) -> Iterator[Page]:
    """What a visitor is likely to see next."""
    yield from DOORS.values()
    yield from (Confirm(service.id, Home()) for service in floor.most_used[:1])
    yield from (ItemPage(number, Home()) for number in list(floor.guide.items)[:1])
