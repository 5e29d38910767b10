"""Recorded speech: a folder of clips, each named by the words it says, put together to what is to be said.

`<folder>/zh/请.wav`, `A.wav`, `零.wav`, `号窗口.wav`, …; `<folder>/en/counter.wav`, … The longest
clip that fits is taken. A text with a word that nobody recorded is left to the next voice.
"""

import asyncio
import re
import unicodedata
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from devices.announcer.numbers import spoken
from devices.announcer.sound import NoSound, Samples, any_wav, levelled, pause
from devices.announcer.speech import Sentences, SpeechFailed, main_language

BREATHS: Final = {
    "，": 0.2,
    ",": 0.2,
    "、": 0.15,
    "。": 0.4,
    ".": 0.4,
    "；": 0.3,
    ";": 0.3,
    "！": 0.4,
    "!": 0.4,
}
"""Silence for a sign, seconds."""


class NotRecorded(SpeechFailed):
    """A word has no clip; another voice may say it."""


class Clips:
    """A pack of clips in one folder."""

    name: Final = "clips"

    def __init__(self, folder: Path, sentence: Sentences) -> None:
        self._folder = folder
        self._sentence = sentence
        self._files: dict[str, dict[str, Path]] = {}
        """Language → what a clip says → its file."""
        self._heard: dict[Path, Samples] = {}

    def speaks(self, lang: str) -> bool:
        return bool(self._files.get(main_language(lang)))

    def recipe(self, lang: str) -> str:
        return f"{self.name} {self._folder} {main_language(lang)}"

    async def ready(self) -> None:
        """Look afresh which clips there are."""
        self._heard.clear()
        self._files = await asyncio.to_thread(_catalogue, self._folder)
        if not self._files:
            raise SpeechFailed(self._sentence("clips_missing"))

    async def speak(self, text: str, lang: str) -> Samples:
        files = self._files.get(main_language(lang), {})
        pieces = split(spoken(text, lang), frozenset(files))
        if pieces is None:
            raise NotRecorded(self._sentence("not_recorded"))
        return await asyncio.to_thread(partial(self._joined, pieces, files))

    def _joined(self, pieces: list[str | float], files: dict[str, Path]) -> Samples:
        parts = [
            pause(piece) if isinstance(piece, float) else self._clip(files[_key(piece)]) for piece in pieces
        ]
        return np.concatenate(parts) if parts else pause(0.0)

    def _clip(self, file: Path) -> Samples:
        if file not in self._heard:
            try:
                self._heard[file] = levelled(any_wav(file.read_bytes()))
            except (OSError, NoSound):
                raise NotRecorded(self._sentence("not_recorded")) from None
        return self._heard[file]


def split(text: str, known: frozenset[str]) -> list[str | float] | None:
    """The clips that say `text` and the breaths between, in seconds; None when a word has no clip."""
    longest = max(map(len, known), default=0)
    pieces: list[str | float] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign in BREATHS or sign.isspace():
            if (breath := BREATHS.get(sign)) is not None:
                pieces.append(breath)
            at += 1
            continue
        size = next(
            (size for size in range(min(longest, len(text) - at), 0, -1) if _fits(text, at, size, known)), 0
        )
        if not size:
            return None
        pieces.append(text[at : at + size])
        at += size
    return pieces


def _fits(text: str, at: int, size: int, known: frozenset[str]) -> bool:
    """Whether a clip says these signs; a word of Latin letters is never cut in two."""
    if _key(text[at : at + size]) not in known:
        return False
    around = text[at + size - 1 : at + size + 1]
    return re.fullmatch("[A-Za-z]{2}", around) is None


def _catalogue(folder: Path) -> dict[str, dict[str, Path]]:
    found: dict[str, dict[str, Path]] = {}
    for file in sorted(folder.glob("*/*.wav")):
        found.setdefault(file.parent.name, {})[_key(file.stem)] = file
    return found


def _key(words: str) -> str:
    return unicodedata.normalize("NFC", words).casefold()
