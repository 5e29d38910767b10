"""Keys out of raw input events, whole, in pieces, and among bytes that are none."""

import random

import pytest

from devices.kit.keys import EVENT, Debounce, Key, KeyDecoder
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
