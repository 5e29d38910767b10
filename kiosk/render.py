"""Every screen as a picture: `hallkeeper kiosk --render DIR`."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from hallfile.premises import Premises

log = logging.getLogger(__name__)

SIZES: Final = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def render(premises: Premises, folder: Path, kiosk_id: str | None = None) -> list[Path]:
    """Draw every screen in every language and state, upright and lying, into `folder`; needs no bus.

    Draws `kiosk_id`, or the hall's first kiosk. Raises `kiosk.fonts.NoFont`, `KeyError` for a kiosk that is
    not in the hall file, `OSError`.
    """
    from kiosk.easel import Easel, known_languages
    from kiosk.presenters.floor import floor_of
    from kiosk.sample import screens
    from kiosk.toolkit import pygame

    hall = premises.hall
    kiosk_id = kiosk_id if kiosk_id is not None else next(iter(hall.kiosks))
    floor = floor_of(hall, kiosk_id, known_languages())
    folder.mkdir(parents=True, exist_ok=True)
    drawn: list[Path] = []
    for shape, (width, height) in SIZES.items():
        easel = Easel.set_up(width, height, hall.hall.font, premises.path.parent)
        surface = pygame.Surface((width, height), depth=32)
        for name, model in screens(floor):
            for language in floor.languages:
                view = easel.view(replace(model, language=language))
                easel.painter.paint(surface, view, view.rect)
                path = folder / f"{shape}-{name}-{language}.png"
                pygame.image.save(surface, path)
                drawn.append(path)
    log.info("drew %d screens into %s", len(drawn), folder)
    return drawn
