"""The voice: that it speaks Mandarin, that it says when it can't, and that it remembers."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from devices.announcer import cache
from devices.announcer.cache import CachedVoice
from devices.announcer.numbers import spoken
from devices.announcer.sound import RATE, Samples
from devices.announcer.speech import Espeak, SpeechFailed, arguments

espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs Debian's espeak-ng")

CALLS = ["请A001号到3号窗口办理", "请P210号到14号窗口办理", "中午十二点到下午两点休息，请不要离开"]


@espeak
@pytest.mark.parametrize("text", CALLS)
def test_mandarin_is_read_as_mandarin(text: str) -> None:
    """espeak-ng marks what it reads by the rules of another language with (en)."""
    run = subprocess.run(
        ["espeak-ng", *arguments("zh-CN"), "-q", "-x"],
        input=spoken(text, "zh-CN").encode(),
        capture_output=True,
        check=True,
    )
    assert b"(en)" not in run.stdout
    assert len(run.stdout.split()) >= 10


@espeak
async def test_it_speaks_both_languages_at_once_and_audibly() -> None:
    voice = Espeak(str)
    await voice.ready()
    for text, lang in (("请A001号到3号窗口办理", "zh-CN"), ("A001, please go to counter 3", "en")):
        samples = await voice.speak(text, lang)
        assert 2 * RATE < len(samples) < 8 * RATE
        assert np.sqrt(np.mean(samples.astype(float) ** 2)) > 1000


@espeak
async def test_text_is_never_taken_for_an_option_or_for_phonemes() -> None:
    voice = Espeak(str)
    for text in ("--version", "-v xx", "[[h@'loU]]", "<speak>hi</speak>", "\0\n"):
        await voice.speak(text, "en")


async def test_without_the_command_it_says_what_to_install() -> None:
    voice = Espeak(lambda code: f"sentence {code}", command="no-such-command")
    with pytest.raises(SpeechFailed) as failed:
        await voice.ready()
    assert (failed.value.word, failed.value.cause) == ("hardwareError", "sentence voice_missing")
    with pytest.raises(SpeechFailed, match="voice_failed"):
        await voice.speak("请", "zh-CN")


async def test_a_command_that_makes_no_sound_has_failed() -> None:
    with pytest.raises(SpeechFailed, match="voice_failed"):
        await Espeak(str, command="true").speak("请", "zh-CN")
    with pytest.raises(SpeechFailed, match="voice_failed"):
        await Espeak(str, command="false").speak("请", "zh-CN")


def test_the_languages_it_has() -> None:
    assert [Espeak(str).speaks(lang) for lang in ("zh-CN", "zh", "en-GB", "EN", "mn", "")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


class CountingVoice:
    """Says any text as so many samples, and counts how often it was asked."""

    name = "counting"

    def __init__(self, settings: str = "") -> None:
        self.asked: list[str] = []
        self._settings = settings

    def speaks(self, lang: str) -> bool:
        return True

    def recipe(self, lang: str) -> str:
        return f"{self.name} {self._settings} {lang}"

    async def ready(self) -> None:
        pass

    async def speak(self, text: str, lang: str) -> Samples:
        self.asked.append(text)
        return np.full(1000 + len(text), 7, dtype=np.int16)


async def test_what_was_said_once_is_remembered_also_after_a_restart(tmp_path: Path) -> None:
    voice = CountingVoice()
    first = CachedVoice(voice, tmp_path)
    one = await first.speak("请A001号", "zh-CN")
    assert (await first.speak("请A001号", "zh-CN")).tolist() == one.tolist()
    assert (await CachedVoice(voice, tmp_path).speak("请A001号", "zh-CN")).tolist() == one.tolist()
    assert voice.asked == ["请A001号"]
    assert all("A001" not in file.name for file in tmp_path.iterdir())


async def test_another_language_or_setting_is_another_sound(tmp_path: Path) -> None:
    voice, faster = CountingVoice(), CountingVoice("faster")
    await CachedVoice(voice, tmp_path).speak("1", "zh-CN")
    await CachedVoice(voice, tmp_path).speak("1", "en")
    await CachedVoice(faster, tmp_path).speak("1", "en")
    assert (voice.asked, faster.asked) == (["1", "1"], ["1"])


async def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    voice = CountingVoice()
    await CachedVoice(voice, tmp_path).speak("1", "zh-CN")
    for file in tmp_path.iterdir():
        file.write_bytes(b"RIFF")
    await CachedVoice(voice, tmp_path).speak("1", "zh-CN")
    assert voice.asked == ["1", "1"]


async def test_a_folder_that_cant_be_written_is_no_reason_to_be_silent(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    samples = await CachedVoice(CountingVoice(), tmp_path / "cache").speak("1", "zh-CN")
    assert len(samples) == 1001


async def test_it_is_bounded_in_memory_and_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MEMORY_BYTES", 5000)
    monkeypatch.setattr(cache, "DISK_FILES", 5)
    monkeypatch.setattr(cache, "PRUNE_EVERY", 1)
    cached = CachedVoice(CountingVoice(), tmp_path)
    for number in range(10):
        await cached.speak(str(number), "zh-CN")
    assert len(list(tmp_path.iterdir())) == 5
    assert cached._size <= 5000
    assert len(cached._memory) == 2
