"""The loudspeaker from the bus: asked to say, it says it to the end, and tells what became of it."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from broker.clock import HallClock, real_seconds_until
from broker.messages.devices import Finished, Say, Started, Unsay
from devices.announcer import queue as queue_module
from devices.announcer.chime import SECONDS as CHIME_S
from devices.announcer.driver import BETWEEN_S, Announcer
from devices.announcer.loudspeaker import sink_opener
from devices.announcer.ring import Ring
from devices.announcer.sound import RATE, Samples, from_wav
from devices.announcer.speech import Espeak, SpeechFailed, Voice
from devices.kit.device import Device
from hallfile.devices import Announcer as Entry
from hallfile.links import parse_link
from tests.contract.soundcards import SoundSystem, install
from tests.contract.stand import Stand, standing

ZONE = ZoneInfo("Asia/Shanghai")


class Tones:
    """A voice that says everything as half a second of tone, when it is let."""

    name = "tones"

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.let.set()
        self.fails: str | None = None

    def speaks(self, lang: str) -> bool:
        return lang in ("zh-CN", "en")

    def recipe(self, lang: str) -> str:
        return lang

    async def ready(self) -> None:
        pass

    async def speak(self, text: str, lang: str) -> Samples:
        await self.let.wait()
        if self.fails is not None:
            raise SpeechFailed(self.fails)
        return np.full(RATE // 2, 1000, dtype=np.int16)


@asynccontextmanager
async def loudspeaker(
    folder: Path, voice: Voice, link: str = "audio:ring?pace=none", speed: float = 1.0, gain_db: float = 0.0
) -> AsyncIterator[Stand]:
    class Speaking(Announcer):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, voice)

    clock = HallClock.simulated(ZONE, datetime(2026, 11, 20, 9, 0, tzinfo=ZONE), speed)
    opener = sink_opener(parse_link(link), Ring(folder / "ring"), clock)
    kind: type[Device] = Speaking
    async with standing(kind, Entry(link=link, gain_db=gain_db), folder, opener=opener) as stand:
        await stand.until(lambda seen: seen.states)
        yield stand


async def say(stand: Stand, text: str, **keys: Any) -> Any:
    return await stand.ask(Say, **{"text": text, "lang": "zh-CN", "repeat": 1, "chime": False, **keys})


def told(stand: Stand) -> list[tuple[str, str]]:
    """(started or its outcome, of which command) in order."""
    return [
        ("started" if isinstance(event, Started) else event.outcome, event.re)
        for event in stand.events
        if isinstance(event, Started | Finished)
    ]


async def finished(stand: Stand, number: int) -> None:
    await stand.until(lambda seen: sum(isinstance(event, Finished) for event in seen.events) == number)


async def test_a_call_is_queued_started_and_played(tmp_path: Path) -> None:
    async with loudspeaker(tmp_path, Tones()) as stand:
        await stand.word("online")
        reply = await say(stand, "请A001号到3号窗口办理", repeat=2, chime=True)
        assert (reply.ok, reply.outcome) == (True, "queued")
        await finished(stand, 1)
        assert told(stand) == [("started", reply.re), ("played", reply.re)]
        await stand.until(lambda seen: seen.state.playing is None and seen.state.queued == 0)
        assert any(state.playing == "请A001号到3号窗口办理" for state in stand.states)
        assert stand.state.voice == "tones"
    assert len(list((tmp_path / "ring").glob("*.wav"))) == 1


async def test_one_at_a_time_and_each_to_its_end(tmp_path: Path) -> None:
    voice = Tones()
    async with loudspeaker(tmp_path, voice) as stand:
        replies = [await say(stand, f"请A00{number}号到3号窗口办理", chime=True) for number in range(4)]
        await finished(stand, 4)
        assert told(stand) == [(what, reply.re) for reply in replies for what in ("started", "played")]


async def test_the_chime_sounds_while_the_speech_is_still_made(tmp_path: Path) -> None:
    voice = Tones()
    voice.let.clear()
    async with loudspeaker(tmp_path, voice) as stand:
        await say(stand, "请A001号到3号窗口办理", chime=True)
        await stand.until(lambda seen: seen.events)
        assert [what for what, _ in told(stand)] == ["started"]
        voice.let.set()
        await finished(stand, 1)


async def test_a_recall_replaces_the_call_that_waits(tmp_path: Path) -> None:
    voice = Tones()
    voice.let.clear()
    async with loudspeaker(tmp_path, voice) as stand:
        first = await say(stand, "请B009号到1号窗口办理")
        await stand.until(lambda seen: seen.state.playing is not None)
        old = await say(stand, "请A001号到3号窗口办理")
        new = await say(stand, "请A001号到5号窗口办理")
        await finished(stand, 1)
        assert told(stand) == [("dropped", old.re)]
        voice.let.set()
        await finished(stand, 3)
        assert [re for what, re in told(stand) if what == "played"] == [first.re, new.re]


async def test_a_stale_call_is_dropped(tmp_path: Path) -> None:
    voice = Tones()
    voice.let.clear()
    async with loudspeaker(tmp_path, voice) as stand:
        await say(stand, "请B009号到1号窗口办理")
        await stand.until(lambda seen: seen.state.playing is not None)
        late = await say(stand, "请A001号到3号窗口办理", expires_s=0.2)
        await asyncio.sleep(real_seconds_until(stand.device.around.clock, _expiry(stand)))
        voice.let.set()
        await finished(stand, 2)
        assert ("dropped", late.re) in told(stand)
        assert ("started", late.re) not in told(stand)
        dropped = next(event for event in stand.events if isinstance(event, Finished) and event.re == late.re)
        assert dropped.cause == "announcement_expired"


def _expiry(stand: Stand) -> datetime:
    assert isinstance(stand.device, Announcer)
    return max(waiting.expires for waiting in stand.device._queue._waiting)


async def test_what_cant_be_said_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with loudspeaker(tmp_path, Tones()) as stand:
        await stand.word("online")
        refused = [
            await say(stand, "  "),
            await say(stand, "长" * 301),
            await say(stand, "Сайн байна уу", lang="mn"),
            await say(stand, "请", repeat=0),
            await say(stand, "请", repeat=99),
        ]
        assert [reply.reason for reply in refused] == [
            "nothing_to_say",
            "too_long_to_say",
            "unknown_language",
            "malformed",
            "malformed",
        ]
        assert not any(reply.ok for reply in refused)
        assert stand.events == []


async def test_a_queue_that_is_full_says_so(tmp_path: Path) -> None:
    voice = Tones()
    voice.let.clear()
    async with loudspeaker(tmp_path, voice) as stand:
        await say(stand, "开始")
        await stand.until(lambda seen: seen.state.playing is not None)
        replies = [await say(stand, f"请A{number:03d}号") for number in range(queue_module.MOST_WAITING + 1)]
        assert [reply.ok for reply in replies].count(False) == 1
        assert replies[-1].reason == "announcements_full"


async def test_without_a_voice_nothing_is_said_and_the_state_says_why(tmp_path: Path) -> None:
    async with loudspeaker(tmp_path, Espeak(str, command="no-such-command")) as stand:
        await stand.word("hardwareError", cause_has="voice_missing")
        reply = await say(stand, "请A001号到3号窗口办理", chime=True)
        assert not reply.ok
        assert not (tmp_path / "ring").exists()


async def test_speech_that_fails_is_told_and_tried_again_with_the_next_call(tmp_path: Path) -> None:
    voice = Tones()
    voice.fails = "out of breath"
    async with loudspeaker(tmp_path, voice) as stand:
        await stand.word("online")
        failed = await say(stand, "请A001号到3号窗口办理", chime=True)
        await finished(stand, 1)
        assert told(stand) == [("started", failed.re), ("failed", failed.re)]
        await stand.until(lambda seen: any(state.cause == "out of breath" for state in seen.states))
        voice.fails = None
        await stand.word("online")
        played = await say(stand, "请A001号到3号窗口办理")
        await finished(stand, 2)
        assert told(stand)[-1] == ("played", played.re)
        assert len(list((tmp_path / "ring").glob("*.wav"))) == 1


async def test_an_announcement_takes_its_time_by_the_halls_clock(tmp_path: Path) -> None:
    async with loudspeaker(tmp_path, Tones(), "audio:ring", speed=20) as stand:
        await stand.word("online")
        began = time.monotonic()
        await say(stand, "请A001号到3号窗口办理", repeat=3, chime=True)
        await finished(stand, 1)
        hall_s = CHIME_S + 3 * 0.5 + 2 * BETWEEN_S
        assert hall_s / 20 <= time.monotonic() - began < hall_s


async def test_a_ring_that_cant_be_written_is_a_fault_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "ring").write_text("in the way")
    async with loudspeaker(tmp_path, Tones()) as stand:
        await stand.word("online")
        await say(stand, "请A001号到3号窗口办理")
        await finished(stand, 1)
        assert [what for what, _ in told(stand)] == ["started", "failed"]
        await stand.until(
            lambda seen: any("can't be written" in (state.cause or "") for state in seen.states)
        )


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs Debian's espeak-ng")
async def test_a_real_call_is_a_chime_and_then_the_same_words_twice(tmp_path: Path) -> None:
    async with loudspeaker(tmp_path, Espeak(str)) as stand:
        await say(stand, "请A001号到3号窗口办理", repeat=2, chime=True)
        await finished(stand, 1)
    sound = from_wav((tmp_path / "ring" / "000001.wav").read_bytes()).astype(float) / 32768
    chime, rest = np.split(sound, [round(CHIME_S * RATE)])
    pause = round(BETWEEN_S * RATE)
    words = (len(rest) - pause) // 2
    first, second = rest[:words], rest[words + pause :]
    assert np.array_equal(first, second)
    assert 3.0 < words / RATE < 6.0
    assert not rest[words : words + pause].any()
    assert _rms_db(first) > -26
    assert -32 < _rms_db(chime) < _rms_db(first) + 6
    assert np.abs(sound).max() < 0.99
    strongest_hz = np.abs(np.fft.rfft(chime[: RATE // 3], RATE)).argmax()
    assert strongest_hz == pytest.approx(659, abs=5)


def _rms_db(sound: Any) -> float:
    return float(10 * np.log10(np.mean(sound**2)))


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> SoundSystem:
    return install(monkeypatch)


async def test_a_card_plays_all_of_it(tmp_path: Path, cards: SoundSystem) -> None:
    async with loudspeaker(tmp_path, Tones(), "audio:default") as stand:
        assert (await stand.word("online")).cause is None
        await say(stand, "请A001号到3号窗口办理", repeat=2)
        await finished(stand, 1)
        assert [what for what, _ in told(stand)] == ["started", "played"]
    sounded = np.frombuffer(cards.heard, dtype="<i2")
    assert np.count_nonzero(sounded) == RATE
    assert {stream.settings["samplerate"] for stream in cards.streams} == {RATE}
    assert not (tmp_path / "ring").exists()
    assert not any(stream.running for stream in cards.streams)


async def test_a_card_pulled_out_in_the_middle_fails_that_call_and_no_other(
    tmp_path: Path, cards: SoundSystem
) -> None:
    cards.hold.clear()
    async with loudspeaker(tmp_path, Tones(), "audio:device=USB") as stand:
        await stand.word("online")
        cards.hold.clear()
        cut = await say(stand, "请A001号到3号窗口办理")
        await stand.until(lambda seen: seen.events)
        waiting = await say(stand, "请A002号到3号窗口办理")
        cards.unplug()
        await finished(stand, 1)
        assert told(stand) == [("started", cut.re), ("failed", cut.re)]
        await stand.word("powerOff", cause_has="USB")
        cards.plugged.add("USB speaker")
        await stand.word("online")
        await finished(stand, 2)
        assert told(stand)[-1] == ("played", waiting.re)


async def test_the_default_falls_back_to_the_ring_and_returns_to_the_card(
    tmp_path: Path, cards: SoundSystem
) -> None:
    cards.unplug()
    async with loudspeaker(tmp_path, Tones(), "audio:default") as stand:
        await stand.word("online", cause_has="announcement_unheard")
        clock = HallClock.real(ZONE)
        began = clock.monotonic()
        await say(stand, "请A001号到3号窗口办理")
        await finished(stand, 1)
        assert clock.monotonic() - began >= 0.5
        assert cards.heard == b""
        cards.plugged.add("USB speaker")
        await say(stand, "请A001号到3号窗口办理")
        await finished(stand, 2)
        assert np.frombuffer(cards.heard, dtype="<i2").any()
        await stand.until(lambda seen: seen.state.cause is None)
    assert len(list((tmp_path / "ring").glob("*.wav"))) == 1


async def test_a_link_that_is_no_loudspeaker_is_said(tmp_path: Path) -> None:
    async with loudspeaker(tmp_path, Tones(), "audio:ring?pace=fast") as stand:
        await stand.word("hardwareError", cause_has="audio:ring")


async def test_what_waits_can_be_withdrawn_and_what_sounds_is_said_to_its_end(tmp_path: Path) -> None:
    voice = Tones()
    voice.let.clear()
    async with loudspeaker(tmp_path, voice) as stand:
        first = await say(stand, "请A001号到3号窗口办理", chime=True)
        second = await say(stand, "请A002号到3号窗口办理")
        third = await say(stand, "请A003号到3号窗口办理")
        await stand.until(lambda seen: seen.events)
        withdrawn = [await stand.ask(Unsay, re=asked.re) for asked in (first, second)]
        assert [reply.details["dropped"] for reply in withdrawn] == [False, True]
        voice.let.set()
        await finished(stand, 3)
        assert told(stand) == [
            ("started", first.re),
            ("dropped", second.re),
            ("played", first.re),
            ("started", third.re),
            ("played", third.re),
        ]
