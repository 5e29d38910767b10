"""Keys out of raw input events, whole, in pieces, and among bytes that are none."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.kit.errors import Misconfigured
from devices.kit.keyframes import LONGEST_FRAME, FrameKeyDecoder, FrameShape
from devices.kit.keyposts import LONGEST_LINE, PostDecoder, PostShape
from devices.kit.keys import EVENT, Debounce, Key, KeyDecoder
from devices.kit.padmodel import find_model
from devices.rating_pad.driver import RatingPad
from tests.contract.fifo import event
from tests.golden import Vector, vector, vectors

EVDEV = vectors("evdev")
JUNK = bytes.fromhex("FF FE A5 80 99 7F FF FF EE DD CC BB AA FF 90 9A AB BC CD")


def keys_of(found: Vector) -> list[Key]:
    return [Key(*fields) for fields in found.means["keys"]]


@pytest.mark.parametrize("found", EVDEV, ids=lambda found: found.name)
def test_golden_events_in_one_piece(found: Vector) -> None:
    decoder = KeyDecoder()
    assert decoder.feed(found.bytes) == keys_of(found)
    assert decoder.junk == 0


@pytest.mark.parametrize("found", EVDEV, ids=lambda found: found.name)
def test_golden_events_byte_by_byte(found: Vector) -> None:
    decoder = KeyDecoder()
    keys = [key for byte in found.bytes for key in decoder.feed(bytes([byte]))]
    assert keys == keys_of(found)


@pytest.mark.parametrize("found", EVDEV, ids=lambda found: found.name)
@pytest.mark.parametrize("length", range(1, len(JUNK) + 1))
def test_golden_events_after_and_before_junk(found: Vector, length: int) -> None:
    decoder = KeyDecoder()
    junk = JUNK[:length]
    keys = decoder.feed(junk + found.bytes + junk + found.bytes + junk)
    assert keys == keys_of(found) * 2
    assert decoder.junk == 2 * length


def test_an_overflow_of_the_kernel_is_counted() -> None:
    decoder = KeyDecoder()
    decoder.feed(vector("evdev", "dropped").bytes)
    assert decoder.drops == 1


def test_a_flood_of_garbage_is_skipped_and_never_kept() -> None:
    decoder = KeyDecoder()
    noise = random.Random(7).randbytes(100_000)
    assert len(decoder.feed(noise)) <= 1
    assert decoder.junk > 99_000
    assert len(decoder._pending) < EVENT.size
    assert decoder.feed(vector("evdev", "keypad_enter").bytes)[-1].code == 96


def press(code: int, at_ms: int) -> Key:
    return Key(code, True, at_ms * 1000)


def test_bounces_of_one_key_are_one_press() -> None:
    debounce = Debounce()
    assert debounce.admits(press(96, 1000))
    assert not debounce.admits(press(96, 1040))
    assert not debounce.admits(press(96, 1299))
    assert debounce.admits(press(96, 1300))


def test_another_key_is_no_bounce() -> None:
    debounce = Debounce()
    assert debounce.admits(press(83, 1000))
    assert debounce.admits(press(96, 1100))


def test_a_clock_set_back_is_no_bounce() -> None:
    debounce = Debounce()
    assert debounce.admits(press(96, 10_000))
    assert debounce.admits(press(96, 9_900))


def down(code: int, at_s: float, value: int = 1) -> bytes:
    return event(at_s, 1, code, value) + event(at_s, 0, 0, 0)


def codes(keys: list[Key]) -> list[tuple[int, bool]]:
    return [(key.code, key.pressed) for key in keys]


def test_after_an_overflow_the_keys_that_are_down_are_caught_up_with() -> None:
    decoder = KeyDecoder()
    assert codes(decoder.feed(down(79, 1.0))) == [(79, True)]
    decoder.feed(event(2.0, 0, 3, 0))
    assert decoder.astray
    assert codes(decoder.resync([80, 81])) == [(79, False), (80, True), (81, True)]
    assert not decoder.astray
    assert decoder.resync([80, 81]) == []


def test_a_press_that_was_caught_up_with_is_not_taken_twice() -> None:
    decoder = KeyDecoder()
    decoder.feed(event(1.0, 0, 3, 0) + event(1.0, 0, 0, 0))
    assert codes(decoder.resync([80])) == [(80, True)]
    assert codes(decoder.feed(down(80, 1.1))) == []
    assert codes(decoder.feed(down(80, 1.2, 0) + down(80, 2.0))) == [(80, False), (80, True)]


def test_a_pad_that_can_not_say_has_nothing_down_after_an_overflow() -> None:
    decoder = KeyDecoder()
    decoder.feed(down(79, 1.0) + event(2.0, 0, 3, 0) + event(2.0, 0, 0, 0))
    assert codes(decoder.resync(None)) == [(79, False)]


def test_a_key_that_never_comes_up_is_stuck() -> None:
    decoder = KeyDecoder()
    decoder.feed(down(76, 0.0) + down(76, 0.25, 2) + down(76, 29.9, 2))
    assert decoder.stuck == set()
    assert decoder.feed(down(76, 30.0, 2)) == []
    assert decoder.stuck == {76}
    decoder.feed(down(76, 31.0, 0))
    assert decoder.stuck == set()


SHAPE = find_model("example-serial", [RatingPad.keymaps], RatingPad.meanings).frame
GRADE_5 = bytes.fromhex("AA 55 01 05 06")
"""By hand: header, length, key, sum of length and key."""


def frame_decoder(shape: FrameShape | None = SHAPE) -> FrameKeyDecoder:
    assert shape is not None
    return FrameKeyDecoder(shape, lambda: 7_000)


@pytest.mark.parametrize("length", range(len(JUNK) + 1))
def test_a_described_frame_is_read_whole_byte_by_byte_and_amid_junk(length: int) -> None:
    junk = JUNK[:length]
    decoder = frame_decoder()
    assert decoder.feed(junk + GRADE_5 + junk + GRADE_5 + junk) == [Key(5, True, 7_000)] * 2
    single = frame_decoder()
    assert [key for byte in junk + GRADE_5 for key in single.feed(bytes([byte]))] == [Key(5, True, 7_000)]
    assert single.junk == length
    assert single.junk_in_a_row == 0


@pytest.mark.parametrize("position", range(len(GRADE_5)))
def test_a_damaged_frame_is_no_key_and_the_next_one_is(position: int) -> None:
    for bit in range(8):
        damaged = bytearray(GRADE_5)
        damaged[position] ^= 1 << bit
        assert SHAPE is not None
        times = iter((0, 0, 600_000, 600_000))
        decoder = FrameKeyDecoder(SHAPE, lambda times=times: next(times))
        assert decoder.feed(bytes(damaged)) == [], "a length that was damaged may wait for more"
        assert decoder.feed(GRADE_5) == [Key(5, True, 600_000)], "but not for the next press"


def test_shapes_with_a_fixed_size_a_trailer_and_another_checksum() -> None:
    plain = FrameShape(header="02", key_at=1, size=3, trailer="03")
    assert [key.code for key in frame_decoder(plain).feed(bytes.fromhex("02 31 03 02 32 04 02 33 03"))] == [
        0x31,
        0x33,
    ]
    xored = FrameShape(header="FE", key_at=1, size=4, checksum="xor8", trailer="0D")
    assert [key.code for key in frame_decoder(xored).feed(bytes.fromhex("FE 04 FA 0D FE 04 FB 0D"))] == [4]


def test_noise_of_any_length_is_never_kept() -> None:
    decoder = frame_decoder()
    decoder.feed(random.Random(3).randbytes(100_000))
    assert len(decoder._pending) <= LONGEST_FRAME
    decoder.feed(bytes(LONGEST_FRAME))
    assert decoder.feed(GRADE_5)[-1].code == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"header": "", "key_at": 1, "size": 3},
        {"header": "zz", "key_at": 1, "size": 3},
        {"header": "02", "key_at": 1},
        {"header": "02", "key_at": 1, "size": 3, "length_at": 1},
    ],
)
def test_a_shape_that_can_not_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"header|size|non-hexadecimal"):
        FrameShape(**wrong)


def test_a_halls_own_model_comes_first_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "usb-keypad.toml").write_text("[keys]\n30 = 5\n", encoding="utf-8")
    (tmp_path / "bad.toml").write_text("[keys]\n30 = 6\n", encoding="utf-8")
    folders = (tmp_path, RatingPad.keymaps)
    assert find_model("usb-keypad", folders, RatingPad.meanings).keys == {30: 5}
    with pytest.raises(Misconfigured, match=r"bad\.toml can't be used: .*; correct it"):
        find_model("bad", folders, RatingPad.meanings)
    with pytest.raises(Misconfigured, match="known are: bad, usb-keypad, example-serial, http"):
        find_model("none", folders, RatingPad.meanings)


@given(st.binary(max_size=600))
def test_posts_of_any_bytes_are_skipped_and_the_next_is_read(noise: bytes) -> None:
    decoder = PostDecoder(PostShape(field="grade"), lambda: 0)
    decoder.feed(noise + b"\n")
    assert [key.code for key in decoder.feed(b'{"grade": 4}\n')] == [4]
    assert len(decoder._pending) <= LONGEST_LINE
