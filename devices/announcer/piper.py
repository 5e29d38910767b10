"""Piper, a neural voice on the machine itself; the hall installs it with a model for each language."""

import asyncio
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from devices.announcer.numbers import spoken
from devices.announcer.sound import NoSound, Samples, any_wav
from devices.announcer.speech import Sentences, SpeechFailed, main_language

SPEAKS_WITHIN_S: Final = 30.0
"""It loads its model first: a second or two, more on a small machine."""


class Piper:
    """The command `piper`, run once for each new text."""

    name: Final = "piper"

    def __init__(self, models: dict[str, Path], sentence: Sentences, command: str = "piper") -> None:
        self._models = models
        """Language → model (.onnx, its .onnx.json beside it)."""
        self._sentence = sentence
        self._command = command

    def speaks(self, lang: str) -> bool:
        return main_language(lang) in self._models

    def recipe(self, lang: str) -> str:
        return f"{self.name} {self._models[main_language(lang)]}"

    async def ready(self) -> None:
        for lang, model in self._models.items():
            if not await asyncio.to_thread(model.is_file):
                raise SpeechFailed(self._sentence("piper_model_missing"))
            await self.speak("1", lang)

    async def speak(self, text: str, lang: str) -> Samples:
        words = " ".join(spoken(text, lang).split())
        return await asyncio.to_thread(self._spoken, words, self._models[main_language(lang)])

    def _spoken(self, words: str, model: Path) -> Samples:
        with tempfile.TemporaryDirectory(prefix="hallkeeper-") as folder:
            file = Path(folder) / "said.wav"
            command = [self._command, "--model", str(model), "--output_file", str(file)]
            try:
                subprocess.run(
                    command,
                    input=f"{words}\n".encode(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=SPEAKS_WITHIN_S,
                    check=True,
                )
                return any_wav(file.read_bytes())
            except (OSError, subprocess.SubprocessError, NoSound):
                raise SpeechFailed(self._sentence("piper_failed")) from None
