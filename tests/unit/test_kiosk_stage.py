"""Windows, albums and pictures, on SDL's dummy display."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from broker.clock import HallClock
from hallfile.load import load
from hallfile.premises import Premises
from kiosk import render as rendering
from kiosk import sample
from kiosk.easel import Easel, known_languages
from kiosk.presenters.floor import floor_of
from kiosk.sample import screens
from kiosk.stage import Album, Nowhere, Window, open_stage
from kiosk.toolkit import pygame

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@pytest.fixture(scope="module")
def easel() -> Easel:
    return Easel.set_up(480, 854, load(EXAMPLE).hall.font, EXAMPLE.parent)


@pytest.fixture
def window(easel: Easel) -> Iterator[Window]:
    opened = Window(easel, "k1", whole_screen=False)
    yield opened
    opened.close()


def test_a_window_hears_fingers_in_the_pixels_of_the_screen(window: Window, easel: Easel) -> None:
    list(window.fingers())
    shown = pygame.display.get_surface()
    assert shown is not None
    middle = (shown.get_width() // 2, shown.get_height() // 2)
    for kind, button in (
        (pygame.MOUSEBUTTONDOWN, 1),
        (pygame.MOUSEBUTTONUP, 1),
        (pygame.MOUSEBUTTONDOWN, 3),
        (pygame.KEYDOWN, None),
        (pygame.QUIT, None),
    ):
        keys = {"pos": middle, "button": button} if button else {}
        pygame.event.post(pygame.event.Event(kind, keys))
    down, up = window.fingers()
    assert (down.phase, up.phase) == ("down", "up")
    assert (down.x, down.y) == (up.x, up.y)
    assert abs(down.x - easel.rect.w // 2) <= 2
    assert abs(down.y - easel.rect.h // 2) <= 2


def test_a_window_shows_what_it_is_given(window: Window, easel: Easel) -> None:
    view = easel.view(dict(screens(floor_of(load(EXAMPLE), "k1", known_languages())))["home"])
    window.show(view, view.rect)
    shown = pygame.display.get_surface()
    assert shown is not None
    seen = shown.get_at((2, 400))[:3]
    assert max(abs(one - other) for one, other in zip(seen, easel.theme.colours["ground"], strict=True)) < 6


def test_without_a_display_a_simulated_kiosk_keeps_an_album(easel: Easel, tmp_path: Path) -> None:
    stage = open_stage(easel, "k1", tmp_path / "k1.jpg")
    assert isinstance(stage, Album)
    view = easel.view(dict(screens(floor_of(load(EXAMPLE), "k1", known_languages())))["home"])
    stage.show(view, view.rect)
    assert stage.version == 1
    assert pygame.image.load(tmp_path / "k1.jpg").get_size() == (240, 427)
    assert [path.name for path in tmp_path.iterdir()] == ["k1.jpg"], "nothing half written is left"


def test_a_picture_that_cant_be_written_does_not_end_the_screen(
    easel: Easel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Album(easel, tmp_path / "missing" / "k1.jpg")
    view = easel.view(dict(screens(floor_of(load(EXAMPLE), "k1", known_languages())))["home"])
    stage.show(view, view.rect)
    assert stage.version == 0
    assert "can't be written" in caplog.text


async def test_without_a_display_a_real_kiosk_shows_nothing_and_goes_on(easel: Easel) -> None:
    stage = open_stage(easel, "k1", None)
    assert isinstance(stage, Nowhere)
    changed = asyncio.Event()
    changed.set()
    await stage.rest(changed)
    assert list(stage.fingers()) == []


def test_every_screen_is_drawn_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = load(EXAMPLE)
    clock = HallClock.real(ZoneInfo(hall.hall.timezone))
    premises = Premises(hall, EXAMPLE, tmp_path, clock)
    few = [name for name, _ in screens(floor_of(hall, "k1", known_languages()))][:3]
    every = sample.screens
    monkeypatch.setattr(sample, "screens", lambda floor: [one for one in every(floor) if one[0] in few])
    pictures = rendering.render(premises, tmp_path / "drawn")
    assert len(pictures) == 3 * 2 * 2
    assert {pygame.image.load(path).get_size() for path in pictures} == {(1080, 1920), (1920, 1080)}
