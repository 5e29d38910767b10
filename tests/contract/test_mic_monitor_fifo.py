"""A pickup that is a FIFO: known sound in, levels on the bus out; and all that may happen to a pickup."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from devices.kit.errors import LinkMissing, Misconfigured
from devices.kit.links import open_link
from devices.mic_monitor import microphone
from devices.mic_monitor.driver import MicMonitor
from hallfile.devices import MicMonitor as Entry
from hallfile.links import parse_link
from tests.contract.sounds import FULL_SCALE_DB, RATE, noise, to_bytes
from tests.contract.stand import Stand, standing


class Pickup:
    """Writes sound as fast as the driver takes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._fd: int | None = None

    async def plug_in(self) -> None:
        """Open the FIFO's writing end; waits for the driver's, as a FIFO does."""
        self._fd = await asyncio.to_thread(os.open, self.path, os.O_WRONLY)

    async def play(self, *sounds: bytes) -> None:
        assert self._fd is not None
        for sound in sounds:
            await asyncio.to_thread(_write, self._fd, sound)
            self.written += len(sound)

    def unplug(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


@pytest.fixture
def pickup(tmp_path: Path) -> Iterator[Pickup]:
    path = tmp_path / "mic"
    os.mkfifo(path)
    made = Pickup(path)
    yield made
    made.unplug()


@asynccontextmanager
async def listening(pickup: Pickup, full_scale_db: float | None = FULL_SCALE_DB) -> AsyncIterator[Stand]:
    entry = Entry(link=f"pcm:{pickup.path}?rate={RATE}", counter="1", full_scale_db=full_scale_db)
    async with standing(MicMonitor, entry, pickup.path.parent) as stand:
        await pickup.plug_in()
        yield stand


async def test_a_quarrel_and_a_slammed_door_have_the_levels_they_have(pickup: Pickup) -> None:
    quiet = [noise(1, 50, seed) for seed in range(5)]
    quarrel = [noise(1, 86, seed) for seed in range(4)]
    slam = noise(0.35, 50) + noise(0.3, 95) + noise(0.35, 50)
    async with listening(pickup) as stand:
        await pickup.play(*quiet, *quarrel, *quiet[:3], slam, *quiet[:2])
        await stand.until(lambda seen: len(seen.readings) == 15)
    readings = stand.readings
    assert [reading.laeq_1s for reading in readings[:5]] == pytest.approx([50.0] * 5, abs=0.4)
    assert [reading.laeq_1s for reading in readings[5:9]] == pytest.approx([86.0] * 4, abs=0.4)
    assert [reading.laf for reading in readings[6:9]] == pytest.approx([86.0] * 3, abs=2.0)
    assert readings[12].laeq_1s == pytest.approx(95 - 5.23, abs=0.4)
    assert readings[12].lafmax_1s == pytest.approx(95 - 0.41, abs=1.5)
    assert [reading.laeq_1s >= 80 for reading in readings].count(True) == 5
    # L90 of the F level, which has to rise in the first second
    assert [reading.background for reading in readings[1:]] == pytest.approx([49.2] * 14, abs=0.8)
    assert all(reading.calibrated for reading in readings)
    assert stand.state.device == "online"
    assert stand.availability == "online"


async def test_an_uncalibrated_pickup_says_so(pickup: Pickup) -> None:
    async with listening(pickup, full_scale_db=None) as stand:
        await pickup.play(noise(2, 60))
        await stand.until(lambda seen: len(seen.readings) == 2)
    assert not any(reading.calibrated for reading in stand.readings)
    assert not stand.state.calibrated


async def test_unplugged_and_plugged_in_again(pickup: Pickup) -> None:
    async with listening(pickup) as stand:
        await pickup.play(noise(1, 60))
        await stand.word("online")
        pickup.unplug()
        await stand.word("powerOff", cause_has=str(pickup.path))
        assert stand.availability == "offline"
        await pickup.plug_in()
        await pickup.play(noise(1, 70))
        await stand.word("online")
        await stand.until(lambda seen: seen.readings[-1].laeq_1s == pytest.approx(70, abs=0.5))
        assert stand.state.reconnects == 1


async def test_a_writer_that_makes_its_fifo_anew_is_heard_at_once(pickup: Pickup) -> None:
    async with listening(pickup) as stand:
        await pickup.play(noise(1, 60))
        await stand.word("online")
        pickup.unplug()
        await stand.word("powerOff", cause_has=str(pickup.path))
        # the driver opens what the dead writer has left; only then is that put away and made again
        await stand.until(lambda seen: seen.device.link is not None)
        pickup.path.unlink()
        os.mkfifo(pickup.path)
        # 2 s; and what a machine that is busy with other things may add
        async with asyncio.timeout(5):
            await pickup.plug_in()
            await pickup.play(noise(1, 70))
            await stand.word("online")
        await stand.until(lambda seen: seen.readings[-1].laeq_1s == pytest.approx(70, abs=0.5))


async def test_a_pickup_that_says_nothing_is_offline_until_it_does(
    pickup: Pickup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "SILENCE_S", 0.05)
    async with listening(pickup) as stand:
        await stand.word("offline", cause_has="mic_silent")
        assert stand.readings == []
        await pickup.play(noise(1, 60))
        await stand.word("online")


async def test_a_pickup_that_stays_silent_is_opened_anew(
    pickup: Pickup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "SILENCE_S", 0.02)
    monkeypatch.setattr(microphone, "REOPEN_S", 0.02)
    async with listening(pickup) as stand:
        await stand.until(lambda seen: seen.state.reconnects >= 1)
        await pickup.play(noise(1, 60))
        await stand.word("online")


async def test_nothing_but_zeros_is_a_fault_and_no_level(pickup: Pickup) -> None:
    async with listening(pickup) as stand:
        await pickup.play(bytes(2 * RATE * 4))
        await stand.word("hardwareError", cause_has="mic_dead")
        assert stand.readings == []
        assert stand.availability == "online"
        await pickup.play(noise(1, 60))
        await stand.word("online")


async def test_an_overdriven_pickup_says_that_it_is_louder_than_shown(pickup: Pickup) -> None:
    async with listening(pickup) as stand:
        await pickup.play(noise(1, 125))
        await stand.word("online", cause_has="mic_clipped")


async def test_garbage_is_survived_and_the_next_block_is_in_step(pickup: Pickup) -> None:
    garbage = np.random.default_rng(9).integers(0, 256, 99_999, dtype=np.uint8).tobytes()
    async with listening(pickup) as stand:
        await pickup.play(noise(1, 60))
        await stand.word("online")
        for size in (1, 3, 99_999):
            await pickup.play(garbage[:size])
            await stand.taken(pickup.written)
        await pickup.play(*[noise(1, 60, seed) for seed in range(4)])
        await stand.until(lambda seen: len(seen.readings) >= 5)
        await stand.until(lambda seen: seen.readings[-1].laeq_1s == pytest.approx(60, abs=0.5))
        assert stand.device.errors >= 1
        assert stand.state.device == "online"


async def test_a_second_of_sound_is_a_second_however_it_is_cut(pickup: Pickup) -> None:
    sound = noise(2, 66)
    async with listening(pickup) as stand:
        for start in range(0, len(sound), 4002):
            await pickup.play(sound[start:][:4002])
        await stand.until(lambda seen: len(seen.readings) == 2)
    assert [reading.laeq_1s for reading in stand.readings] == pytest.approx([66, 66], abs=0.5)


async def test_what_is_no_stream_is_said(tmp_path: Path) -> None:
    file = tmp_path / "sound.raw"
    file.write_bytes(to_bytes(np.zeros(10)))
    with pytest.raises(LinkMissing, match="is not there"):
        await open_link(parse_link(f"pcm:{tmp_path}/none"))
    with pytest.raises(Misconfigured, match="not a FIFO"):
        await open_link(parse_link(f"pcm:{file}"))
    with pytest.raises(Misconfigured, match="rate=7"):
        await open_link(parse_link(f"pcm:{file}?rate=7"))
    with pytest.raises(Misconfigured, match="whole number"):
        await open_link(parse_link(f"pcm:{file}?rate=fast"))
