"""Calibrating a pickup of a running hall, and recordings played to it."""

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broker.messages.devices import Calibrate, ForgetCalibration
from broker.messages.envelope import Reply
from devices.kit.errors import LinkMissing, Misconfigured
from devices.kit.link import Link
from devices.kit.links import open_link
from devices.mic_monitor import driver
from devices.mic_monitor.driver import MicMonitor
from devices.mic_monitor.microphone import Microphone
from hallfile.devices import MicMonitor as Entry
from hallfile.links import parse_link
from simulators.mic_monitor.pickup import SCENES, Pickup
from tests.contract.sounds import RATE, noise
from tests.contract.stand import PATIENCE_S, Stand, standing
from tests.links import MemoryLink, pair

TRUE_FULL_SCALE_DB = 114.2


class Booth:
    """A pickup of which nobody wrote down how sensitive it is, and what is sounded at it."""

    def __init__(self, stand: Stand, far: MemoryLink) -> None:
        self.stand = stand
        self.pickup = Pickup(RATE, TRUE_FULL_SCALE_DB, 40.0)
        self._far = far

    async def calibrating(self, **keys: Any) -> asyncio.Task[Reply]:
        """Ask for a calibration, and wait until somebody listens for the tone."""
        asked = asyncio.create_task(self.stand.ask(Calibrate, **keys))
        async with asyncio.timeout(PATIENCE_S):
            while not self._ear.is_calibrating:
                await asyncio.sleep(0.001)
        return asked

    @property
    def _ear(self) -> Microphone:
        assert isinstance(self.stand.device, MicMonitor)
        assert isinstance(self.stand.device._ear, Microphone)
        return self.stand.device._ear

    async def sound(self, seconds: float, scene: str | None = None) -> None:
        """Let `seconds` of a scene be heard, as fast as the driver takes them."""
        self.pickup.play(scene)
        for _ in range(round(seconds * 4)):
            await self._far.write(self.pickup.hear(RATE // 4))
        await self.stand.taken(self._far.sent)


@asynccontextmanager
async def booth(folder: Path, full_scale_db: float | None = None) -> AsyncIterator[Booth]:
    near, far = pair()

    async def opened() -> Link:
        return near

    def make(*arguments: Any) -> MicMonitor:
        return MicMonitor(*arguments, folder / "devices.db")

    entry = Entry(link=f"pcm:{folder}/none?rate={RATE}", counter="1", full_scale_db=full_scale_db)
    async with standing(make, entry, folder, opener=opened) as stand:
        made = Booth(stand, far)
        await made.sound(1)
        await stand.until(lambda seen: seen.readings)
        yield made


async def test_a_calibrator_makes_db_of_what_was_relative_and_a_restart_knows_it(tmp_path: Path) -> None:
    async with booth(tmp_path) as one:
        assert not one.stand.readings[-1].calibrated
        asked = await one.calibrating(level_db=94.0)
        await one.sound(7, "tone")
        reply = await asked
        assert reply.ok
        assert reply.details["full_scale_db"] == pytest.approx(TRUE_FULL_SCALE_DB, abs=0.05)
        assert reply.details["before_db"] is None
        await one.sound(2, "tone")
        await one.stand.until(lambda seen: seen.readings[-1].calibrated)
        assert one.stand.readings[-1].laeq_1s == pytest.approx(94.0, abs=0.1)
        await one.stand.until(lambda seen: seen.state.calibrated)
        assert one.stand.state.calibrated_at is not None
    async with booth(tmp_path, full_scale_db=99.0) as again:
        assert again.stand.state.full_scale_db == pytest.approx(TRUE_FULL_SCALE_DB, abs=0.05)
        assert (await again.stand.ask(ForgetCalibration)).ok
        await again.stand.until(lambda seen: seen.state.full_scale_db == 99.0)


@pytest.mark.parametrize(
    ("scene", "reason"), [("hum", "wrong_tone"), ("babble", "wrong_tone"), (None, "no_sound")]
)
async def test_anything_but_the_tone_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str | None, reason: str
) -> None:
    monkeypatch.setattr(driver, "CALIBRATION_S", 0.5)
    monkeypatch.setattr(driver, "LEAST_CALIBRATION_S", 0.1)
    async with booth(tmp_path) as one:
        asked = await one.calibrating()
        if scene is not None:
            await one.sound(3, scene)
        reply = await asked
        assert (reply.ok, reply.reason, reply.text) == (False, reason, reason)
        assert not one.stand.state.calibrated


async def test_a_second_calibration_waits_for_the_first_and_a_hurried_one_for_nobody(tmp_path: Path) -> None:
    async with booth(tmp_path) as one:
        assert (await one.stand.ask(Calibrate, expires_s=5.0)).reason == "too_little_time"
        assert (await one.stand.ask(Calibrate, level_db=9.4)).reason == "bad_value"
        first = await one.calibrating()
        assert (await one.stand.ask(Calibrate)).reason == "device_busy"
        await one.sound(6, "tone")
        assert (await first).ok


def record(path: Path, sound: bytes, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(RATE)
        file.writeframes(sound)
    return path


async def test_a_recording_is_played_in_real_time_and_again_where_that_is_asked(tmp_path: Path) -> None:
    path = record(tmp_path / "hall.wav", noise(0.5, 70))
    loop = asyncio.get_running_loop()
    link = await open_link(parse_link(f"pcm:{path}?loop=1"))
    began = loop.time()
    heard = b""
    while len(heard) < 2 * RATE:
        heard += await link.read(1 << 18)
    assert loop.time() - began == pytest.approx(1.0, abs=0.2)
    assert heard[:RATE] == heard[RATE:]
    await link.close()


async def test_levels_of_a_recording_and_of_its_first_channel_only(tmp_path: Path) -> None:
    left, right = (np.frombuffer(noise(3, level, seed=1), dtype="<i2") for level in (70, 90))
    path = record(tmp_path / "Hall.WAV", np.stack((left, right), axis=1).tobytes(), channels=2)
    entry = Entry(link=f"pcm:{path}", counter="1", full_scale_db=120.0)
    async with standing(MicMonitor, entry, tmp_path) as stand:
        await stand.until(lambda seen: len(seen.readings) == 2)
        assert [reading.laeq_1s for reading in stand.readings] == pytest.approx([70.0, 70.0], abs=0.5)


async def test_what_is_no_recording_is_said(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF")
    for path, error, match in (
        (tmp_path / "none.wav", LinkMissing, "is not there"),
        (bad, Misconfigured, "no plain WAV"),
        (record(tmp_path / "wide.wav", bytes(30), width=3), Misconfigured, "16-bit"),
        (record(tmp_path / "empty.wav", b""), Misconfigured, "16-bit"),
    ):
        with pytest.raises(error, match=match):
            await open_link(parse_link(f"pcm:{path}"))


async def test_a_level_has_all_its_figures_and_is_a_small_message(tmp_path: Path) -> None:
    async with booth(tmp_path) as one:
        await one.sound(3, "babble")
        await one.stand.until(lambda seen: len(seen.readings) == 4)
        reading = one.stand.readings[-1]
        assert reading.lasmax_1s >= reading.las - 0.1
        assert reading.l10 >= reading.l50 >= reading.l90
        assert reading.lceq_1s > reading.laeq_1s
        assert list(reading.octaves) == [
            "31.5",
            "63",
            "125",
            "250",
            "500",
            "1000",
            "2000",
            "4000",
            "8000",
            "16000",
        ]
        assert max(reading.octaves, key=reading.octaves.__getitem__) in ("250", "500")
        assert SCENES["babble"].level == 68.0
