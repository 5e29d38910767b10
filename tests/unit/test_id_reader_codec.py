"""SAM_V frames in both directions, held to the golden vectors."""

import random
from typing import Any

import pytest

from devices.id_reader import codec
from tests.golden import Vector, vector, vectors

REPLIES = [found for found in vectors("sam_v") if found.to == "host"]
REQUESTS = [found for found in vectors("sam_v") if found.to == "device"]


def name_of(found: Vector) -> str:
    return found.name


def whole(data: bytes) -> list[codec.Reply | codec.Damaged]:
    return codec.FrameReader().feed(data)


def piecemeal(data: bytes) -> list[codec.Reply | codec.Damaged]:
    reader = codec.FrameReader()
    return [frame for byte in data for frame in reader.feed(bytes((byte,)))]


def expected(found: Vector) -> codec.Reply:
    if "card" in found.means:
        text = vector("sam_v", found.means["card"]).bytes
        return codec.Reply(found.means["status"], b"\x01\x00\x04\x00" + text + bytes(1024))
    return codec.Reply(found.means["status"], bytes.fromhex(found.means["data"]))


@pytest.mark.parametrize("found", REQUESTS, ids=name_of)
def test_a_request_is_written_as_published(found: Vector) -> None:
    assert codec.request(found.means["command"], found.means["parameter"]) == found.bytes


@pytest.mark.parametrize("read", [whole, piecemeal])
@pytest.mark.parametrize("found", REPLIES, ids=name_of)
def test_a_reply_is_read(found: Vector, read: Any) -> None:
    assert read(found.bytes) == [expected(found)]


@pytest.mark.parametrize("read", [whole, piecemeal])
@pytest.mark.parametrize(
    "junk",
    [b"\x00\xff\x55", b"\xaa", b"\xaa\xaa", b"\xaa\xaa\xaa\x96", b"\xaa\xaa\xaa\x95\x69"],
    ids=bytes.hex,
)
@pytest.mark.parametrize("found", REPLIES, ids=name_of)
def test_a_reply_is_found_between_junk(found: Vector, junk: bytes, read: Any) -> None:
    assert read(junk + found.bytes + junk + found.bytes) == [expected(found)] * 2


@pytest.mark.parametrize("read", [whole, piecemeal])
def test_a_wrong_checksum_spoils_one_frame_only(read: Any) -> None:
    good = vector("sam_v", "ok").bytes
    assert read(good[:-1] + b"\x00" + good) == [codec.Damaged(), expected(vector("sam_v", "ok"))]


@pytest.mark.parametrize("read", [whole, piecemeal])
def test_the_frame_after_one_that_broke_off_is_not_lost(read: Any) -> None:
    long, good = vector("sam_v", "resident card, read base").bytes, vector("sam_v", "no card").bytes
    stream = long[:900] + good * 50
    frames = read(stream)
    assert frames[0] == codec.Damaged()
    assert set(frames[1:]) == {expected(vector("sam_v", "no card"))}


@pytest.mark.parametrize("length", [b"\x00\x00", b"\x00\x03", b"\x09\x0b", b"\xff\xff"], ids=bytes.hex)
def test_an_impossible_length_is_not_waited_for(length: bytes) -> None:
    good = vector("sam_v", "ok")
    assert whole(codec.PREAMBLE + length + good.bytes) == [codec.Damaged(), expected(good)]


def test_a_flood_of_garbage_fills_nothing() -> None:
    noise = random.Random(7)
    reader = codec.FrameReader()
    for _ in range(300):
        reader.feed(noise.randbytes(1000) + codec.PREAMBLE * 3)
        assert len(reader._held) <= codec.LONGEST + len(codec.PREAMBLE) + 2
    assert reader.skipped > 250_000
    reader.reset()
    assert reader.feed(vector("sam_v", "ok").bytes) == [expected(vector("sam_v", "ok"))]


def test_the_text_is_taken_without_the_photo() -> None:
    (reply,) = whole(vector("sam_v", "resident card, read base").bytes)
    assert isinstance(reply, codec.Reply)
    assert codec.text_block(reply) == vector("sam_v", "resident card").bytes


@pytest.mark.parametrize(
    "reply",
    [
        codec.Reply(0x90),
        codec.Reply(0x90, bytes(8)),
        codec.Reply(0x41, b"\x01\x00\x04\x00" + bytes(1280)),
        codec.Reply(0x90, b"\x01\x00\x04\x00" + bytes(255)),
        codec.Reply(0x90, b"\x02\x00\x04\x00" + bytes(1280)),
    ],
)
def test_what_is_no_card_has_no_text(reply: codec.Reply) -> None:
    assert codec.text_block(reply) is None


def test_a_reply_never_shows_what_it_carries() -> None:
    assert "data" not in repr(codec.Reply(0x90, b"secret"))
