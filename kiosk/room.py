"""The room of one touch screen: one process, pygame in its main thread."""

import asyncio
import logging

from broker.client import Bus
from hallfile.catalogue import Catalogue
from hallfile.premises import Premises
from kiosk.easel import I18N, Easel, known_languages
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.happenings import NamesSpelled
from kiosk.shell import Shell
from kiosk.spelling import names_of, spelled_apart
from kiosk.stage import open_stage

log = logging.getLogger(__name__)


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
    """What a touch would wait for, once the screen is up: how names are typed, and the maker of codes."""
    shell.happen(NamesSpelled(await spelled_apart(names_of(floor))))
    easel.painter.warm_up()
