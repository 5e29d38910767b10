"""Where the pictures go and the fingers come from: a real screen, or none."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from kiosk.easel import Easel
from kiosk.motion import Slide
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import View
from kiosk.toolkit import pygame

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finger:
    """A finger, or a mouse, at a place of the screen in its pixels."""

    phase: Literal["down", "up"]
    x: int
    y: int


class Stage(Protocol):
    """A place to show views on."""

    async def rest(self, changed: asyncio.Event) -> None:
        """Wait until it is time to look again: for fingers, or because `changed`."""

    def show(self, view: View, area: Rect) -> None:
        """Paint what changed of a view."""

    def turn(self, view: View, area: Rect, towards: Literal[-1, 1]) -> None:
        """Show the next sheet of a list, or with -1 the one before."""

    def fingers(self) -> Iterator[Finger]:
        """What was touched since the last call."""

    def close(self) -> None:
        """Let go of the screen."""


class NoScreen(RuntimeError):
    """There is no display that a window could be opened on."""


PRESSES: Final = (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP)
EXPOSURES: Final = (pygame.VIDEOEXPOSE, pygame.WINDOWEXPOSED)

FRAME_S: Final = 1 / 60
LOOK_S: Final = 0.25
"""Where nothing can be touched, the time is looked at so often: a countdown moves by whole seconds."""


class Window:
    """A window, or the whole screen under KMS. A screen of another size gets a scaled picture."""

    def __init__(self, easel: Easel, title: str, whole_screen: bool) -> None:
        """Open it; raises `NoScreen`."""
        self._easel = easel
        size = (easel.rect.w, easel.rect.h)
        try:
            pygame.display.init()
            desktop = pygame.display.get_desktop_sizes()[0]
            fits = size[0] <= desktop[0] and size[1] <= desktop[1]
            factor = 1.0 if fits else min(desktop[0] / size[0], desktop[1] / size[1]) * 0.94
            shown = desktop if whole_screen else (round(size[0] * factor), round(size[1] * factor))
            self._screen = pygame.display.set_mode(shown, pygame.FULLSCREEN if whole_screen else 0)
        except pygame.error as error:
            pygame.display.quit()
            raise NoScreen(str(error)) from error
        pygame.display.set_caption(title)
        pygame.mouse.set_visible(not whole_screen)
        # no key leads away from a kiosk: those that a desktop listens for come here, and are not listened to
        pygame.event.set_keyboard_grab(whole_screen)
        pygame.event.set_blocked(None)
        pygame.event.set_allowed([*PRESSES, *EXPOSURES])
        same = self._screen.get_size() == size
        self._canvas = self._screen if same else pygame.Surface(size, depth=32)
        factor = min(self._screen.get_width() / size[0], self._screen.get_height() / size[1])
        scaled = (round(size[0] * factor), round(size[1] * factor))
        self._shown = Rect(0, 0, *self._screen.get_size()).middle(*scaled)
        self._view: View | None = None
        self._slide: Slide | None = None

    async def rest(self, changed: asyncio.Event) -> None:  # noqa: ARG002 a window is looked at anyway
        if self._slide is not None:
            self._move(asyncio.get_running_loop().time())
        await asyncio.sleep(FRAME_S)

    def turn(self, view: View, area: Rect, towards: Literal[-1, 1]) -> None:
        if self._canvas is not self._screen:
            self.show(view, area)
            return
        self._settle()
        before, after = self._screen.copy(), self._screen.copy()
        self._easel.painter.paint(after, view, area)
        self._view = view
        now = asyncio.get_running_loop().time()
        self._slide = Slide(before, after, area, towards, now - FRAME_S)
        self._move(now)

    def _move(self, now: float) -> None:
        assert self._slide is not None
        self._slide.paint(self._screen, now)
        pygame.display.update(pygame.Rect(self._slide.area))
        if self._slide.is_over(now):
            self._slide = None

    @property
    def is_moving(self) -> bool:
        """Whether one sheet still slides into the next."""
        return self._slide is not None

    def _settle(self) -> None:
        """What moves is where it was going."""
        if self._slide is not None:
            self._screen.blit(self._slide.after, (0, 0))
            self._slide = None

    def show(self, view: View, area: Rect) -> None:
        if self._slide is not None:
            self._settle()
            area = self._easel.rect
        self._view = view
        self._easel.painter.paint(self._canvas, view, area)
        if self._canvas is self._screen:
            pygame.display.update(pygame.Rect(area))
            return
        small = pygame.transform.smoothscale(self._canvas, (self._shown.w, self._shown.h))
        self._screen.blit(small, (self._shown.x, self._shown.y))
        pygame.display.flip()

    def fingers(self) -> Iterator[Finger]:
        for event in pygame.event.get():
            if event.type in EXPOSURES:
                if self._view is not None:
                    self.show(self._view, self._easel.rect)
            elif event.type in PRESSES and event.button == pygame.BUTTON_LEFT:
                x = (event.pos[0] - self._shown.x) * self._easel.rect.w // self._shown.w
                y = (event.pos[1] - self._shown.y) * self._easel.rect.h // self._shown.h
                yield Finger("down" if event.type == pygame.MOUSEBUTTONDOWN else "up", x, y)

    def close(self) -> None:
        pygame.display.quit()


PICTURE_INTERVAL_S: Final = 1 / 8
"""A headless kiosk writes no more pictures than this, real seconds."""


class Album:
    """No screen: the picture goes into a file, at half its size, for the console to show."""

    def __init__(self, easel: Easel, path: Path) -> None:
        self.path = path
        self.version = 0
        """Grows with each picture written."""
        self._easel = easel
        self._canvas = pygame.Surface((easel.rect.w, easel.rect.h), depth=32)

    async def rest(self, changed: asyncio.Event) -> None:
        await asyncio.sleep(PICTURE_INTERVAL_S)
        await _wait_at_most(changed, LOOK_S)

    def show(self, view: View, area: Rect) -> None:
        self._easel.painter.paint(self._canvas, view, area)
        try:
            self._save()
        except (OSError, pygame.error) as error:
            log.warning(
                "the picture %s can't be written (%s); make room and check its folder", self.path, error
            )

    def turn(self, view: View, area: Rect, towards: Literal[-1, 1]) -> None:  # noqa: ARG002 a picture stands
        self.show(view, area)

    def _save(self) -> None:
        """Write the picture so that a reader sees the old one or the new one, never a part."""
        half = pygame.transform.smoothscale(self._canvas, (self._easel.rect.w // 2, self._easel.rect.h // 2))
        unfinished = self.path.with_name(f".{self.path.name}")
        pygame.image.save(half, unfinished)
        unfinished.replace(self.path)
        self.version += 1

    def fingers(self) -> Iterator[Finger]:
        return iter(())

    def close(self) -> None:
        """Nothing is held open."""


class Nowhere:
    """No screen and nobody to show a picture to: a real kiosk whose display is missing."""

    async def rest(self, changed: asyncio.Event) -> None:
        await _wait_at_most(changed, LOOK_S)

    def show(self, view: View, area: Rect) -> None:
        """Nothing can be seen."""

    def turn(self, view: View, area: Rect, towards: Literal[-1, 1]) -> None:
        """Nothing can be seen."""

    def fingers(self) -> Iterator[Finger]:
        return iter(())

    def close(self) -> None:
        """Nothing is held open."""


async def _wait_at_most(changed: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await changed.wait()


def open_stage(easel: Easel, title: str, album: Path | None) -> Stage:
    """A window where there is a display; else an album, if `album` names its picture; else nowhere.

    SDL_VIDEODRIVER, where it is set, decides; `dummy` is no display.
    """
    driver = os.environ.get("SDL_VIDEODRIVER")
    desktop = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    bare = any(os.access(card, os.R_OK | os.W_OK) for card in Path("/dev/dri").glob("card*"))
    if driver != "dummy" and (driver or desktop or bare):
        if not driver and not desktop:
            os.environ["SDL_VIDEODRIVER"] = "kmsdrm"
        if os.environ.get("DISPLAY"):
            # X shows a picture without OpenGL, whose drivers would take another 60 MB
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
        try:
            return Window(easel, title, whole_screen=album is None or not desktop)
        except NoScreen as error:
            log.warning("no window could be opened (%s); going on without a screen", error)
    return Nowhere() if album is None else Album(easel, album)
