"""The simulated LED card: published frames, answers, limits, pages and lamps (protocols.md 4.2)."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulators.led_board.drawing import COLOURS, LAMP, PITCH, UNLIT, draw
from simulators.led_board.frames import Frame, FrameReader, frame
from simulators.led_board.machine import MODELS, Card
from tests.golden import Vector, vector, vectors

ACK = bytes.fromhex("A0 00 00 00 00")
START = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def card() -> Card:
    return Card(MODELS["onbon-6k"], 1, (256, 64), START, 0.0)


def request(*data: int | bytes, to: int = 1) -> bytes:
    parts = (bytes([part]) if isinstance(part, int) else part for part in data)
    return frame(to, 0x8000, b"".join(parts))


def record(text: bytes, number: int = 0, timeout: int = 0, stay: int = 4, **more: int) -> bytes:
    """An area record of 128 × 32 pixels, static, middle and centred (27 fixed bytes)."""
    run_mode, lines = more.get("run_mode", 2 if timeout else 0), more.get("lines", 1)
    head = bytes.fromhex("00 00 80 00 00 80 80 20 00") + bytes([number, 0, run_mode])
    tail = bytes([0, 0, 0x0A, lines, 2, 1, 0, 0, stay])
    return head + timeout.to_bytes(2, "little") + tail + len(text).to_bytes(4, "little") + text


def update(*records: bytes, mode: int = 0, delete: bytes = b"\x00") -> bytes:
    areas = b"".join(len(area).to_bytes(2, "little") + area for area in records)
    return request(0xA3, 0x06, 1, mode, 0, delete, len(records), areas)


def answer(card: Card, data: bytes, now: float = 0.0) -> bytes:
    """The data of the one frame with which the card answers."""
    card.receive(data, now)
    said = FrameReader(4096).feed(card.take(), now)
    assert len(said) == 1
    assert isinstance(said[0], Frame)
    assert said[0].sound
    return said[0].data


def nack(error: int) -> bytes:
    return bytes([0xA0, 0x01, error, 0, 0])


@pytest.mark.parametrize("golden", vectors("onbon"), ids=lambda golden: golden.name)
def test_every_published_frame_is_read_whole_and_byte_by_byte(golden: Vector) -> None:
    whole = FrameReader(1024).feed(golden.bytes, 1.0)
    pieces = FrameReader(1024)
    single = [found for byte in b"\x00\x5a\xff" + golden.bytes for found in pieces.feed(bytes([byte]), 1.0)]
    assert whole == single
    assert len(whole) == 1
    assert isinstance(whole[0], Frame)
    assert whole[0].sound
    assert whole[0].destination == golden.means["address"]
    assert whole[0].data[:2] == bytes([golden.means["group"], golden.means["command"]])
    assert whole[0].data[5:] == bytes.fromhex(golden.means["payload"])


def test_the_published_ack_and_nack_are_what_a_broadcast_gets(card: Card) -> None:
    card.receive(vector("onbon", "dynamic_welcome").bytes, 0.0)
    assert b"\xa5" + card.take() == vector("onbon", "ack").bytes
    broken = bytearray(vector("onbon", "dynamic_welcome").bytes)
    broken[-2] ^= 1
    card.receive(bytes(broken), 0.0)
    assert b"\xa5" + card.take() == vector("onbon", "nack_checksum").bytes


def test_the_published_call_is_shown(card: Card) -> None:
    assert answer(card, vector("onbon", "dynamic_call").bytes) == ACK
    assert card.texts() == {"0": "A012 请到 3 号窗口"}


def test_only_its_own_address_and_the_broadcasts_reach_it(card: Card) -> None:
    ping = (0xA2, 0x00, 1, 0, 0)
    card.receive(request(*ping, to=2), 0.0)
    card.receive(request(*ping, to=0xFFFF), 0.0)
    card.receive(request(0xA2, 0x00, 2, 0, 0), 0.0)
    assert card.take() == b""
    assert answer(card, request(*ping)) == ACK
    assert answer(card, request(*ping, to=0xFFFE)) == ACK


def test_what_it_does_not_know_is_refused_by_its_code(card: Card) -> None:
    assert answer(card, request(0xB0, 0x00, 1, 0, 0)) == nack(1)
    assert answer(card, request(0xA2, 0x77, 1, 0, 0)) == nack(2)
    assert answer(card, request(0xA3, 0x00, 1, 0, 0)) == nack(2)
    assert answer(card, update(record(b"\\FO009A"))) == nack(12)
    assert answer(card, update(record(b"A")[:-1] + b"")) == nack(2)
    assert answer(card, vector("onbon", "lock_p000").bytes) == nack(6)
    assert answer(card, vector("onbon", "unlock_p000").bytes) == ACK
    card.busy = True
    assert answer(card, update(record(b"A"))) == nack(3)
    assert card.texts() == {}


def test_its_memory_has_an_end(card: Card) -> None:
    assert answer(card, update(*(record(b"A", n) for n in range(5)))) == ACK
    assert answer(card, update(record(b"A", 5))) == nack(4)
    assert answer(card, update(record(b"B", 5), delete=b"\x01\x04")) == ACK
    assert sorted(card.texts()) == ["0", "1", "2", "3", "5"]
    assert answer(card, update(record(b"A" * 1100))) == nack(4)
    assert answer(card, update(record(b"C", 9), mode=1)) == ACK
    assert card.texts() == {"9": "C"}
    assert answer(card, update(delete=b"\xff")) == ACK
    assert card.texts() == {}
    small = Card(MODELS["onbon-5k"], 1, (128, 32), START, 0.0)
    assert answer(small, update(record(b"A" * 500))) == nack(4)


def test_a_text_that_nobody_renews_takes_itself_down(card: Card) -> None:
    answer(card, update(record(b"A", timeout=5)), now=10.0)
    assert card.due() == 15.0
    card.advance(14.9)
    assert card.texts() == {"0": "A"}
    answer(card, update(record(b"B", timeout=5)), now=14.9)
    card.advance(15.5)
    assert card.texts() == {"0": "B"}
    card.advance(19.9)
    assert card.texts() == {}
    assert card.due() is None
    assert card.shown() == ()


def test_an_update_before_its_time_is_counted(card: Card) -> None:
    answer(card, update(record(b"A")), now=1.0)
    answer(card, update(record(b"B")), now=1.5)
    answer(card, update(record(b"C")), now=2.6)
    assert card.hurried == 1


def test_a_long_text_turns_its_pages(card: Card) -> None:
    text = "请A001号到3号窗口办理".encode("gb18030")
    answer(card, update(record(b"\\FO001\\FE001" + text, stay=4)), now=0.0)

    def page() -> str:
        return "".join(glyph.char for row in card.shown()[0].rows for glyph in row)

    pages = []
    for _ in range(3):
        pages.append(page())
        due = card.due()
        assert due is not None
        card.advance(due)
    assert "".join(pages) == "请A001号到3号窗口办理"
    assert card.due() == 8.0
    assert page() == pages[0]


def test_the_status_tells_its_clock_as_4_2_orders_it(card: Card) -> None:
    assert answer(card, vector("onbon", "set_clock").bytes, now=100.0) == ACK
    answer(card, update(record(b"A", 3)), now=101.0)
    status = answer(card, vector("onbon", "status").bytes, now=103.0)
    assert status[:5] == bytes.fromhex("A1 02 00 00 00")
    assert status[5:15] == bytes.fromhex("01 0F 20 13 01 25 05 11 17 29")
    assert status[22:24] == bytes.fromhex("01 03")


def test_brightness_and_power_do_what_they_say(card: Card) -> None:
    assert answer(card, request(0xA3, 0x02, 1, 0, 0, 1, 7)) == ACK
    assert card.brightness == 7
    half_hours = bytes(n % 16 for n in range(48))
    assert answer(card, request(0xA3, 0x02, 1, 0, 0, 2, 0, half_hours)) == ACK
    assert card.brightness == 18 % 16
    assert answer(card, vector("onbon", "power_off").bytes) == ACK
    assert not card.lit_up
    assert answer(card, vector("onbon", "power_on").bytes) == ACK
    assert answer(card, vector("onbon", "read_id").bytes) == bytes.fromhex("A2 07 00 00 00 01 00")
    assert answer(card, request(0xA2, 0x0A, 1, 0, 0))[5:13] == bytes.fromhex("01 00 61 02 00 01 40 00")


def test_the_first_byte_of_a_show_is_timed(card: Card) -> None:
    shown = update(record(b"A"))
    card.receive(shown[:3], 1.0)
    card.receive(shown[3:], 2.0)
    card.receive(vector("onbon", "ping").bytes, 3.0)
    assert list(card.shows_begun) == [1.0]


def test_garbage_before_and_between_frames_is_survived(card: Card) -> None:
    chance = random.Random(4)
    for _ in range(20):
        card.receive(chance.randbytes(5000), 0.0)
        card.take()
        card.hang_up()
        assert answer(card, vector("onbon", "ping").bytes) == ACK


def test_the_lamps_are_lit_in_their_colour(card: Card) -> None:
    answer(card, update(record("\\FO001\\C2口".encode("gb18030"))))
    picture = np.asarray(draw(card.shown(), 256, 64, 15))
    assert picture.shape == (64 * PITCH, 256 * PITCH, 3)
    lamps = picture[::PITCH, ::PITCH]
    green = (lamps == COLOURS[2]).all(axis=2)
    assert green.any()
    assert ((lamps == UNLIT).all(axis=2) | green).all()
    rows, columns = np.nonzero(green)
    assert rows.min() >= 4
    assert rows.max() < 28
    assert columns.min() >= 52
    assert columns.max() < 76
    assert (picture[LAMP::PITCH] == picture[LAMP, 0]).all()
    assert not (np.asarray(draw((), 256, 64, 15)) == COLOURS[2]).all(axis=2).any()
