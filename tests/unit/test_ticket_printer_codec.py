"""The printer's bytes in both directions, held to the golden vectors."""

import random
from typing import Any

import pytest
from escpos.printer import Dummy
from PIL import Image

from devices.ticket_printer import codec
from devices.ticket_printer.encode import encode
from devices.ticket_printer.layout import PrintedText
from devices.ticket_printer.status import Status
from tests.golden import Vector, vector, vectors

REPLIES = [found for found in vectors("escpos") if found.to == "host"]
STATUSES = [found for found in REPLIES if "n" in found.means]
OTHERS = [found for found in REPLIES if "kind" in found.means]


def kind_of(found: Vector) -> str:
    return str(found.means.get("kind", "RealTimeStatus"))


def name_of(found: Vector) -> str:
    return found.name


def whole(data: bytes) -> list[codec.Reply]:
    return codec.ReplyParser().feed(data)


def piecemeal(data: bytes) -> list[codec.Reply]:
    parser = codec.ReplyParser()
    return [reply for byte in data for reply in parser.feed(bytes((byte,)))]


@pytest.mark.parametrize("read", [whole, piecemeal])
@pytest.mark.parametrize("found", REPLIES, ids=name_of)
def test_a_reply_is_told_by_its_bits(found: Vector, read: Any) -> None:
    replies = read(found.bytes)
    assert [type(reply).__name__ for reply in replies] == [kind_of(found)]


@pytest.mark.parametrize("read", [whole, piecemeal])
@pytest.mark.parametrize("found", REPLIES, ids=name_of)
def test_a_reply_is_found_between_junk(found: Vector, read: Any) -> None:
    # bit 7 is never set in a reply, so these bytes begin none and end none
    replies = read(b"\xff\x80\xa5" + found.bytes + b"\xfe\x91")
    kinds = [type(reply).__name__ for reply in replies]
    assert kinds == ["Unknown"] * 3 + [kind_of(found)] + ["Unknown"] * 2


@pytest.mark.parametrize("found", OTHERS, ids=name_of)
def test_a_reply_says_what_it_holds(found: Vector) -> None:
    (reply,) = whole(found.bytes)
    match reply:
        case codec.BufferedStatus(value):
            assert value == found.means["value"]
        case codec.AutomaticStatus(value):
            assert value == found.bytes
        case codec.Block(identifier, data):
            assert (identifier, data) == (found.means["identifier"], found.means["data"].encode())
        case codec.Text(data):
            assert data == found.means["data"].encode()
        case codec.Flow(go):
            assert go is found.means["go"]
        case _:
            pytest.fail(f"{reply} is none of these")


@pytest.mark.parametrize("found", STATUSES, ids=name_of)
def test_a_status_byte_means_these_words(found: Vector) -> None:
    answers: list[int | None] = [None, None, None, None]
    answers[found.means["n"] - 1] = found.bytes[0]
    status = Status(*answers)
    for word in ("paper", "cover", "cutter", "fault", "word"):
        if word in found.means:
            assert getattr(status, word) == found.means[word]
    if "fault" not in found.means:
        assert status.fault is None


def test_no_answer_is_never_a_fact() -> None:
    silent = Status()
    assert (silent.paper, silent.cover, silent.cutter) == ("unknown", "unknown", "unknown")
    assert silent.fault is None
    assert not silent.is_known


def test_two_replies_in_one_read_are_two() -> None:
    assert whole(b"\x12\x00\x37\x25\x00\x1e") == [
        codec.RealTimeStatus(0x12),
        codec.BufferedStatus(0x00),
        codec.Block(0x25, b""),
        codec.RealTimeStatus(0x1E),
    ]


def test_a_block_that_breaks_off_does_not_swallow_the_next_status() -> None:
    assert whole(b"\x37\x22\x41\x12")[-1] == codec.RealTimeStatus(0x12)
    assert whole(b"\x10\x00\x12")[-1] == codec.RealTimeStatus(0x12)


def test_a_flood_of_garbage_fills_nothing() -> None:
    noise = random.Random(7)
    parser = codec.ReplyParser()
    for _ in range(200):
        parser.feed(noise.randbytes(1000))
        assert len(parser._held) <= codec.MOST_TEXT
    parser.feed(b"\x37" + b"A" * 100_000)
    assert len(parser._held) <= codec.MOST_TEXT
    parser.reset()
    assert parser.feed(b"\x12") == [codec.RealTimeStatus(0x12)]


COMMANDS = {
    "initialise": codec.INITIALISE,
    "enter Chinese mode": codec.CHINESE_MODE,
    "feed and cut, partial": codec.CUT,
    "marker": codec.MARKER,
    "clear buffers": codec.CLEAR_BUFFERS,
    "recover after clearing buffers": codec.RECOVER,
}


@pytest.mark.parametrize("found", [f for f in vectors("escpos") if f.to == "device"], ids=name_of)
def test_a_command_is_written_as_published(found: Vector) -> None:
    assert _written(found) == found.bytes


def _written(found: Vector) -> bytes:
    match found.means:
        case {"ask": n}:
            return codec.ask_status(n)
        case {"align": where}:
            return codec.align(where)
        case {"wide": wide, "tall": tall}:
            return codec.size(wide, tall)
        case {"feed": lines}:
            return codec.feed(lines)
        case {"qr": data, "module": module}:
            return codec.qr(data.encode(), module)
        case {"rows": rows, "width_bytes": width}:
            return codec.raster(width, bytes.fromhex(rows))
        case {"text": text}:
            job = encode([PrintedText(text)], 48, lambda *_: None).data
            return job.partition(codec.size(1, 1))[2].partition(codec.CUT)[0]
        case _:
            return COMMANDS[found.name]


@pytest.mark.parametrize("data", ["A001", "http://192.0.2.1/t/01J0000000", "x" * 300])
def test_our_qr_is_python_escpos_s(data: str) -> None:
    theirs = Dummy()
    theirs.qr(data, native=True, size=5, ec=1)
    assert codec.qr(data.encode(), 5) == theirs.output


def test_our_raster_is_python_escpos_s() -> None:
    noise = random.Random(3)
    rows = bytes(byte for _ in range(48 * 24) if (byte := noise.randrange(256)) != 0x10)
    rows = rows[: len(rows) // 48 * 48]
    picture = Image.frombytes("1", (384, len(rows) // 48), bytes(byte ^ 0xFF for byte in rows))
    theirs = Dummy()
    theirs.image(picture, impl="bitImageRaster", center=False)
    assert codec.raster(48, rows) == theirs.output


def test_a_tall_raster_is_cut_into_blocks() -> None:
    data = codec.raster(48, b"\x00" * 48 * 600)
    assert data.count(b"\x1dv0\x00") == 3
    assert len(data) == 48 * 600 + 3 * 8


def test_a_picture_holds_no_real_time_command() -> None:
    rows = codec.raster(4, bytes.fromhex("10 04 01 00 10 05 02 10 14 08 01 03"))
    for second in (0x04, 0x05, 0x14):
        assert bytes((0x10, second)) not in rows[8:]


def test_the_marker_vector_ends_every_job() -> None:
    job = encode([PrintedText("A001")], 48, lambda *_: None)
    assert job.data.endswith(
        vector("escpos", "feed and cut, partial").bytes + vector("escpos", "marker").bytes
    )
