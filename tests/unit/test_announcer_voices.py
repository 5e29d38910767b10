"""Recorded clips, Piper, espeak-ng: which one speaks; and how loud, by the hour and the noise."""

import stat
import wave
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from broker.messages.devices import Level
from devices.announcer.clips import Clips, NotRecorded, split
from devices.announcer.loudness import HallNoise, gain_db, most_gain_db
from devices.announcer.piper import Piper
from devices.announcer.sound import RATE, NoSound, Samples, any_wav
from devices.announcer.speech import SpeechFailed
from devices.announcer.voices import Voices, voices_of
from hallfile.devices import Announcer as Entry
from tests.conftest import HandClock

WORDS = ("请", "A", "零", "一", "号", "到", "3", "号窗口", "办理")
CALL = "请 A 零零一 号，到 3 号窗口办理。"


def sentence(code: str, **_: object) -> str:
    return code


def wav(file: Path, seconds: float, rate: int = RATE, channels: int = 1, hertz: float = 400.0) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(seconds * rate)) / rate
    tone = np.rint(8000 * np.sin(2 * np.pi * hertz * time)).astype("<i2")
    with wave.open(str(file), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.repeat(tone, channels).tobytes())


def pack(folder: Path) -> Path:
    for word in WORDS:
        wav(folder / "zh" / f"{word}.wav", 0.1)
    return folder


def test_the_longest_clips_are_put_together() -> None:
    known = frozenset(word.casefold() for word in WORDS)
    assert split(CALL, known) == ["请", "A", "零", "零", "一", "号", 0.2, "到", "3", "号窗口", "办理", 0.4]
    assert split("请 B 零一 号", known) is None
    english = frozenset(("a", "to counter"))
    assert split("A to counter", english) == ["A", "to counter"]
    assert split("at", english) is None, "a word is not its letters"


async def test_clips_say_a_call(tmp_path: Path) -> None:
    clips = Clips(pack(tmp_path), sentence)
    await clips.ready()
    assert (clips.speaks("zh-CN"), clips.speaks("en")) == (True, False)
    said = await clips.speak(CALL, "zh-CN")
    assert len(said) / RATE == pytest.approx(10 * 0.1 + 0.2 + 0.4, abs=0.01)


async def test_what_nobody_recorded_is_left_to_the_next_voice(tmp_path: Path) -> None:
    clips = Clips(pack(tmp_path), sentence)
    await clips.ready()
    with pytest.raises(NotRecorded):
        await clips.speak("请到导服台", "zh-CN")
    (tmp_path / "zh" / "请.wav").write_bytes(b"broken")
    with pytest.raises(NotRecorded):
        await clips.speak("请", "zh-CN")
    with pytest.raises(SpeechFailed, match="clips_missing"):
        await Clips(tmp_path / "elsewhere", sentence).ready()


class Tone:
    """A voice that can do as much as it is told."""

    def __init__(self, name: str, langs: tuple[str, ...] = ("zh-CN",), fails: bool = False) -> None:
        self.name = name
        self.langs = langs
        self.fails = fails
        self.said: list[str] = []

    def speaks(self, lang: str) -> bool:
        return lang in self.langs

    def recipe(self, lang: str) -> str:
        return f"{self.name}-{lang}"

    async def ready(self) -> None:
        if self.fails:
            raise SpeechFailed(self.name)

    async def speak(self, text: str, lang: str) -> Samples:
        if self.fails:
            raise SpeechFailed(self.name)
        self.said.append(text)
        return np.zeros(1, dtype=np.int16)


async def test_the_first_voice_that_can_speaks() -> None:
    broken, first, second = Tone("broken", fails=True), Tone("first"), Tone("second", ("zh-CN", "en"))
    voices = Voices([broken, first, second])
    await voices.ready()
    assert voices.name == "first"
    await voices.speak("一", "zh-CN")
    await voices.speak("one", "en")
    first.fails = True
    await voices.speak("二", "zh-CN")
    assert (first.said, second.said) == (["一"], ["one", "二"])
    second.fails = True
    with pytest.raises(SpeechFailed, match="second"):
        await voices.speak("三", "zh-CN")
    with pytest.raises(SpeechFailed, match="second"):
        await voices.ready()


