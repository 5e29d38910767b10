"""SAM_V frames in both directions, held to the golden vectors."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.id_reader import codec
from simulators.id_reader.frames import Request, RequestReader, reply
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
    card_status = int.from_bytes(found.bytes[7:9], "big")
    return codec.Reply(found.means["status"], bytes.fromhex(found.means["data"]), card_status)


@pytest.mark.parametrize("found", REQUESTS, ids=name_of)
def test_a_request_is_written_as_published(found: Vector) -> None:
    carries = bytes.fromhex(found.means.get("carries", ""))
    assert codec.request(found.means["command"], found.means["parameter"], carries) == found.bytes


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


NAMED = {
    "reset": codec.RESET,
    "status": codec.STATUS,
    "SAM id": codec.IDENTITY,
    "find card": codec.FIND,
    "select card": codec.SELECT,
    "read base": codec.READ_BASE,
    "read newest address": codec.READ_ADDRESS,
    **{f"speed {baud}": codec.set_speed(baud) for baud in codec.SPEEDS},
}
NEVER_SENT = {"read chip number", "read base and fingerprint", "most bytes per exchange"}
"""Of no use to a hall, or none of its business."""


def test_every_published_command_is_sent_or_never() -> None:
    assert {found.name for found in REQUESTS} == set(NAMED) | NEVER_SENT
    for name, sent in NAMED.items():
        assert vector("sam_v", name).bytes == sent


def test_every_status_of_the_table_leads_somewhere() -> None:
    """protocols.md 1.4, line by line."""
    assert codec.FATES == {
        0x90: "ok", 0x9F: "found", 0x10: "resend", 0x11: "ours", 0x21: "ours", 0x23: "restart",
        0x24: "broken", 0x31: "again", 0x32: "rejected", 0x33: "rejected", 0x40: "rejected",
        0x41: "again", 0x47: "again", 0x60: "broken", 0x66: "broken", 0x80: "no_card", 0x81: "again",
        0x91: "empty",
    }  # fmt: skip
    unlisted = set(range(256)) - set(codec.FATES)
    assert {codec.fate(status) for status in unlisted} == {"broken"}
    told = {found.means["status"] for found in REPLIES if found.means["status"] in codec.FATES}
    assert told == set(codec.FATES)


def test_the_module_s_number_is_written_as_it_is_printed() -> None:
    found = vector("sam_v", "SAM id told")
    (reply,) = whole(found.bytes)
    assert isinstance(reply, codec.Reply)
    assert codec.identity(reply) == found.means["module"]
    for other in (codec.Reply(0x90), codec.Reply(0x21), codec.Reply(0x90, bytes(17))):
        assert codec.identity(other) is None


def test_an_appended_address_is_read() -> None:
    found = vector("sam_v", "newest address told")
    (reply,) = whole(found.bytes)
    assert isinstance(reply, codec.Reply)
    assert codec.newest_address(reply) == found.means["address"]
    for other in (codec.Reply(0x91), codec.Reply(0x90, bytes(70)), codec.Reply(0x90, bytes(71))):
        assert codec.newest_address(other) is None


def test_what_a_frame_still_lacks_is_known() -> None:
    good = vector("sam_v", "card selected").bytes
    reader = codec.FrameReader()
    assert reader.awaited == 0
    for taken in range(1, len(good)):
        reader.feed(good[taken - 1 : taken])
        # before its length is there, a frame is taken for the shortest
        assert reader.awaited == (len(good) if taken >= 7 else 11) - taken
    assert reader.feed(good[-1:])
    assert reader.awaited == 0


@given(st.integers(0, 255), st.binary(max_size=200), st.integers(0, 0xFFFF), st.binary(max_size=20))
def test_what_the_simulated_reader_says_is_understood(
    status: int, data: bytes, card_status: int, junk: bytes
) -> None:
    junk = junk.replace(b"\xaa", b"")
    said = junk + reply(status, data, card_status) + junk
    assert whole(said) == piecemeal(said) == [codec.Reply(status, data, card_status)]


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=100))
def test_what_the_driver_asks_is_understood(command: int, parameter: int, data: bytes) -> None:
    asked = codec.request(command, parameter, data)
    assert RequestReader().feed(asked) == [Request(command, parameter, data)]


def test_a_reply_never_shows_what_it_carries() -> None:
    assert "data" not in repr(codec.Reply(0x90, b"secret"))
    assert str(codec.Reply(0x31, b"secret", 0x6982)) == "SW3 31, card status 6982"
