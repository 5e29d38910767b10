"""Everything needed to make pictures of models: the look, the catalogues and the hall's font."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hallfile.catalogue import Catalogue, languages
from kiosk.fonts import Faces, find_faces
from kiosk.presenters.actions import Action
from kiosk.presenters.model import Model
from kiosk.screens.draw import draw
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect
from kiosk.screens.paint import Painter
from kiosk.screens.widgets import View
from kiosk.theme import Theme, load_theme

I18N: Final = Path(__file__).with_name("i18n")


def known_languages() -> tuple[str, ...]:
    """The languages there are catalogues for, Chinese first."""
    return tuple(languages(I18N))


@dataclass(frozen=True)
class Easel:
    """Draws the models of one screen."""

    rect: Rect
    theme: Theme
    catalogues: dict[str, Catalogue]
    faces: Faces
    painter: Painter

    @classmethod
    def set_up(cls, width: int, height: int, font: str, beside: Path) -> "Easel":
        """For a screen of this size, with the hall's font; raises `kiosk.fonts.NoFont`."""
        faces = Faces(*find_faces(font, beside))
        catalogues = {language: Catalogue.load(I18N, language) for language in known_languages()}
        theme = load_theme().for_screen(width, height)
        return cls(Rect(0, 0, width, height), theme, catalogues, faces, Painter(faces))

    def view(self, model: Model, pressed: Action | None = None) -> View:
        """What is to be seen of `model`, with a finger on `pressed`."""
        tongues = {language: catalogue("language.name") for language, catalogue in self.catalogues.items()}
        return draw(
            Frame(model, self.rect, self.theme, self.catalogues[model.language], self.faces, tongues, pressed)
        )
