"""Onbon frames against published bytes: whole, byte by byte, amid junk, and damaged."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from devices.led_board import codec
from devices.led_board.answers import (
    Ack,
    Answer,
    BoardStatus,
    CardError,
    Nack,
    Reply,
    read_reply,
    read_status,
)
from devices.led_board.areas import Align, AreaRecord, Effect, dynamic_areas
from devices.led_board.codec import Request
from devices.led_board.frames import MOST_PENDING, Damaged, Frame, FrameDecoder, crc16, encode
from tests.golden import Vector, vector, vectors

ONBON = vectors("onbon")
JUNK = bytes.fromhex("00 5A FF A6 02 5B 01 7E 0D 0A 5A")

ZONE = ZoneInfo("Asia/Shanghai")

named = pytest.mark.parametrize("found", ONBON, ids=lambda found: found.name)


def bytes_of(found: Vector, key: str, default: str = "") -> bytes:
    return bytes.fromhex(found.means.get(key, default))


def check(found: Vector, event: Frame | Damaged) -> None:
    assert isinstance(event, Frame)
    assert event.destination == found.means["address"]
    assert event.data[:2] == bytes([found.means["group"], found.means["command"]])
    assert event.data[2] == found.means.get("error", 1)
    assert event.data[3:5] == bytes_of(found, "reserved", "00 00")
    assert event.data[5:] == bytes_of(found, "payload")


@named
def test_golden_frames_in_one_piece(found: Vector) -> None:
    (event,) = FrameDecoder().feed(found.bytes)
    check(found, event)


@named
def test_golden_frames_byte_by_byte(found: Vector) -> None:
    decoder = FrameDecoder()
    (event,) = (event for byte in found.bytes for event in decoder.feed(bytes([byte])))
    check(found, event)


@named
def test_golden_frames_amid_junk(found: Vector) -> None:
    decoder = FrameDecoder()
    events = decoder.feed(JUNK + found.bytes + JUNK + found.bytes + JUNK)
    assert len(events) == 2
    for event in events:
        check(found, event)
    assert decoder.junk == 3 * len(JUNK)


@named
def test_golden_frames_after_one_that_was_cut_short(found: Vector) -> None:
    for cut in range(9, len(found.bytes) - 1):
        *damage, event = FrameDecoder().feed(found.bytes[:cut] + found.bytes)
        check(found, event)
        assert all(isinstance(piece, Damaged) for piece in damage)


@named
def test_a_flipped_bit_is_never_taken_for_a_frame(found: Vector) -> None:
    header = len(found.bytes) - len(found.bytes.lstrip(b"\xa5"))
    check_mode = header + 8
    for position in range(header, len(found.bytes) - 1):
        for bit in range(8):
            damaged = bytearray(found.bytes)
            damaged[position] ^= 1 << bit
            events = FrameDecoder().feed(bytes(damaged))
            # A check mode that was flipped asks for another check, or for none.
            assert position == check_mode or not any(isinstance(event, Frame) for event in events)


@named
def test_golden_requests_are_encoded_to_the_same_bytes(found: Vector) -> None:
    if found.to == "device":
        means = found.means
        reserved = bytes_of(found, "reserved", "00 00")
        request = Request(means["group"], means["command"], bytes_of(found, "payload"), reserved)
        assert request.wire(means["address"]) == found.bytes


def test_our_requests_are_the_published_ones() -> None:
    assert codec.PING.wire(1) == vector("onbon", "ping").bytes
    assert codec.STATUS.wire(1) == vector("onbon", "status").bytes
    assert codec.CLEAR.wire(1) == vector("onbon", "clear").bytes
    assert codec.brightness(15).wire(1) == vector("onbon", "brightness_15").bytes
    clock = codec.set_clock(datetime(2013, 1, 25, 11, 17, 26, tzinfo=ZONE))
    assert clock.payload == bytes_of(vector("onbon", "set_clock"), "payload")


def test_dynamic_areas_as_published() -> None:
    welcome = AreaRecord(
        number=0,
        x=0,
        y=0,
        width=128,
        height=32,
        text="欢迎光临".encode("gbk"),
        align=Align.LEFT_TOP,
        single_line=False,
        timeout_s=10,
        stay_half_s=10,
    )
    assert dynamic_areas([welcome]).wire(0xFFFE) == vector("onbon", "dynamic_welcome").bytes
    call = AreaRecord(
        number=0,
        x=0,
        y=0,
        width=128,
        height=32,
        text="A012 请到 3 号窗口".encode("gbk"),
        align=Align.CENTRE_MIDDLE,
        effect=Effect.STATIC,
        wrap=True,
        speed=0,
    )
    assert dynamic_areas([call], initialise=True).wire(1) == vector("onbon", "dynamic_call").bytes


def test_answers() -> None:
    def reply_in(name: str) -> Reply | None:
        (frame,) = FrameDecoder().feed(vector("onbon", name).bytes)
        assert isinstance(frame, Frame)
        return read_reply(frame)

    assert reply_in("ack") == Ack()
    assert reply_in("nack_checksum") == Nack(CardError.CHECKSUM)
    assert reply_in("ping") == Answer(0xA2, 0x00, 1, b"")
    assert read_reply(Frame(b"\xa0\x00")) is None


def test_a_status() -> None:
    # Laid out by hand from protocols.md 4.2: on, brightness 9, Friday 2026-11-20 09:30:15, one program P000.
    head = bytes.fromhex("01 09 20 26 11 20 05 09 30 15 01 50 30 30 30 00 00 02 00 01")
    answer = Answer(0xA1, 0x02, 0, head + bytes(28))
    clock = datetime(2026, 11, 20, 9, 30, 15, tzinfo=ZONE)
    assert read_status(answer, ZONE) == BoardStatus(True, 9, clock, 1, frozenset({0, 1}))
    unset = Answer(0xA1, 0x02, 0, bytes.fromhex("02 0F FF FF 00 00 00 00 00 00 00"))
    assert read_status(unset, ZONE) == BoardStatus(False, 15, None, 0, None)
    assert read_status(Answer(0xA1, 0x02, 3, head), ZONE) is None
    assert read_status(Answer(0xA1, 0x02, 0, head[:10]), ZONE) is None


def test_the_checksum_is_crc_16_arc() -> None:
    assert crc16(b"123456789") == 0xBB3D, "the check value of CRC-16/ARC (reveng catalogue)"


def test_every_byte_survives_the_escapes() -> None:
    data = bytes(range(256)) * 2
    (frame,) = FrameDecoder().feed(encode(Frame(data)))
    assert isinstance(frame, Frame)
    assert frame.data == data


def test_a_sum_instead_of_a_crc_is_understood() -> None:
    body = bytes.fromhex("00 80 FE FF 00 00 00 00 01 00 FE 02 05 00 A0 00 00 00 00")
    check = sum(body).to_bytes(2, "little")
    (frame,) = FrameDecoder().feed(b"\xa5" + body + check + b"\x5a")
    assert isinstance(frame, Frame)
    assert read_reply(frame) == Ack()


def test_a_flood_of_garbage_is_bounded_and_the_next_frame_is_read() -> None:
    decoder = FrameDecoder()
    noise = random.Random(3).randbytes(200_000).replace(b"\xa5", b"").replace(b"\x5a", b"")
    events = decoder.feed(b"\xa5" + noise)
    assert len(events) == 1
    assert isinstance(events[0], Damaged)
    assert len(decoder._pending) <= MOST_PENDING
    assert len(decoder.feed(vector("onbon", "ack").bytes)) == 1


def test_short_broken_and_lying_frames_are_reported() -> None:
    decoder = FrameDecoder()
    lying = bytearray(vector("onbon", "ack").bytes)
    lying[9 + 12] = 0x7F
    for broken, word in (
        (b"\xa5\x01\x02\x5a", "too short"),
        (b"\xa5" + b"\xa6\x07" + bytes(20) + b"\x5a", "escape"),
        (bytes(lying), "says 127 bytes"),
    ):
        (event,) = decoder.feed(broken)
        assert isinstance(event, Damaged)
        assert word in event.why
