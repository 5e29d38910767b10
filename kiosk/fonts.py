"""The hall's font: found through fontconfig, measured and drawn with FreeType."""

import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from broker.join import CannotWork
from kiosk.fallback import Fallback, Run, script_of
from kiosk.theme import Colour
from kiosk.toolkit import pygame

INSTALL: Final = "apt-get install fonts-noto-cjk"


class NoFont(CannotWork):
    """The hall's font is not there; the message says how to install it."""


@dataclass(frozen=True)
class FaceFile:
    """A face in a font file: a collection holds several."""

    path: Path
    index: int = 0


def find_faces(font: str, beside: Path) -> tuple[FaceFile, FaceFile]:
    """The regular and the bold face of a family fontconfig knows, or of a font file beside the hall file.

    Raises `NoFont`.
    """
    if "/" in font:
        path = beside / font
        if not path.is_file():
            raise NoFont(
                f"hall.font: there is no font file {font!r}; name an existing one or install Noto ({INSTALL})"
            )
        return FaceFile(path), FaceFile(path)
    return _matched(font, "regular"), _matched(font, "bold")


def _matched(family: str, weight: str) -> FaceFile:
    try:
        found = subprocess.run(
            ["fc-match", "--format=%{family}\n%{file}\n%{index}", f"{family}:weight={weight}"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoFont(
            f"the font {family!r} can't be looked up ({error}); install fontconfig and {family} ({INSTALL})"
        ) from error
    names, path, index = found.stdout.split("\n")
    if family not in names.split(","):
        raise NoFont(
            f"no font of the family {family!r} is installed; install it ({INSTALL}) or change hall.font"
        )
    return FaceFile(Path(path), int(index) & 0xFFFF)


class Faces:
    """The two faces everything is written in."""

    def __init__(self, regular: FaceFile, bold: FaceFile) -> None:
        if not pygame.freetype.get_init():
            pygame.freetype.init()
        self._faces = [_opened(face) for face in (regular, bold)]
        self._fallback = Fallback()
        self._lacks = lru_cache(maxsize=8192)(self._has_not)
        self._advance = lru_cache(maxsize=32768)(self._letter)
        self.width = lru_cache(maxsize=4096)(self._width)
        """The advance of a text in pixels: text, size, bold."""

    def draw(
        self, surface: pygame.Surface, text: str, at: tuple[int, int], size: int, bold: bool, colour: Colour
    ) -> None:
        """Write `text` with its first base point `at`."""
        if not (missing := self._missing(text)):
            self._faces[bold].render_to(surface, at, text, fgcolor=colour, size=size)
            return
        x, y = at
        for run in self._fallback.runs(text, missing, bold):
            if run.font is None:
                self._faces[bold].render_to(surface, (x, y), run.text, fgcolor=colour, size=size)
            else:
                self._fallback.draw(surface, run, (x, y), size, colour)
            x += self._run_width(run, size, bold)

    def _width(self, text: str, size: int, bold: bool) -> int:
        if not (missing := self._missing(text)):
            return self._own_width(text, size, bold)
        return sum(self._run_width(run, size, bold) for run in self._fallback.runs(text, missing, bold))

    def _run_width(self, run: Run, size: int, bold: bool) -> int:
        return self._own_width(run.text, size, bold) if run.font is None else self._fallback.width(run, size)

    def _own_width(self, text: str, size: int, bold: bool) -> int:
        return round(sum(self._advance(letter, size, bold) for letter in text) + 0.5)

    def _letter(self, letter: str, size: int, bold: bool) -> float:
        """The advance of one letter: the face kerns none."""
        (metric,) = self._faces[bold].get_metrics(letter, size=size)
        return float(metric[4] if metric else size)

    def _missing(self, text: str) -> frozenset[str]:
        """What the hall's font lacks, or can't join."""
        return frozenset(letter for letter in text if self._lacks(letter))

    def _has_not(self, letter: str) -> bool:
        return bool(script_of(letter)) or self._faces[False].get_metrics(letter, size=36) == [None]


def _opened(face: FaceFile) -> pygame.freetype.Font:
    font = pygame.freetype.Font(str(face.path), size=36, font_index=face.index)
    font.origin = True
    font.antialiased = True
    return font
