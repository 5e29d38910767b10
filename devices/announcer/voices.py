"""Several voices in the order in which the hall prefers them: what one can't say, the next one says."""

import logging
from collections.abc import Sequence
from pathlib import Path

from devices.announcer.cache import CachedVoice
from devices.announcer.clips import Clips, NotRecorded
from devices.announcer.piper import Piper
from devices.announcer.sound import Samples
from devices.announcer.speech import Espeak, Sentences, SpeechFailed, Voice
from hallfile.devices import Announcer as Entry

log = logging.getLogger(__name__)


def voices_of(entry: Entry, beside: Path, cache: Path, sentence: Sentences) -> "Voices":
    """The voices of a loudspeaker; paths in its entry are beside the hall file."""
    made: list[Voice] = []
    for kind in entry.voices:
        match kind:
            case "clips" if entry.clips is not None:
                made.append(Clips(beside / entry.clips, sentence))
            case "piper" if entry.piper:
                models: dict[str, Path] = {lang: beside / model for lang, model in entry.piper.items()}
                made.append(CachedVoice(Piper(models, sentence), cache))
            case "espeak-ng":
                made.append(CachedVoice(Espeak(sentence), cache))
    return Voices(made)


class Voices:
    """A voice made of others."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = voices
        self._able: list[Voice] = list(voices)
        """Those that could speak when they were last asked."""

    @property
    def name(self) -> str:
        return self._able[0].name if self._able else self._voices[-1].name

    def speaks(self, lang: str) -> bool:
        return any(voice.speaks(lang) for voice in self._able)

    def recipe(self, lang: str) -> str:
        return " | ".join(voice.recipe(lang) for voice in self._able if voice.speaks(lang))

    async def ready(self) -> None:
        """See which can speak; raises the last one's `SpeechFailed` when none can."""
        able: list[Voice] = []
        failure: SpeechFailed | None = None
        for voice in self._voices:
            try:
                await voice.ready()
                able.append(voice)
            except SpeechFailed as error:
                failure = error
                log.warning("the voice %s can't speak, the next one does: %s", voice.name, error)
        self._able = able
        if failure is not None and not able:
            raise failure

    async def speak(self, text: str, lang: str) -> Samples:
        failure: SpeechFailed | None = None
        for voice in self._able:
            if not voice.speaks(lang):
                continue
            try:
                return await voice.speak(text, lang)
            except SpeechFailed as error:
                failure = error
                if not isinstance(error, NotRecorded):
                    log.warning("the voice %s failed, the next one speaks: %s", voice.name, error)
        assert failure is not None, "it was asked for a language that it does not speak"
        raise failure
