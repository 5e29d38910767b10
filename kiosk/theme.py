"""The tokens of `theme.toml`: the one file that says how everything looks."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

Colour = tuple[int, int, int]

THEME: Final = Path(__file__).with_name("theme.toml")

SHORT_SIDE: Final = 1080
LONG_SIDE: Final = 1920
"""The screen that the lengths in theme.toml are written for, pixels."""


@dataclass(frozen=True)
class Theme:
    """Colours, and lengths in pixels of one screen."""

    colours: dict[str, Colour]
    zones: tuple[Colour, ...]
    text: dict[str, int]
    space: dict[str, int]
    size: dict[str, int]
    round: dict[str, int]
    ratio: dict[str, float]
    """Line heights over text sizes."""

    def __hash__(self) -> int:
        return id(self)

    def colour(self, name: str) -> Colour:
        return self.colours[name]

    def zone_colour(self, index: int) -> Colour:
        """The colour of the hall's zone number `index`."""
        return self.zones[index % len(self.zones)]

    def line(self, text_px: int, leading: str = "line") -> int:
        """The height of one line of text."""
        return round(text_px * self.ratio[leading])

    def for_screen(self, width: int, height: int) -> "Theme":
        """The same look on a screen of another size."""
        short, long = sorted((width, height))
        factor = min(short / SHORT_SIDE, long / LONG_SIDE)
        return replace(
            self,
            text=_scaled(self.text, factor),
            space=_scaled(self.space, factor),
            size=_scaled(self.size, factor),
            round=_scaled(self.round, factor),
        )


@cache
def load_theme(path: Path = THEME) -> Theme:
    """Read a theme file."""
    raw: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    zones = raw["colours"].pop("zones")
    return Theme(
        colours={name: _colour(text) for name, text in raw["colours"].items()},
        zones=tuple(_colour(text) for text in zones),
        text=raw["text"],
        space=raw["space"],
        size=raw["size"],
        round=raw["round"],
        ratio=raw["ratio"],
    )


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4


def _colour(text: str) -> Colour:
    value = int(text.removeprefix("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255


def _scaled(table: dict[str, int], factor: float) -> dict[str, int]:
    return {name: max(1, round(value * factor)) for name, value in table.items()}
