"""Scripts that the hall's own font does not have: Mongolian, Tibetan, Uyghur, or whatever a catalogue brings.

Their letters join and stack, so they are set by SDL_ttf, which shapes them with HarfBuzz; the hall's own font
goes through FreeType. Mongolian stands in lines from left to right: the screens have no upright columns.
"""

import logging
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from kiosk.theme import Colour
from kiosk.toolkit import pygame

log = logging.getLogger(__name__)

SCRIPTS: Final = ((0x0600, 0x08FF, "Arab"), (0x0F00, 0x0FFF, "Tibt"), (0x1800, 0x18AF, "Mong"))
"""First and last code point, and what ISO 15924 calls the script."""
RIGHT_TO_LEFT: Final = ("Arab",)
JOINERS: Final = "\u200c\u200d\u180e\u202f"
"""They stand between letters of the script they are in."""


@dataclass(frozen=True)
class Run:
    """A piece of a text in one font: None is the hall's own."""

    text: str
    font: Path | None
    script: str


class Fallback:
    """Finds a font for each character that the hall's own lacks, and writes with it."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, bool], Path | None] = {}
        self._font = lru_cache(maxsize=32)(self._opened)

    def runs(self, text: str, missing: frozenset[str], bold: bool) -> list[Run]:
        """`text` in the order it is written from left to right; `missing` is what the hall's font lacks."""
        pieces: list[Run] = []
        for (font, script), letters in groupby(text, key=self._key(missing, bold)):
            pieces.append(Run("".join(letters), font, script))
        leading = next((run.script for run in pieces if run.script), "")
        return [_mirrored(run) for run in reversed(pieces)] if leading in RIGHT_TO_LEFT else pieces

    def width(self, run: Run, size: int) -> int:
        """The advance of a run in a font of its own, pixels."""
        return int(self._set(run, size).size(_in_order(run))[0])

    def draw(self, surface: pygame.Surface, run: Run, at: tuple[int, int], size: int, colour: Colour) -> None:
        """Write a run with its first base point `at`."""
        font = self._set(run, size)
        surface.blit(font.render(_in_order(run), True, colour), (at[0], at[1] - font.get_ascent()))

    def _key(self, missing: frozenset[str], bold: bool) -> "Keyed":
        return Keyed(self, missing, bold)

    def file_for(self, letter: str, bold: bool) -> Path | None:
        """A font that has this character; None, said once, where none is installed."""
        script = script_of(letter) or letter
        if (script, bold) not in self._files:
            self._files[script, bold] = found = _matched(letter, bold)
            if found is None:
                log.warning("no font is installed for U+%04X; install one (fonts-noto-core)", ord(letter))
        return self._files[script, bold]

    def _set(self, run: Run, size: int) -> pygame.font.Font:
        assert run.font is not None
        return self._font(run.font, size, run.script)

    def _opened(self, path: Path, size: int, script: str) -> pygame.font.Font:
        if not pygame.font.get_init():
            pygame.font.init()
        font = pygame.font.Font(str(path), size)
        if script:
            font.set_script(script)
        return font


class Keyed:
    """Which font and script a character is written in; what belongs to no script stays with its neighbour."""

    def __init__(self, fallback: Fallback, missing: frozenset[str], bold: bool) -> None:
        self._fallback = fallback
        self._missing = missing
        self._bold = bold
        self._last: tuple[Path | None, str] = (None, "")

    def __call__(self, letter: str) -> tuple[Path | None, str]:
        script = script_of(letter)
        if letter in JOINERS or (letter == " " and self._last[1]):
            return self._last
        if letter in self._missing or script:
            self._last = (self._fallback.file_for(letter, self._bold), script)
            if self._last[0] is None:
                self._last = (None, "")
        else:
            self._last = (None, "")
        return self._last


def script_of(letter: str) -> str:
    """The script of a character that must be shaped; empty for any other."""
    return next((name for first, last, name in SCRIPTS if first <= ord(letter) <= last), "")


def _mirrored(run: Run) -> Run:
    """In a line from right to left, the space after a word is on its left."""
    if run.script:
        return run
    inner = run.text.strip()
    before, _, after = run.text.partition(inner) if inner else (run.text, "", "")
    return replace(run, text=after + inner + before)


def _in_order(run: Run) -> str:
    """SDL_ttf writes from left to right only: what runs the other way is handed over from its end."""
    return run.text[::-1] if run.script in RIGHT_TO_LEFT else run.text


def _matched(letter: str, bold: bool) -> Path | None:
    weight = "bold" if bold else "regular"
    try:
        found = subprocess.run(
            ["fc-list", "--format=%{file}\n", f":charset={ord(letter):x}"],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
        files = set(found.stdout.splitlines())
        best = subprocess.run(
            ["fc-match", "--sort", "--format=%{file}\n", f"sans:charset={ord(letter):x}:weight={weight}"],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return next((Path(name) for name in _single_faced(best.stdout) if name in files), None)


def _single_faced(listed: str) -> Iterator[str]:
    """SDL_ttf opens the first face of a file only; collections are left to FreeType."""
    return (name for name in listed.splitlines() if not name.endswith((".ttc", ".otc")))
