"""Program files and schedules against the maker's example, and against the simulated card's own reading."""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.led_board import codec
from devices.led_board.answers import Answer, Parameters, read_parameters
from devices.led_board.areas import IN_A_PROGRAM, Align, AreaRecord, Effect, RunMode, dynamic_areas
from devices.led_board.frames import Frame, FrameDecoder, encode
from devices.led_board.models import TextCard, model_of
from devices.led_board.program import IDLE, delete_file, program_file, start_file, write_blocks
from devices.led_board.timetable import half_hours, intervals
from simulators.led_board.areas import read_area, read_update
from simulators.led_board.programs import Flash, read_program
from tests.golden import vector

WELCOME = AreaRecord(
    number=IN_A_PROGRAM,
    x=0,
    y=0,
    width=128,
    height=32,
    text="欢迎光临Onbon".encode("gbk"),
    effect=Effect.INSTANT,
    single_line=False,
    wrap=True,
    speed=10,
    stay_half_s=10,
)

bytes_16 = st.integers(0, 0xFFFF)
records = st.builds(
    AreaRecord,
    number=st.integers(0, 255),
    x=st.integers(0, 0x7FFF),
    y=bytes_16,
    width=st.integers(0, 0x7FFF),
    height=bytes_16,
    text=st.binary(max_size=300),
    effect=st.sampled_from(Effect),
    align=st.sampled_from(Align),
    single_line=st.booleans(),
    wrap=st.booleans(),
    run_mode=st.sampled_from(RunMode),
    timeout_s=bytes_16,
    speed=st.integers(0, 24),
    stay_half_s=st.integers(0, 255),
)


def test_the_makers_program_is_made_byte_by_byte() -> None:
    content = program_file(IDLE, [WELCOME])
    assert len(content) == 0x47
    (block,) = write_blocks(IDLE, content, 1000)
    assert block.wire(0xFFFE) == vector("onbon", "write_p000").bytes


def test_a_file_is_announced_as_published() -> None:
    assert start_file(IDLE, 71).wire(0xFFFE) == vector("onbon", "start_file").bytes
    assert codec.lock(IDLE, True, keep=False).wire(1) == vector("onbon", "lock_p000").bytes
    assert codec.lock(IDLE, False, keep=False).wire(1) == vector("onbon", "unlock_p000").bytes
    assert codec.power(True).wire(1) == vector("onbon", "power_on").bytes
    assert codec.power(False).wire(1) == vector("onbon", "power_off").bytes
    assert codec.READ_ID.wire(0xFFFE) == vector("onbon", "read_id").bytes
    assert delete_file(IDLE).payload == b"\x01\x00P000"


def test_hours_and_levels_as_the_card_wants_them() -> None:
    hours = intervals([("06:30", "12:00"), ("13:45", "21:05")])
    assert hours == [(time(6, 30), time(12)), (time(13, 45), time(21, 5))]
    assert codec.timed_power(hours).payload == bytes.fromhex("02 06 30 12 00 13 45 21 05")
    levels = half_hours({"06:30": 12, "18:00": 5})
    assert len(levels) == 48
    assert levels[:13] == [5] * 13
    assert levels[13:36] == [12] * 23
    assert levels[36:] == [5] * 12
    assert codec.timed_brightness(levels).payload == bytes([2, 0, *levels])


def test_parameters_are_read() -> None:
    # laid out by hand from protocols.md 4.2: address 3, 6K1, 57600, 256 × 64, one colour
    told = bytes.fromhex("03 00 61 02 00 01 40 00 01 00 00 00 00 00 00 10 00 00") + bytes(7)
    assert read_parameters(Answer(0xA2, 0x0A, 0, told)) == Parameters(3, 0x61, 256, 64, 1)
    assert read_parameters(Answer(0xA2, 0x0A, 0, told[:8])) is None
    assert read_parameters(Answer(0xA2, 0x0A, 2, told)) is None


@given(st.binary(max_size=1200), st.integers(0, 0xFFFF), st.integers(0, 1))
def test_any_frame_is_read_as_it_was_made(data: bytes, address: int, display_mode: int) -> None:
    (found,) = FrameDecoder().feed(encode(Frame(data, address, 0x8000, display_mode=display_mode)))
    assert found == Frame(data, address, 0x8000, display_mode=display_mode)


@given(records)
def test_any_area_is_read_by_the_card_as_it_was_meant(record: AreaRecord) -> None:
    area = read_area(record.encode())
    assert (area.id, area.x, area.y, area.width, area.height) == (
        record.number,
        record.x,
        record.y,
        record.width,
        record.height,
    )
    assert (area.text, area.effect, area.alignment, area.run_mode) == (
        record.text,
        record.effect,
        record.align,
        record.run_mode,
    )
    assert (area.timeout_s, area.stay, area.lines, area.wrap) == (
        record.timeout_s,
        record.stay_half_s,
        1 if record.single_line else 2,
        2 if record.wrap else 1,
    )


@given(st.lists(records, max_size=5), st.booleans())
def test_any_update_is_read_by_the_card_whole(areas: list[AreaRecord], initialise: bool) -> None:
    request = dynamic_areas(areas, initialise=initialise)
    update = read_update(request.reserved[0], request.payload)
    assert update.clear_first is initialise
    assert [area.text for area in update.areas] == [area.text for area in areas]


@settings(deadline=None)
@given(st.lists(records, min_size=1, max_size=8), st.integers(1, 500))
def test_any_program_arrives_in_blocks_of_any_size(areas: list[AreaRecord], most: int) -> None:
    content = program_file(IDLE, areas)
    flash = Flash()
    flash.start(True, IDLE, len(content))
    for request in write_blocks(IDLE, content, most):
        name, last, payload = request.payload[:4], request.payload[4] == 1, request.payload
        number, size = (int.from_bytes(payload[at : at + 2], "little") for at in (5, 7))
        block = payload[13:]
        assert len(block) == size <= most
        flash.write(name, last, number, int.from_bytes(payload[9:13], "little"), block)
    assert read_program(content) == flash.programs[IDLE]
    assert [area.text for area in flash.programs[IDLE].areas] == [area.text for area in areas]


@pytest.mark.parametrize("name", ["onbon-5k", "onbon-6k"])
def test_a_block_and_its_frame_fit_the_cards_buffer(name: str) -> None:
    model = model_of(name)
    assert isinstance(model, TextCard)
    request = next(write_blocks(IDLE, bytes(5000), model.block_bytes))
    assert 14 + len(request.data()) + 2 == model.frame_bytes
