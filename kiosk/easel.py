"""Everything needed to make pictures of models: the look, the catalogues and the hall's font."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hallfile.catalogue import Catalogue, languages
from kiosk.audit import misfits
from kiosk.fonts import Faces, find_faces
from kiosk.presenters.model import Model
from kiosk.presenters.modes import Modes
from kiosk.screens.draw import draw
from kiosk.screens.frame import Frame, prompt_said
from kiosk.screens.geometry import Rect
from kiosk.screens.paint import Painter
from kiosk.screens.widgets import Panel, Touchable, View, Widget
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
    tongues: dict[str, str]
    """Each language by its own name."""
    font: str
    looks: dict[Modes, tuple[Theme, ...]] = field(default_factory=dict)
    """What was made of the theme so far for each way the screen can be."""
    fitted: list[Any] = field(default_factory=list)
    """The model drawn last, and which of the looks all of it fitted in."""

    @classmethod
    def set_up(cls, width: int, height: int, font: str, beside: Path) -> "Easel":
        """For a screen of this size, with the hall's font; raises `kiosk.fonts.NoFont`."""
        faces = Faces(*find_faces(font, beside))
        catalogues = {language: Catalogue.load(I18N, language) for language in known_languages()}
        tongues = {language: catalogue("language.name") for language, catalogue in catalogues.items()}
        return cls(Rect(0, 0, width, height), load_theme(), catalogues, faces, Painter(faces), tongues, font)

    def view(self, model: Model, pressed: Touchable | None = None) -> View:
        """What is to be seen of `model`, with a finger on `pressed`: as large as all of it can be shown."""
        return self.drawn(model, draw, pressed)

    def drawn(
        self, model: Model, page: Callable[[Frame], Sequence[Widget]], pressed: Touchable | None = None
    ) -> View:
        """What `page` draws for the language and the modes of `model`."""
        width, height = self.rect.w, self.rect.h
        within_reach = self.rect.bottom_part(self.theme.reachable(width, height, model.modes))
        say = self.catalogues[model.language]
        least = self.theme.least_of(width, height, model.modes).target
        looks = self._looks(model.modes)
        # a finger changes a colour: what fitted before it came down fits still
        first = self.fitted[1] if self.fitted and self.fitted[0] is model and pressed is not None else 0
        for step, look in enumerate(looks[first:], start=first):
            frame = Frame(model, within_reach, look, say, self.faces, self.rect, self.tongues, pressed)
            view = View(Panel(self.rect, fill=frame.colour("ground"), children=tuple(page(frame))))
            if (pressed is not None and step == first > 0) or next(misfits(view, least), None) is None:
                break
        self.fitted[:] = [model, step]
        return view

    def prompt(self, model: Model) -> str:
        """What is said on the page on show; empty where nothing is."""
        return prompt_said(model, self.catalogues[model.language])

    @property
    def corner(self) -> int:
        """The side of a corner of the header, pixels: there is nothing to be touched."""
        return self.theme.for_screen(self.rect.w, self.rect.h).size["header"]

    def _looks(self, modes: Modes) -> tuple[Theme, ...]:
        if modes not in self.looks:
            self.looks[modes] = tuple(self.theme.looks(self.rect.w, self.rect.h, modes))
        return self.looks[modes]
