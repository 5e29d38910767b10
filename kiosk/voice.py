"""The kiosk's own voice: what its page asks, said by espeak-ng at the kiosk's own loudspeaker.

The hall's loudspeakers are for calls: a prompt there would disturb everybody, and wait behind every call.
Each prompt stands on the screen in words too, so a kiosk without a loudspeaker loses only the sound.
"""

import asyncio
import logging
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

log = logging.getLogger(__name__)

PROGRAM: Final = "espeak-ng"
WORDS_A_MINUTE: Final = 150
LOUDEST: Final = 200
"""espeak-ng -a: its own scale ends here."""
VOICES: Final = {"zh": "cmn", "en": "en"}
"""espeak-ng's voice of a language; any other language is asked for by its own code."""

_NUMBERS: Final = re.compile(r"\b[A-Z]{1,2}\d{3,}\b")


class Sound(msgspec.Struct, frozen=True):
    """What a technician has set."""

    volume: int = 60


class Voice:
    """Says one thing at a time: the page on show, never the one before."""

    def __init__(self, settings: Path | None, *, silent: bool = False) -> None:
        """`settings` is the file that remembers the volume."""
        self._settings = settings
        self.volume = _remembered(settings).volume
        self._program = None if silent else shutil.which(PROGRAM)
        if self._program is None and not silent:
            log.warning("%s is not installed: prompts stand on the screen only; install it", PROGRAM)
        self._speaking: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def say(self, words: str, language: str) -> None:
        """Say this now; what was being said ends."""
        self.hush()
        if self._program is not None and words and self.volume:
            line = command(self._program, words, language, self.volume)
            self._task = asyncio.get_running_loop().create_task(self._speak(line))

    def hush(self) -> None:
        """Say nothing more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def turn(self, by: int) -> int:
        """Louder or softer; the new volume, 0 to 100, is remembered."""
        self.volume = min(100, max(0, self.volume + by))
        if self._settings is not None:
            try:
                self._settings.write_bytes(msgspec.json.encode(Sound(self.volume)))
            except OSError as error:
                log.warning("the volume can't be kept in %s (%s); make room", self._settings, error)
        return self.volume

    async def _speak(self, line: list[str]) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *line, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError as error:
            log.warning("a prompt can't be said (%s)", error)
            return
        try:
            await process.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def command(program: str, words: str, language: str, volume: int) -> list[str]:
    """The command line that says `words` in `language` (a code like zh-CN)."""
    main = language.partition("-")[0]
    return [
        program,
        *("-v", VOICES.get(main, main), "-s", str(WORDS_A_MINUTE), "-a", str(LOUDEST * volume // 100)),
        _NUMBERS.sub(lambda number: " ".join(number.group()), words),
    ]


def _remembered(settings: Path | None) -> Sound:
    try:
        return msgspec.json.decode(settings.read_bytes(), type=Sound) if settings is not None else Sound()
    except (OSError, msgspec.DecodeError):
        return Sound()