def test_voices_without_clips_or_models_are_passed_over(tmp_path: Path) -> None:
    entry = Entry(link="audio:ring", clips="clips", piper={"zh": "huayan.onnx"})
    names = [voice.name for voice in voices_of(entry, tmp_path, tmp_path, sentence)._voices]
    assert names == ["clips", "piper", "espeak-ng"]
    bare = voices_of(Entry(link="audio:ring"), tmp_path, tmp_path, sentence)
    assert [voice.name for voice in bare._voices] == ["espeak-ng"]


async def test_piper_is_run_for_a_text(tmp_path: Path) -> None:
    wav(tmp_path / "answer.wav", 0.5, rate=16_000)
    program = tmp_path / "piper"
    program.write_text(
        f"#!/bin/sh\ncat > {tmp_path}/asked\n"
        f'cp {tmp_path}/answer.wav "$4"\necho "$1 $2 $3" > {tmp_path}/how\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    model = tmp_path / "zh.onnx"
    piper = Piper({"zh": model}, sentence, str(program))
    with pytest.raises(SpeechFailed, match="piper_model_missing"):
        await piper.ready()
    model.touch()
    await piper.ready()
    said = await piper.speak("请A001号\n到3号窗口", "zh-CN")
    assert len(said) / RATE == pytest.approx(0.5, abs=0.001)
    assert (tmp_path / "asked").read_text() == "请A零零一号 到3号窗口\n"
    assert (tmp_path / "how").read_text() == f"--model {model} --output_file\n"
    with pytest.raises(SpeechFailed, match="piper_failed"):
        await Piper({"zh": model}, sentence, str(tmp_path / "none")).speak("一", "zh")


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (48_000, 1), (RATE, 2)])
def test_a_recording_of_another_rate_sounds_the_same(tmp_path: Path, rate: int, channels: int) -> None:
    wav(tmp_path / "a.wav", 0.5, rate, channels, hertz=1000.0)
    samples = any_wav((tmp_path / "a.wav").read_bytes()).astype(float)
    assert len(samples) == pytest.approx(RATE / 2, abs=1)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * RATE / len(samples) == pytest.approx(1000, abs=2)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(8000 / np.sqrt(2), rel=0.02)


def test_a_recording_nobody_can_use_is_refused(tmp_path: Path) -> None:
    wav(tmp_path / "slow.wav", 0.1, rate=4000)
    with pytest.raises(NoSound, match="4000 Hz"):
        any_wav((tmp_path / "slow.wav").read_bytes())


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-20T{time}:00+08:00").astimezone(ZoneInfo("Asia/Shanghai"))


def test_the_hour_says_how_loud() -> None:
    entry = Entry(link="audio:ring", volume={"08:00": 0.0, "12:00": -9.0, "20:00": -20.0})
    gains = [most_gain_db(entry, at(time)) for time in ("07:59", "08:00", "12:30", "23:00")]
    assert gains == [-20.0, 0.0, -9.0, -20.0]
    assert most_gain_db(Entry(link="audio:ring", gain_db=-3.0), at("09:00")) == -3.0


@pytest.mark.parametrize(
    ("background", "gain"), [(60.0, -3.0), (52.0, -11.0), (80.0, 0.0), (30.0, -20.0), (None, 0.0)]
)
def test_speech_is_twelve_decibels_above_the_hall_within_bounds(
    background: float | None, gain: float
) -> None:
    entry = Entry(link="audio:ring", speech_db=75.0)
    assert gain_db(entry, at("09:00"), background) == gain


def test_only_fresh_calibrated_pickups_of_the_zone_count(clock: HandClock) -> None:
    noise = HallNoise(clock, ["m1", "m2", "m3"])

    def level(background: float, calibrated: bool = True) -> Level:
        said = {"laf": 0.0, "laeq_1s": 0.0, "lafmax_1s": 0.0}
        return Level(id="x", at=clock.now(), background=background, calibrated=calibrated, **said)

    assert noise.background_db() is None
    noise.hear("m1", level(50.0))
    noise.hear("m2", level(70.0, calibrated=False))
    noise.hear("elsewhere", level(90.0))
    assert noise.background_db() == 50.0
    clock.move(timedelta(seconds=9).total_seconds())
    noise.hear("m3", level(56.0))
    assert noise.background_db() == 53.0
    clock.move(5)
    assert noise.background_db() == 56.0
