"""The tokens of `theme.toml`: the one file that says how everything looks."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from kiosk.presenters.modes import PLAIN, Modes

Colour = tuple[int, int, int]

THEME: Final = Path(__file__).with_name("theme.toml")

SHORT_SIDE: Final = 1080
LONG_SIDE: Final = 1920
"""The screen that the lengths in theme.toml are written for, pixels."""
SHORT_SIDE_DP: Final = 720
"""The short side in dp, whatever its pixels: 1080 px are 240 dpi, as 21.5 inches are looked at."""

TOUCHED: Final = ("target", "button", "key", "strip", "tile-least")
"""The sizes of which a control may be made."""


@dataclass(frozen=True)
class Least:
    """What may not be smaller, pixels."""

    text: int
    target: int


@dataclass(frozen=True)
class Palette:
    colours: dict[str, Colour]
    zones: tuple[Colour, ...]


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
    contrast: Palette
    scale: dict[str, Any]
    reach: dict[str, float]
    least: dict[str, int]

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

    def reachable(self, width: int, height: int, modes: Modes) -> int:
        """The pixels from the lower edge that everything to be touched lies in."""
        if not modes.low:
            return height
        return round(height * self.reach["portrait" if height > width else "landscape"])

    def least_of(self, width: int, height: int, modes: Modes) -> Least:
        """The smallest text and the smallest control on a screen of this size."""
        dp = min(width, height) / SHORT_SIDE_DP
        who = "elder-" if modes.elder else ""
        return Least(round(self.least[f"{who}text"] * dp), round(self.least[f"{who}target"] * dp))

    def looks(self, width: int, height: int, modes: Modes) -> Iterator["Theme"]:
        """The look of a screen in these modes, first as large as it should be, then in smaller steps."""
        for step in self.scale["steps"]:
            yield self.for_screen(width, height, modes, step)

    def for_screen(self, width: int, height: int, modes: Modes = PLAIN, step: float = 1.0) -> "Theme":
        """The same look on a screen of another size, in these modes."""
        short, long = sorted((width, height))
        factor = step * min(short / SHORT_SIDE, long / LONG_SIDE)
        if modes.elder:
            factor *= self.scale["elder"]
        if modes.low:
            factor *= self.scale["low-portrait" if height > width else "low-landscape"]
        least = self.least_of(width, height, modes)
        size = _scaled(self.size, factor)
        palette = self.contrast if modes.contrast else Palette(self.colours, self.zones)
        return replace(
            self,
            colours=palette.colours,
            zones=palette.zones,
            text={name: max(least.text, px) for name, px in _scaled(self.text, factor).items()},
            space=_scaled(self.space, factor),
            size=size | {name: max(least.target, size[name]) for name in TOUCHED},
            round=_scaled(self.round, factor),
            ratio=self.ratio if not modes.elder else self.ratio | {"tight": max(1.3, self.ratio["tight"])},
        )


@cache
def load_theme(path: Path = THEME) -> Theme:
    """Read a theme file."""
    raw: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = _palette(raw["colours"])
    contrasting = _palette(raw["contrast"])
    return Theme(
        colours=plain.colours,
        zones=plain.zones,
        text=raw["text"],
        space=raw["space"],
        size=raw["size"],
        round=raw["round"],
        ratio=raw["ratio"],
        contrast=replace(contrasting, colours=plain.colours | contrasting.colours),
        scale=raw["scale"],
        reach=raw["reach"],
        least=raw["least"],
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


def _palette(table: Mapping[str, Any]) -> Palette:
    colours = {name: _colour(text) for name, text in table.items() if name != "zones"}
    return Palette(colours, tuple(_colour(text) for text in table["zones"]))


def _colour(text: str) -> Colour:
    value = int(text.removeprefix("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255


def _scaled(table: dict[str, int], factor: float) -> dict[str, int]:
    return {name: max(1, round(value * factor)) for name, value in table.items()}
