"""Learn mode at a real FIFO: the keys pressed in the order asked become a key map that a driver uses."""

import asyncio
from pathlib import Path

import pytest

from broker.messages.devices import OpenWindow
from cli.learn import NotLearned, learn_pad
from devices.kit.learn import ASKED, Lesson, keymap_toml
from devices.rating_pad.driver import RatingPad
from hallfile.devices import RatingPad as Entry
from tests.contract.fifo import FifoPad
from tests.contract.stand import standing

FUNCTION_KEYS = (59, 60, 61, 62, 63)
"""KEY_F1 … KEY_F5 (input-event-codes.h)."""


def test_keys_are_taken_in_the_order_asked_and_each_once() -> None:
    lesson = Lesson(ASKED["call_pad"])
    assert lesson.wanted == "next"
    assert [lesson.press(code) for code in (30, 30, 31, 32, 33, 34, 35)] == [
        "taken", "taken_before", "taken", "taken", "taken", "taken", "over",
    ]  # fmt: skip
    assert lesson.wanted is None
    assert lesson.keymap == {30: "next", 31: "recall", 32: "pass", 33: "hold", 34: "finish"}


async def test_what_was_learned_is_what_a_driver_reads(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad:
        asked: list[str] = []

        def press_as_asked(line: str) -> None:
            asked.append(line)
            if len(asked) <= len(FUNCTION_KEYS):
                pad.press(FUNCTION_KEYS[len(asked) - 1], 100.0 + len(asked))

        found = await asyncio.to_thread(
            learn_pad, f"evdev:{tmp_path}/pad", "rating_pad", "f-keys", "zh-CN", press_as_asked
        )
        assert asked[0] == "请按下：5 非常满意"
        assert "keymaps/rating_pad/f-keys.toml" in asked[-1]
        folder = tmp_path / "keymaps" / "rating_pad"
        folder.mkdir(parents=True)
        (folder / "f-keys.toml").write_text(found, encoding="utf-8")

        def with_folder(*given: object) -> RatingPad:
            made = RatingPad(*given)  # type: ignore[arg-type]  # as the stand hands them over
            made.folders = (folder, *made.folders)
            return made

        entry = Entry(link=f"evdev:{tmp_path}/pad", counter="3", model="f-keys")
        async with standing(with_folder, entry, tmp_path) as stand:
            await stand.word("online")
            await stand.ask(OpenWindow, seconds=20, ticket="t-1")
            pad.press(59, 200.0)
            await stand.until(lambda seen: seen.events)
            assert stand.events[0].grade == 5  # type: ignore[attr-defined]  # a rating key


def test_a_pad_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotLearned, match="is not there"):
        learn_pad(f"evdev:{tmp_path}/none", "rating_pad", "m", "en", print)
    with pytest.raises(NotLearned, match="known are: rating_pad, call_pad"):
        learn_pad("evdev:/dev/null", "printer", "m", "en", print)


def test_a_pad_pulled_out_in_the_middle_ends_the_lesson(tmp_path: Path) -> None:
    with FifoPad(tmp_path / "pad") as pad, pytest.raises(NotLearned, match="gone"):
        learn_pad(f"evdev:{tmp_path}/pad", "rating_pad", "m", "en", lambda _: pad.unplug())


def test_a_key_map_is_written_as_it_is_read() -> None:
    assert keymap_toml({59: 5}, "learned").splitlines()[0] == "# learned"
