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
from kiosk import sample, sample_technician
from kiosk.easel import Easel, known_languages
from kiosk.motion import eased
from kiosk.presenters.floor import floor_of
from kiosk.render import floor_drawn
from kiosk.sample import screens
from kiosk.screens.geometry import Rect
from kiosk.stage import Album, Nowhere, Window, open_stage
from kiosk.toolkit import pygame

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


def hall_at(data: Path) -> Premises:
    hall = load(EXAMPLE)
    return Premises(hall, EXAMPLE, data, HallClock.real(ZoneInfo(hall.hall.timezone)))


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
    premises = hall_at(tmp_path)
    few = {"home", "ticket-failed"}
    every = sample.screens
    monkeypatch.setattr(sample, "screens", lambda floor: [one for one in every(floor) if one[0] in few])
    doors = list(sample_technician.technicians_pages())[:1]
    monkeypatch.setattr(sample_technician, "technicians_pages", lambda: doors)
    monkeypatch.setattr(rendering, "WAYS", {name: rendering.WAYS[name] for name in ("", "elder")})
    pictures = rendering.render(premises, tmp_path / "drawn")
    assert {path.parent.name for path in pictures} == {"portrait", "portrait-elder", "landscape", "small"}
    assert len(pictures) == 4 * len(few) * 2 + 3 * 2, "and, plain, the technician's door"
    assert any(path.name == "technician-door-en.png" for path in pictures)
    assert {pygame.image.load(path).get_size() for path in pictures} == {
        (1080, 1920), (540, 960), (1920, 1080), (800, 1280),
    }  # fmt: skip


async def test_one_sheet_slides_into_the_next_and_stands_there() -> None:
    easel = Easel.set_up(480, 640, load(EXAMPLE).hall.font, EXAMPLE.parent)
    window = Window(easel, "k1", whole_screen=False)
    try:
        pictures = dict(screens(floor_drawn(hall_at(Path("unused")), "k1")))
        before, after = easel.view(pictures["home"]), easel.view(pictures["ticket-failed"])
        window.show(before, before.rect)
        shown = pygame.display.get_surface()
        assert shown is not None
        window.turn(after, after.rect, 1)
        moving = pygame.image.tobytes(shown, "RGB")
        async with asyncio.timeout(10):
            while window.is_moving:
                await window.rest(asyncio.Event())
        standing = pygame.image.tobytes(shown, "RGB")
        whole = pygame.Surface((easel.rect.w, easel.rect.h), depth=32)
        easel.painter.paint(whole, after, after.rect)
        assert moving != standing == pygame.image.tobytes(whole, "RGB")
        window.turn(before, before.rect, -1)
        window.show(after, Rect(0, 0, 10, 10))
        assert pygame.image.tobytes(shown, "RGB") == standing, "what comes in between ends the motion"
    finally:
        window.close()


def test_a_motion_is_quick_at_first_and_ends_where_it_should() -> None:
    assert eased(0.0) == 0.0
    assert eased(0.3) > 0.5
    assert eased(1.0) == eased(7.0) == 1.0
