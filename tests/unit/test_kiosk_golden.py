"""A few screens as they were when somebody looked at them, an eighth as large and with some tolerance.

After a change that is meant, run this with HALLKEEPER_GOLDEN=write, and look at the pictures.
"""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from broker.clock import HallClock
from hallfile.load import load
from hallfile.premises import Premises
from kiosk.easel import Easel
from kiosk.presenters.model import Model
from kiosk.render import SIZES, WAYS, floor_drawn
from kiosk.sample import screens
from kiosk.toolkit import pygame

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
GOLDEN = Path(__file__).parents[1] / "golden" / "kiosk"
SMALLER = 8
MOST_APART = 6.0
"""Of 255, on average: another version of the font or of FreeType stays below, a moved panel does not."""

SHOWN = [
    ("portrait", "", "home-zh-CN"),
    ("portrait", "", "home-en"),
    ("portrait", "", "ticket-printed-zh-CN"),
    ("portrait", "", "ticket-failed-zh-CN"),
    ("portrait", "", "out-of-service-zh-CN"),
    ("portrait", "elder", "home-zh-CN"),
    ("portrait", "elder", "ticket-printed-zh-CN"),
    ("portrait", "low", "home-zh-CN"),
    ("portrait", "low", "ticket-failed-zh-CN"),
    ("portrait", "contrast", "home-zh-CN"),
    ("portrait", "elder-low", "ticket-unknown-en"),
    ("landscape", "", "home-zh-CN"),
    ("landscape", "low", "home-en"),
    ("small", "", "home-zh-CN"),
]


@cache
def models() -> dict[str, Model]:
    hall = load(EXAMPLE)
    premises = Premises(hall, EXAMPLE, Path("unused"), HallClock.real(ZoneInfo(hall.hall.timezone)))
    floor = replace(floor_drawn(premises, "k1"), pages="http://hall.example:8080/t/")
    return {
        f"{name}-{language}": replace(model, language=language)
        for name, model in screens(floor)
        for language in ("zh-CN", "en")
    }


@cache
def easel(shape: str) -> Easel:
    return Easel.set_up(*SIZES[shape], load(EXAMPLE).hall.font, EXAMPLE.parent)


def drawn(shape: str, way: str, name: str) -> pygame.Surface:
    width, height = SIZES[shape]
    surface = pygame.Surface((width, height), depth=24)
    view = easel(shape).view(replace(models()[name], modes=WAYS[way]))
    easel(shape).painter.paint(surface, view, view.rect)
    return pygame.transform.smoothscale(surface, (width // SMALLER, height // SMALLER))


def apart(one: pygame.Surface, other: pygame.Surface) -> float:
    """The mean difference of two pictures' colours, of 255."""
    pairs = zip(pygame.image.tobytes(one, "RGB"), pygame.image.tobytes(other, "RGB"), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (3 * one.get_width() * one.get_height())


@pytest.mark.parametrize(("shape", "way", "name"), SHOWN)
def test_a_screen_looks_as_it_did(shape: str, way: str, name: str) -> None:
    picture = drawn(shape, way, name)
    path = GOLDEN / f"{'-'.join(filter(None, (shape, way, name)))}.png"
    if os.environ.get("HALLKEEPER_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        pygame.image.save(picture, path)
    assert apart(picture, pygame.image.load(path)) <= MOST_APART, f"look at it, and at {path.name}"


def test_a_screen_that_looks_otherwise_is_found() -> None:
    pictures = [drawn("portrait", way, "home-zh-CN") for way in ("", "elder", "low", "contrast")]
    for other in pictures[1:]:
        assert apart(pictures[0], other) > 2 * MOST_APART
