"""The clerk's caller over a real FIFO."""

from pathlib import Path

from broker.messages.devices import CallKey
from devices.call_pad.driver import CallPad
from hallfile.devices import CallPad as Entry
from tests.contract.fifo import FifoPad, event
from tests.contract.stand import Stand, standing


def actions(stand: Stand) -> list[str]:
    return [key.action for key in stand.events if isinstance(key, CallKey)]


async def test_every_key_says_its_action_and_is_kept(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        entry = Entry(link=f"evdev:{tmp_path / 'pad'}", counter="3")
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            for number, code in enumerate((96, 78, 74, 82, 83)):
                pad.press(code, 100.0 + number)
            await stand.until(lambda seen: len(seen.events) == 5)
            assert actions(stand) == ["next", "recall", "pass", "hold", "finish"]
            assert all(key.keep is True for key in stand.events)


async def test_bounces_repeats_and_other_keys_call_nobody(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        entry = Entry(link=f"evdev:{tmp_path / 'pad'}", counter="3")
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            pad.press(96, 100.0)
            pad.press(96, 100.1)
            pad.press(69, 100.2)
            pad.write(event(100.25, 1, 96, 2) * 20)
            pad.press(83, 100.3)
            pad.press(96, 100.31)
            pad.press(96, 100.5)
            await stand.until(lambda seen: len(seen.events) == 3)
            assert actions(stand) == ["next", "finish", "next"]


async def test_a_broken_event_between_two_presses(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        entry = Entry(link=f"evdev:{tmp_path / 'pad'}", counter="3")
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            pad.press(96, 100.0)
            pad.write(b"\xff" * 11)
            pad.press(78, 101.0)
            await stand.until(lambda seen: len(seen.events) == 2)
            assert actions(stand) == ["next", "recall"]
            assert stand.device.errors == 1


async def test_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        entry = Entry(link=f"evdev:{tmp_path / 'pad'}", counter="3")
        async with standing(CallPad, entry, tmp_path) as stand:
            await stand.word("online")
            pad.unplug()
            await stand.word("powerOff")
            with pad:
                await stand.word("online")
                pad.press(96, 200.0)
                await stand.until(lambda seen: seen.events)
                assert actions(stand) == ["next"]
