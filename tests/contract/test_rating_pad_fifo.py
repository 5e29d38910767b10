"""The rating pad over real FIFOs: windows, re-plugging, garbage, and what its health says each time."""

from pathlib import Path

import pytest

from broker.messages.devices import CloseWindow, OpenWindow, RatingKey
from devices.rating_pad.driver import RatingPad
from hallfile.devices import RatingPad as Entry
from tests.contract.fifo import FifoPad, event
from tests.contract.stand import Stand, standing

KP = {1: 79, 2: 80, 3: 81, 4: 75, 5: 76}
"""Grade → code of the keypad's digit (protocols.md 3.2)."""
PRESS = 4 * 24
"""Bytes of one press: down, SYN, up, SYN."""


def entry_of(path: Path, model: str = "usb-keypad") -> Entry:
    return Entry(link=f"evdev:{path}", counter="3", model=model)


def grades(stand: Stand) -> list[tuple[str, int]]:
    return [(key.ticket, key.grade) for key in stand.events if isinstance(key, RatingKey)]


async def test_a_silent_pad_is_online(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad"):
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            state = await stand.word("online")
            assert state.cause is None
            await stand.until(lambda seen: seen.availability == "online")


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
async def test_the_first_press_in_the_window_is_the_grade(tmp_path: Path, grade: int) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            assert (await stand.ask(OpenWindow, seconds=20, ticket="t-1")).ok
            await stand.until(lambda seen: seen.state.ticket == "t-1")
            pad.press(KP[grade], 100.0)
            pad.press(KP[6 - grade], 101.0)
            await stand.until(lambda seen: seen.events)
            await stand.until(lambda seen: seen.state.ticket is None)
            pad.press(KP[5], 102.0)
            await stand.ask(CloseWindow)
            assert grades(stand) == [("t-1", grade)]
            assert stand.events[0].keep is True


async def test_outside_a_window_a_key_does_nothing(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            pad.press(KP[1], 100.0)
            await stand.taken(PRESS)
            await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            await stand.ask(CloseWindow)
            pad.press(KP[2], 101.0)
            await stand.taken(2 * PRESS)
            await stand.ask(OpenWindow, seconds=20, ticket="t-2")
            pad.press(KP[4], 102.0)
            await stand.until(lambda seen: seen.events)
            assert grades(stand) == [("t-2", 4)]


async def test_a_window_closes_by_itself(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            await stand.ask(OpenWindow, seconds=0.05, ticket="t-1")
            await stand.until(lambda seen: [state.ticket for state in seen.states].count("t-1"))
            await stand.until(lambda seen: seen.state.ticket is None)
            pad.press(KP[1], 100.0)
            await stand.taken(PRESS)
            await stand.ask(OpenWindow, seconds=20, ticket="t-2")
            assert stand.events == []


async def test_the_bounce_of_an_early_press_is_no_grade(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            pad.press(KP[1], 100.0)
            await stand.taken(PRESS)
            await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            pad.press(KP[1], 100.2)
            pad.press(KP[3], 100.3)
            await stand.until(lambda seen: seen.events)
            assert grades(stand) == [("t-1", 3)]


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e9])
async def test_an_absurd_window_is_refused(tmp_path: Path, seconds: float) -> None:
    with FifoPad(tmp_path / "pad"):
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            reply = await stand.ask(OpenWindow, seconds=seconds, ticket="t-1")
            assert (reply.ok, reply.reason) == (False, "bad_value")


async def test_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            pad.unplug()
            await stand.word("powerOff", "gone")
            await stand.until(lambda seen: seen.availability == "offline")
            reply = await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            assert (reply.ok, reply.reason) == (False, "device_offline")
            with pad:
                state = await stand.word("online")
                assert state.reconnects >= 1
                await stand.ask(OpenWindow, seconds=20, ticket="t-2")
                pad.press(KP[5], 200.0)
                await stand.until(lambda seen: seen.events)


async def test_a_fifo_without_a_writer_waits(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad"):
        pass
    async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
        await stand.word("powerOff", "nobody writes")


async def test_a_pad_that_is_not_there(tmp_path: Path) -> None:
    async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
        await stand.word("powerOff", "is not there; plug the pad in")


async def test_something_that_is_no_pad(tmp_path: Path) -> None:
    (tmp_path / "pad").write_bytes(b"5")
    async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
        await stand.word("hardwareError", "is no input device")


async def test_a_character_device_that_is_no_pad(tmp_path: Path) -> None:
    async with standing(RatingPad, entry_of(Path("/dev/null")), tmp_path) as stand:
        await stand.word("hardwareError", "is no input device")


async def test_a_model_without_a_key_map(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad"):
        async with standing(RatingPad, entry_of(tmp_path / "pad", "../secret"), tmp_path) as stand:
            await stand.word("hardwareError", "known are: example-serial, http, usb-keypad")


async def test_garbage_is_survived_and_told(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        async with standing(RatingPad, entry_of(tmp_path / "pad"), tmp_path) as stand:
            await stand.word("online")
            pad.write(b"\xff" * 4096)
            state = await stand.word("hardwareError", "no key events")
            assert state.errors >= 1
            pad.write(event(100.0, 0, 0, 0) * 2)
            await stand.word("online")
            await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            pad.press(KP[2], 101.0)
            await stand.until(lambda seen: seen.events)
