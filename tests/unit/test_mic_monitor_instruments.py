"""The two dialects of instruments: golden bytes, one byte at a time, among garbage, and turned about."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadHoldingRegistersResponse

from devices.kit.errors import Misconfigured
from devices.mic_monitor.instrument import HOLD_S, Held
from devices.mic_monitor.modbus import AnswerDecoder, Refused, Registers, crc16, read_registers
from devices.mic_monitor.models import Modbus, Pushed, model_of, models
from devices.mic_monitor.pushed import PushedDecoder, PushedLevel, PushedVersion
from tests.golden import Vector, vectors

NOISE = vectors("noise")
ANSWERS = [vector for vector in NOISE if vector.to == "host" and vector.bytes[0] == 1]
PUSHED = [vector for vector in NOISE if vector.bytes[0] == 0xBB]
BOUND = 256


def meaning(vector: Vector) -> Any:
    means = vector.means
    if vector in ANSWERS:
        return Registers(means["address"], 3, (means["steps"],))
    return PushedVersion(means["version"]) if "version" in means else PushedLevel(means["steps"])


def decoder_for(vector: Vector) -> AnswerDecoder | PushedDecoder:
    return AnswerDecoder() if vector in ANSWERS else PushedDecoder()


@pytest.mark.parametrize("vector", [v for v in NOISE if v.to == "device"], ids=lambda v: v.name)
def test_the_question_is_the_published_one(vector: Vector) -> None:
    for name in vector.means["models"]:
        model = model_of(name)
        assert isinstance(model, Modbus)
        asked = read_registers(vector.means["address"], model.function, model.register)
        assert asked == vector.bytes


@pytest.mark.parametrize("vector", [*ANSWERS, *PUSHED], ids=lambda v: v.name)
def test_the_answer_is_understood_whole_in_pieces_and_among_junk(vector: Vector) -> None:
    decoder = decoder_for(vector)
    assert decoder.feed(vector.bytes) == [meaning(vector)]
    assert [one for byte in vector.bytes for one in decoder.feed(bytes([byte]))] == [meaning(vector)]
    assert decoder.junk == 0
    junk = bytes.fromhex("01 03 02 00 bb aa 01 03 83 bb")
    assert decoder.feed(junk + vector.bytes + junk + vector.bytes) == 2 * [meaning(vector)]
    assert decoder.junk == 2 * len(junk)


@pytest.mark.parametrize("vector", [v for v in NOISE if "db" in v.means], ids=lambda v: v.name)
def test_the_steps_are_the_db_that_the_maker_says(vector: Vector) -> None:
    for name in vector.means["models"]:
        model = model_of(name)
        assert isinstance(model, Modbus | Pushed)
        assert vector.means["steps"] * model.scale == pytest.approx(vector.means["db"])


def test_every_instrument_is_bound_by_a_vector() -> None:
    bound = {name for vector in NOISE for name in vector.means["models"]}
    assert bound == {name for name, model in models().items() if isinstance(model, Modbus | Pushed)}


def test_an_exception_is_an_answer() -> None:
    """The exception response of the Modbus application protocol, 7: function 83, code 02."""
    frame = bytes((1, 0x83, 2))
    frame += crc16(frame).to_bytes(2, "little")
    (answer,) = AnswerDecoder().feed(frame)
    assert answer == Refused(1, 3, 2)
    assert str(answer) == "exception 2 (illegal data address)"


@pytest.mark.parametrize("vector", [*ANSWERS, *PUSHED], ids=lambda v: v.name)
@pytest.mark.parametrize("seed", range(3))
def test_a_flood_of_garbage_stays_bounded_and_the_next_good_frame_is_found(vector: Vector, seed: int) -> None:
    chance = random.Random(seed)
    decoder = decoder_for(vector)
    for _ in range(100):
        decoder.feed(chance.randbytes(chance.randrange(1, 600)))
        assert len(decoder._pending) <= BOUND
        assert decoder.feed(vector.bytes)[-1:] == [meaning(vector)]


@pytest.mark.parametrize("vector", [*ANSWERS, *PUSHED], ids=lambda v: v.name)
def test_a_byte_that_was_changed_on_the_way_makes_it_no_answer(vector: Vector) -> None:
    for place in range(len(vector.bytes)):
        for change in (0x01, 0x80, 0xFF):
            broken = bytearray(vector.bytes)
            broken[place] ^= change
            assert meaning(vector) not in decoder_for(vector).feed(bytes(broken))


@given(st.integers(1, 247), st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=8), st.binary(max_size=40))
def test_what_pymodbus_answers_is_what_we_read(address: int, values: list[int], junk: bytes) -> None:
    framer = FramerRTU(DecodePDU(True))
    frame = framer.buildFrame(ReadHoldingRegistersResponse(registers=values, dev_id=address))
    assert AnswerDecoder().feed(junk + frame)[-1] == Registers(address, 3, tuple(values))


@given(st.integers(1, 247), st.integers(0, 0xFFFF), st.integers(1, 125))
def test_what_we_ask_is_what_pymodbus_asks(address: int, first: int, count: int) -> None:
    framer = FramerRTU(DecodePDU(False))
    theirs = framer.buildFrame(ReadHoldingRegistersRequest(address=first, count=count, dev_id=address))
    assert read_registers(address, 3, first, count) == theirs


@given(st.integers(0, 0xFFFF), st.binary(max_size=40))
def test_a_pushed_level_comes_through_whatever_was_before_it(steps: int, junk: bytes) -> None:
    frame = b"\xbb\xaa\x01" + steps.to_bytes(2, "little")
    frame += bytes([sum(frame) & 0xFF])
    decoder = PushedDecoder()
    heard = decoder.feed(junk + frame)
    # junk that ends like a frame's beginning may swallow the first one; never the one after it
    assert PushedLevel(steps) in heard + decoder.feed(frame)


def test_an_unknown_model_is_named_with_those_that_are_known() -> None:
    with pytest.raises(Misconfigured, match=r"'dy-pulled'.*dy-pushed.*sonbest"):
        model_of("dy-pulled")


def test_a_level_holds_until_the_next_one_but_not_for_ever() -> None:
    held = Held()
    assert held.shown(0.0) is None
    held.note(60.0, 0.2)
    held.note(80.0, 0.7)
    assert held.shown(1.0) == 80.0
    assert held.shown(0.7 + HOLD_S) == 80.0
    assert held.shown(0.8 + HOLD_S) is None
