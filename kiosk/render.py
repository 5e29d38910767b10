"""Every screen as a picture: `hallkeeper kiosk --render DIR`."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hallfile.premises import Premises
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.modes import PLAIN, Modes

if TYPE_CHECKING:
    from kiosk.easel import Easel

log = logging.getLogger(__name__)

Size = tuple[int, int]

SIZES: Final[dict[str, Size]] = {"portrait": (1080, 1920), "landscape": (1920, 1080), "small": (800, 1280)}
WAYS: Final = {
    "": PLAIN,
    "elder": PLAIN.switched("elder", True),
    "low": Modes(low=True),
    "contrast": Modes(contrast=True),
    "spoken": Modes(spoken=True),
    "elder-low": PLAIN.switched("elder", True).switched("low", True),
}
"""The ways a screen can be that differ in more than their colours."""


@dataclass(frozen=True)
class Sitting:
    """One size in one way; in every way but the plain one, the picture is half as large."""

    shape: str
    size: Size
    way: str

    @property
    def folder(self) -> str:
        return f"{self.shape}-{self.way}" if self.way else self.shape


def render(premises: Premises, folder: Path, kiosk_id: str | None = None) -> list[Path]:
    """Draw every screen in every mode, language and state into `folder`, plain ones on other screens too.

    Needs no bus. Draws `kiosk_id`, or the hall's first kiosk. Raises `kiosk.fonts.NoFont`, `KeyError` for a
    kiosk that is not in the hall file, `hallfile.guide.BadGuide`, `OSError`.
    """
    from kiosk.easel import Easel

    hall = premises.hall
    kiosk_id = kiosk_id if kiosk_id is not None else next(iter(hall.kiosks))
    floor = floor_drawn(premises, kiosk_id)
    own = (hall.kiosks[kiosk_id].width, hall.kiosks[kiosk_id].height)
    drawn: list[Path] = []
    for sitting in sittings(own):
        easel = Easel.set_up(*sitting.size, hall.hall.font, premises.path.parent)
        place = folder / sitting.folder
        place.mkdir(parents=True, exist_ok=True)
        drawn += _drawn(easel, floor, sitting, place)
    log.info("drew %d screens into %s", len(drawn), folder)
    return drawn


def sittings(own: Size) -> Iterator[Sitting]:
    """The kiosk's own screen in every way, and the others plain."""
    name = next((name for name, size in SIZES.items() if size == own), "own")
    yield from (Sitting(name, own, way) for way in WAYS)
    yield from (Sitting(shape, size, "") for shape, size in SIZES.items() if size != own)


def floor_drawn(premises: Premises, kiosk_id: str) -> Floor:
    """What a kiosk knows of its hall once it is up, without a bus."""
    from kiosk.easel import known_languages
    from kiosk.spelling import names_of, spelled

    floor = floor_of(premises.hall, kiosk_id, known_languages(), premises.guide(), simulated=True)
    return replace(floor, spellings=spelled(names_of(floor)))


def _drawn(easel: "Easel", floor: Floor, sitting: Sitting, folder: Path) -> Iterator[Path]:
    from kiosk.sample import at_rest, screens
    from kiosk.sample_technician import technicians_pages
    from kiosk.toolkit import pygame

    width, height = sitting.size
    surface = pygame.Surface(sitting.size, depth=32)
    for name, model in screens(floor):
        for language in floor.languages:
            view = easel.view(replace(model, language=language, modes=WAYS[sitting.way]))
            easel.painter.paint(surface, view, view.rect)
            path = folder / f"{name}-{language}.png"
            whole = not sitting.way
            picture = surface if whole else pygame.transform.smoothscale(surface, (width // 2, height // 2))
            pygame.image.save(picture, path)
            yield path
    if sitting.way:
        return  # a technician finds the screen as the next visitor does
    for name, page in technicians_pages():
        for language in floor.languages:
            view = easel.drawn(replace(at_rest(floor), language=language), page)
            easel.painter.paint(surface, view, view.rect)
            path = folder / f"{name}-{language}.png"
            pygame.image.save(surface, path)
            yield path
