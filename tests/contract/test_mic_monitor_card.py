"""A pickup on a sound card: PortAudio's thread on one side, the driver on the other."""

from pathlib import Path

import pytest

from devices.kit.errors import LinkLost, LinkMissing
from devices.kit.links import open_link, pcm
from devices.mic_monitor.driver import MicMonitor
from hallfile.devices import MicMonitor as Entry
from hallfile.links import parse_link
from tests.contract.soundcards import SoundSystem, install
from tests.contract.sounds import FULL_SCALE_DB, RATE, noise
from tests.contract.stand import standing


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> SoundSystem:
    return install(monkeypatch)


async def test_levels_from_a_card_that_is_pulled_out_and_put_back(tmp_path: Path, cards: SoundSystem) -> None:
    entry = Entry(link="pcm:device=USB mic", counter="1", full_scale_db=FULL_SCALE_DB)
    async with standing(MicMonitor, entry, tmp_path) as stand:
        await stand.until(lambda seen: seen.device.link)
        assert cards.streams[0].settings["samplerate"] == RATE
        cards.streams[0].hear(noise(2, 72))
        await stand.until(lambda seen: len(seen.readings) == 2)
        assert stand.readings[-1].laeq_1s == pytest.approx(72, abs=0.5)
        cards.unplug()
        cards.streams[0].end()
        await stand.word("powerOff")
        cards.plugged.add("USB microphone")
        await stand.word("starting")
        cards.streams[-1].hear(noise(1, 72))
        await stand.word("online")


async def test_a_reader_that_lags_loses_the_oldest_sound(cards: SoundSystem) -> None:
    link = await open_link(parse_link("pcm:device=default?rate=8000"))
    stream = cards.streams[0]
    for second in range(10):
        stream.hear(bytes([second, 0]) * 8000)
    stream.end()
    kept = await link.read(1 << 20)
    with pytest.raises(LinkLost):
        await link.read()
    assert len(kept) == 2 * 8000 * pcm.CARD_KEEPS_S
    assert kept[-2] == 9
    with pytest.raises(LinkLost):
        await link.write(b"\0")
    await link.close()
    await link.close()


async def test_a_card_that_isnt_there_is_said(cards: SoundSystem) -> None:
    with pytest.raises(LinkMissing, match="'Studio'"):
        await open_link(parse_link("pcm:device=Studio"))
