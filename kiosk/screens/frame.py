"""What every screen is drawn with: its size, the look, the language, and the rulers for text."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Protocol

from broker.messages.envelope import Forecast
from hallfile.catalogue import Catalogue
from hallfile.waits import wait_said
from kiosk.presenters.model import Model
from kiosk.presenters.prompts import prompt_of
from kiosk.presenters.words import Words
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Touchable
from kiosk.theme import Colour, Theme


class Ruler(Hashable, Protocol):
    """Measures text."""

    @property
    def width(self) -> Callable[[str, int, bool], int]:
        """The advance of a text in pixels: text, size, bold."""
        ...


@dataclass(frozen=True)
class Frame:
    """One drawing of one model."""

    model: Model
    rect: Rect
    theme: Theme
    say: Catalogue
    ruler: Ruler
    screen: Rect
    """The whole screen; `rect` is the part of it within reach, where the page is laid out."""
    tongues: Mapping[str, str]
    """Each language by its own name."""
    pressed: Touchable | None = None
    """The control that is under a finger now."""

    @property
    def is_portrait(self) -> bool:
        return self.rect.h > self.rect.w

    def words(self, words: Words) -> str:
        """The sentence for figures made by `kiosk.presenters.words`."""
        key, values = words
        return self.say(key, **values)

    def wait(self, forecast: Forecast | None) -> str:
        """How long it takes to be called, in the words that all of the hall uses."""
        return wait_said(self.model.language, forecast)

    def text(self, size: str) -> int:
        return self.theme.text[size]

    def space(self, name: str) -> int:
        return self.theme.space[name]

    def size(self, name: str) -> int:
        return self.theme.size[name]

    def round(self, name: str) -> int:
        return self.theme.round[name]

    def colour(self, name: str) -> Colour:
        return self.theme.colours[name]

    @property
    def is_wide(self) -> bool:
        """Whether a page lies; the lower half of an upright screen neither stands nor lies."""
        return self.rect.w * 2 > self.rect.h * 3

    @property
    def side_width(self) -> int:
        """What a column takes beside the main one, where a page lies: more of a page that is hardly wide."""
        share = 26 if self.is_wide else 34
        return (self.rect.w - 2 * self.space("page")) * share // 100

    @property
    def least_target(self) -> int:
        """What no control is lower than, or narrower."""
        return self.theme.least_of(self.screen.w, self.screen.h, self.model.modes).target

    @property
    def tile_width(self) -> int:
        """The least width of a tile with a wait and a count on one line."""
        return max(self.size("tile") * 5 // 2, self.text("small") * 13)

    @property
    def is_low(self) -> bool:
        """Whether the upper part of the screen is out of reach, and carries no control."""
        return self.rect != self.screen

    @property
    def prompt(self) -> str:
        """What is said on this page; empty where prompts are not wanted, or this page has none."""
        return prompt_said(self.model, self.say)


def prompt_said(model: Model, say: Catalogue) -> str:
    """The sentence of a page in spoken mode; empty in any other, and for a page that asks nothing."""
    return page_asks(model, say) if model.modes.spoken else ""


def page_asks(model: Model, say: Catalogue) -> str:
    """What a page asks for, in a sentence; empty for one that asks nothing."""
    key, values = prompt_of(model)
    return say(key, **values) if say.has(key) else ""
