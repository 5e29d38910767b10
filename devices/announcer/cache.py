"""What was spoken once need not be spoken anew: the same calls come every day."""

import asyncio
import hashlib
import logging
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Final

from devices.announcer.sound import NoSound, Samples, from_wav, to_wav
from devices.announcer.speech import Voice

log = logging.getLogger(__name__)

MEMORY_BYTES: Final = 4 << 20
"""Some twenty calls: those that are recalled."""

DISK_FILES: Final = 400
"""About 80 MB: a small hall's numbers."""

PRUNE_EVERY: Final = 20
"""Files written between two looks at how many there are."""


class CachedVoice:
    """A voice that remembers, in memory and in `folder`; a file's name is a digest and says nothing."""

    def __init__(self, voice: Voice, folder: Path) -> None:
        self._voice = voice
        self._folder = folder
        self._memory: OrderedDict[str, Samples] = OrderedDict()
        self._size = 0
        self._written = 0

    @property
    def name(self) -> str:
        return self._voice.name

    def speaks(self, lang: str) -> bool:
        return self._voice.speaks(lang)

    def recipe(self, lang: str) -> str:
        return self._voice.recipe(lang)

    async def ready(self) -> None:
        await self._voice.ready()

    async def speak(self, text: str, lang: str) -> Samples:
        key = hashlib.sha256(f"{self.recipe(lang)}\0{text}".encode()).hexdigest()[:32]
        if key in self._memory:
            self._memory.move_to_end(key)
            return self._memory[key]
        file = self._folder / f"{key}.wav"
        samples = await asyncio.to_thread(_read, file)
        if samples is None:
            samples = await self._voice.speak(text, lang)
            await asyncio.to_thread(self._write, file, samples)
        self._remember(key, samples)
        return samples

    def _remember(self, key: str, samples: Samples) -> None:
        self._memory[key] = samples
        self._size += samples.nbytes
        while self._size > MEMORY_BYTES and len(self._memory) > 1:
            self._size -= self._memory.popitem(last=False)[1].nbytes

    def _write(self, file: Path, samples: Samples) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(f".{id(self):x}")
            part.write_bytes(to_wav(samples.tobytes()))
            part.replace(file)
            if self._written % PRUNE_EVERY == 0:
                _prune(self._folder)
            self._written += 1
        except OSError as error:
            log.warning("speech can't be kept in %s (%s); it is made anew each time", self._folder, error)


def _read(file: Path) -> Samples | None:
    """What the file holds; a file that can't be read or is not ours counts as none."""
    try:
        samples = from_wav(file.read_bytes())
        os.utime(file)
    except (OSError, NoSound):
        return None
    return samples


def _prune(folder: Path) -> None:
    """Remove what was used longest ago."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[DISK_FILES:]:
        with suppress(OSError):
            file.unlink()
