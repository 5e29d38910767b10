"""A hundred pickups must not hold up a ticket: they meter one by one, and everything else goes on between."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from devices.kit.link import Link
from devices.mic_monitor.driver import MicMonitor
from devices.mic_monitor.meter import Meter, Second
from devices.mic_monitor.microphone import Microphone
from hallfile.devices import MicMonitor as Entry
from tests.contract.sounds import RATE, noise
from tests.contract.stand import standing
from tests.links import pair

PICKUPS = 5


async def test_between_two_that_finish_a_second_together_everything_else_has_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    plain = Microphone._meter

    def noted(self: Microphone, *arguments: Any) -> None:
        happened.append("meter")
        plain(self, *arguments)

    monkeypatch.setattr(Microphone, "_meter", noted)

    async def everything_else() -> None:
        while True:
            await asyncio.sleep(0)
            happened.append("turn")

    async with AsyncExitStack() as stack:
        ends = []
        for number in range(PICKUPS):
            near, far = pair()
            entry = Entry(link=f"pcm:{tmp_path}/{number}?rate={RATE}", counter=str(number))

            async def opened(near: Link = near) -> Link:
                return near

            folder = tmp_path / str(number)
            folder.mkdir()
            ends.append(
                (await stack.enter_async_context(standing(MicMonitor, entry, folder, opener=opened)), far)
            )
        rest = asyncio.create_task(everything_else())
        for _, far in ends:
            await far.write(noise(1, 60))
        for stand, _ in ends:
            await stand.until(lambda seen: seen.readings)
        rest.cancel()
    assert happened.count("meter") >= PICKUPS
    assert ("meter", "meter") not in list(pairwise(happened))


def test_meters_share_their_worktop_and_not_their_sound() -> None:
    """All meters of a rate work on one table, one after the other: what is left on it is nobody's."""
    loud, quiet = (np.frombuffer(noise(2, level), dtype="<i2") for level in (90, 50))
    together = {"loud": Meter(RATE, 32768.0), "quiet": Meter(RATE, 32768.0)}
    alone = {name: Meter(RATE, 32768.0) for name in together}
    heard: dict[str, list[Second]] = {name: [] for name in together}

    def feed(meter: Meter, sound: NDArray[np.int16]) -> list[Second]:
        return [second for second, _ in meter.feed(sound)]

    for start in range(0, 2 * RATE, RATE // 2):
        for name, sound in (("loud", loud), ("quiet", quiet)):
            heard[name] += feed(together[name], sound[start : start + RATE // 2])
    assert heard == {"loud": feed(alone["loud"], loud), "quiet": feed(alone["quiet"], quiet)}
