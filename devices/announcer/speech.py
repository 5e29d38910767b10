"""Text to speech. A voice is anything that speaks; espeak-ng is the one that every Debian machine has."""

import asyncio
import subprocess
from collections.abc import Callable
from typing import Final, Protocol

from devices.announcer.numbers import spoken
from devices.announcer.sound import NoSound, Samples, from_wav
from devices.kit.errors import DeviceError

Sentences = Callable[[str], str]

VOICES: Final = {"zh": "cmn-latn-pinyin", "en": "en"}
"""Language → espeak-ng's voice. Its plain `cmn` (1.51, Debian 12) reads the pinyin of most characters by the
rules of English (请 comes out as "king tree"); this one has the same dictionary and reads it as Mandarin."""

WORDS_A_MINUTE: Final = 160
"""A little slower than its default of 175: a call must be understood the first time."""

SPEAKS_WITHIN_S: Final = 10.0
"""It takes 20 ms; a machine that needs this long has other troubles."""


class SpeechFailed(DeviceError):
    """Nothing can be spoken now; its words are those of the hall already."""

    word = "hardwareError"
    code = None


class Voice(Protocol):
    """What turns text into sound: espeak-ng here; recorded clips or a neural voice fit in the same place."""

    @property
    def name(self) -> str:
        """As the state names it."""
        ...

    def speaks(self, lang: str) -> bool:
        """Whether it has the language."""
        ...

    def recipe(self, lang: str) -> str:
        """The voice with its settings: whatever has the same recipe makes the same sound of a text."""
        ...

    async def ready(self) -> None:
        """Check that it can speak at all; raises `SpeechFailed` with what to do."""
        ...

    async def speak(self, text: str, lang: str) -> Samples:
        """The sound of `text`; raises `SpeechFailed`."""
        ...


class Espeak:
    """Debian's espeak-ng, run as a command (it is GPL-3: used, not linked)."""

    name: Final = "espeak-ng"

    def __init__(self, sentence: Sentences, command: str = "espeak-ng") -> None:
        self._sentence = sentence
        self._command = command

    def speaks(self, lang: str) -> bool:
        return main_language(lang) in VOICES

    def recipe(self, lang: str) -> str:
        return " ".join((self.name, *arguments(lang)))

    async def ready(self) -> None:
        for lang in VOICES:
            await self._run("voice_missing", *arguments(lang), "-q", text="1")

    async def speak(self, text: str, lang: str) -> Samples:
        words = spoken(text, lang).replace("[[", " ")  # [[ begins phonemes
        wav = await self._run("voice_failed", *arguments(lang), "--stdout", text=words)
        try:
            return from_wav(wav)
        except NoSound:
            raise SpeechFailed(self._sentence("voice_failed")) from None

    async def _run(self, failure: str, *arguments: str, text: str = "") -> bytes:
        def run() -> bytes:
            done = subprocess.run(
                [self._command, *arguments],
                input=text.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SPEAKS_WITHIN_S,
                check=True,
            )
            return done.stdout

        try:
            return await asyncio.to_thread(run)
        except (OSError, subprocess.SubprocessError):
            raise SpeechFailed(self._sentence(failure)) from None


def arguments(lang: str) -> tuple[str, ...]:
    """espeak-ng's options for UTF-8 text of `lang` on its standard input."""
    return ("-b", "1", "-v", VOICES[main_language(lang)], "-s", str(WORDS_A_MINUTE), "--stdin")


def main_language(lang: str) -> str:
    """`zh` of `zh-CN`."""
    return lang.partition("-")[0].lower()
