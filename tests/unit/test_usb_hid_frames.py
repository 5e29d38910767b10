"""Frames in HID reports: driver and simulated reader, held to the same bytes from both sides."""

import random

import pytest

from devices.kit.usb.hid_frames import REPORT, Unwrapper, wrap
from simulators.usb import hid_frames as simulated
from tests.golden import Vector, vector, vectors

TO_READER = [found for found in vectors("sam_hid") if found.to == "device"]
OK = vector("sam_hid", "ok")


def frame(of: Vector) -> bytes:
    return bytes.fromhex(of.means["frame"])


def padded(data: bytes) -> bytes:
    return data.ljust(REPORT, b"\0")


@pytest.mark.parametrize("sent", TO_READER, ids=lambda sent: sent.name)
def test_what_the_driver_sends(sent: Vector) -> None:
    assert wrap(frame(sent)) == [padded(sent.bytes)]


@pytest.mark.parametrize("sent", TO_READER, ids=lambda sent: sent.name)
def test_what_the_simulated_reader_understands(sent: Vector) -> None:
    assert simulated.opened(padded(sent.bytes)) == frame(sent)
    damaged = bytearray(padded(sent.bytes))
    damaged[8] ^= 1
    assert simulated.opened(bytes(damaged)) == b""


def test_what_the_simulated_reader_says_and_the_driver_understands() -> None:
    assert simulated.closed(frame(OK)) == [padded(OK.bytes)]
    assert Unwrapper().feed(padded(OK.bytes)) == frame(OK)


def test_a_long_reply_fills_several_reports() -> None:
    long = random.Random(1).randbytes(1295)
    reports = simulated.closed(long)
    assert len(reports) == 21
    unwrapper = Unwrapper()
    assert [unwrapper.feed(report) for report in reports] == [b""] * 20 + [long]


def test_what_makes_no_sense_is_dropped_and_the_next_message_is_found() -> None:
    unwrapper = Unwrapper()
    damaged = bytearray(padded(OK.bytes))
    damaged[10] ^= 1
    for junk in (b"", b"\xaa", bytes(REPORT), b"\xff" * REPORT, bytes(damaged)):
        assert unwrapper.feed(junk) == b""
    assert unwrapper.dropped == 5
    assert unwrapper.feed(padded(OK.bytes)) == frame(OK)


def test_a_message_that_was_cut_off_is_forgotten_on_the_next_question() -> None:
    unwrapper = Unwrapper()
    unwrapper.feed(simulated.closed(bytes(200))[0])
    unwrapper.reset()
    assert unwrapper.feed(padded(OK.bytes)) == frame(OK)


def test_a_flood_of_noise_keeps_nothing() -> None:
    noise, unwrapper = random.Random(2), Unwrapper()
    for _ in range(20_000):
        unwrapper.feed(noise.randbytes(REPORT))
        assert len(unwrapper._held) <= 4096 + REPORT
