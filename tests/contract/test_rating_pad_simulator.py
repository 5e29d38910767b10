"""The pads' drivers against the simulated pads, with fresh contacts and with worn ones."""

import asyncio
from pathlib import Path

import pytest

from broker.messages.devices import CallKey, CloseWindow, OpenWindow, RatingKey
from devices.call_pad.driver import CallPad
from devices.kit import keys
from devices.rating_pad.driver import RatingPad
from hallfile.devices import CallPad as CallEntry
from hallfile.devices import RatingPad as RatingEntry
from simulators.pads.simulator import CallPadStandIn, RatingPadStandIn
from tests.contract.simulated import plugged
from tests.contract.stand import standing


@pytest.mark.parametrize("worn", [False, True])
@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
async def test_each_grade_counts_once(tmp_path: Path, grade: int, worn: bool) -> None:
    entry = RatingEntry(link=f"evdev:{tmp_path}/pad", counter="3")
    with plugged(lambda stage: RatingPadStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(RatingPad, entry, tmp_path) as stand:
            await stand.word("online")
            machine.controls()["bounce"].turn(worn)
            await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            machine.controls()["key"].turn(str(grade))
            await stand.until(lambda seen: seen.state.ticket is None and seen.events)
            await stand.ask(OpenWindow, seconds=20, ticket="t-2")
            (key,) = stand.events
            assert isinstance(key, RatingKey)
            assert (key.grade, key.ticket) == (grade, "t-1")


@pytest.mark.parametrize("worn", [False, True])
async def test_each_call_key_counts_once(tmp_path: Path, worn: bool) -> None:
    entry = CallEntry(link=f"evdev:{tmp_path}/pad", counter="3")
    actions = ["next", "recall", "pass", "hold", "finish"]
    with plugged(lambda stage: CallPadStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            machine.controls()["bounce"].turn(worn)
            for action in actions:
                machine.controls()["key"].turn(action)
            await stand.until(lambda seen: len(seen.events) == len(actions))
            assert [key.action for key in stand.events if isinstance(key, CallKey)] == actions


async def test_pulled_out_and_put_back(tmp_path: Path) -> None:
    entry = CallEntry(link=f"evdev:{tmp_path}/pad", counter="3")
    with plugged(lambda stage: CallPadStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            machine.controls()["unplugged"].turn(True)
            await stand.word("powerOff")
            machine.controls()["unplugged"].turn(False)
            await stand.word("online")
            machine.controls()["key"].turn("next")
            await stand.until(lambda seen: seen.events)


async def test_the_lamp_of_a_simulated_pad_shows_the_window(tmp_path: Path) -> None:
    entry = RatingEntry(link=f"evdev:{tmp_path}/pad", counter="3")
    with plugged(lambda stage: RatingPadStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(RatingPad, entry, tmp_path) as stand:
            await stand.word("online")
            for window, lit in ((OpenWindow, True), (CloseWindow, False)):
                await stand.ask(window, **({"seconds": 20, "ticket": "t-1"} if lit else {}))
                async with asyncio.timeout(5):
                    while machine.shows()["lit"] is not lit:
                        await asyncio.sleep(0.005)


async def test_a_stuck_key_is_one_grade_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "STUCK_US", 400_000)
    entry = RatingEntry(link=f"evdev:{tmp_path}/pad", counter="3")
    with plugged(lambda stage: RatingPadStandIn("x1", entry, stage), tmp_path) as machine:
        async with standing(RatingPad, entry, tmp_path) as stand:
            await stand.word("online")
            await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            machine.controls()["stuck"].turn("4")
            await stand.word("userError", "key_stuck")
            await stand.ask(OpenWindow, seconds=20, ticket="t-2")
            assert [(key.ticket, key.grade) for key in stand.events if isinstance(key, RatingKey)] == [
                ("t-1", 4)
            ]
            machine.controls()["stuck"].turn("none")
            await stand.word("online")
            machine.controls()["key"].turn("2")
            await stand.until(lambda seen: len(seen.events) == 2)


async def test_the_other_node_of_a_simulated_pad_is_held_too(tmp_path: Path) -> None:
    entry = CallEntry(link=f"evdev:{tmp_path}/pad?nodes=2", counter="3")
    with plugged(lambda stage: CallPadStandIn("x1", entry, stage), tmp_path) as machine:
        machine.controls()["media_key"].turn(True)
        assert machine.shows()["leaked"] == 1, "nobody holds it yet"
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            machine.controls()["media_key"].turn(True)
            machine.controls()["key"].turn("next")
            await stand.until(lambda seen: seen.events)
            assert machine.shows()["leaked"] == 1
            assert len(stand.events) == 1
