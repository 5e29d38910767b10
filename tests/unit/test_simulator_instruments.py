"""Simulated noise transmitters: bound by the golden bytes, loud for as long as they should be."""

import random

import pytest

from simulators.mic_monitor.instrument import INSTRUMENTS
from simulators.mic_monitor.loudness import Loudness
from simulators.mic_monitor.transmitters import DIALECTS, Pusher, Transmitter, checked
from tests.golden import Vector, vectors

NOISE = vectors("noise")
QUESTIONS = [vector for vector in NOISE if vector.to == "device"]


def transmitter(model: str = "sonbest", address: int = 1, level: float = 53.6) -> Transmitter:
    return Transmitter(DIALECTS[model], address, Loudness(level, 0.5))


def answer(machine: Transmitter, question: bytes, at: float = 0.0) -> bytes:
    machine.receive(question, at)
    machine.advance(at + 0.1)
    return machine.take()


def vector(name: str) -> bytes:
    return next(found.bytes for found in NOISE if found.name == name)


def question(address: int, register: int, count: int = 1, function: int = 3) -> bytes:
    return checked(bytes((address, function)) + register.to_bytes(2, "big") + count.to_bytes(2, "big"))


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda v: v.name)
def test_it_answers_the_published_question_whole_in_pieces_and_after_junk(asked: Vector) -> None:
    for model in asked.means["models"]:
        machine = transmitter(model)
        assert answer(machine, asked.bytes) == vector("sonbest answers 53.6 dB")
        for byte in asked.bytes:
            machine.receive(bytes([byte]), 1.0)
        machine.advance(1.1)
        assert machine.take() == vector("sonbest answers 53.6 dB")
        assert answer(machine, b"\x01\x03\x00" + asked.bytes, 2.0) == vector("sonbest answers 53.6 dB")


def test_it_shows_the_published_number_of_steps() -> None:
    machine = transmitter()
    machine.loudness.shown = 12.1
    machine.loudness.level = 12.1
    # no such instrument shows less than 30 dB: the example of the older manuals is one of another scale
    assert answer(machine, vector("sonbest asks"))[3:5] == (300).to_bytes(2, "big")


def test_a_module_says_its_version_once_and_then_its_level() -> None:
    machine = Pusher(Loudness(63.9, 0.5))
    machine.power_up()
    machine.advance(0.0)
    assert machine.take() == vector("dy-pushed tells its version")
    machine.advance(0.49)
    assert machine.take() == b""
    machine.advance(0.5)
    assert machine.take() == vector("dy-pushed tells 63.9 dB")
    machine.bad_check = True
    machine.advance(1.0)
    assert machine.take()[:-1] == vector("dy-pushed tells 63.9 dB")[:-1]
    assert machine.take() == b""


def test_each_listens_to_its_own_address_and_to_anybodys() -> None:
    machine = transmitter("renke-zs", 7)
    assert answer(machine, question(1, 0)) == b""
    assert answer(machine, question(7, 0), 1.0)[0] == 7
    assert answer(machine, question(0xFF, 0x07D0, 2), 2.0) == checked(bytes.fromhex("ff 03 04 00 07 00 01"))


def test_what_it_has_not_it_refuses() -> None:
    machine = transmitter()
    assert answer(machine, question(1, 5)) == checked(b"\x01\x83\x02")
    assert answer(machine, question(1, 0, function=6), 1.0) == checked(b"\x01\x86\x01")
    machine.refuses = True
    assert answer(machine, question(1, 0), 2.0) == checked(b"\x01\x83\x02")


def test_a_slow_one_answers_when_nobody_waits_any_more() -> None:
    machine = transmitter()
    machine.slow = True
    assert answer(machine, question(1, 0)) == b""
    machine.advance(1.6)
    assert machine.take() == vector("sonbest answers 53.6 dB")


def test_garbage_and_a_flood_of_questions_stay_bounded() -> None:
    machine = transmitter()
    chance = random.Random(1)
    for _ in range(200):
        machine.receive(chance.randbytes(100) + question(1, 0), 0.0)
        assert len(machine._pending) < 8
        assert len(machine._answers) <= 16
    machine.advance(1.0)
    assert machine.take().endswith(vector("sonbest answers 53.6 dB"))


def test_a_quarrel_is_shown_for_as_long_as_it_lasts_and_a_slam_as_a_mean() -> None:
    loudness = Loudness(50.0, 0.5)
    loudness.advance(0.0)
    loudness.play("quarrel")
    shown = []
    for step in range(1, 13):
        loudness.advance(step * 0.5)
        shown.append(round(loudness.shown))
    assert shown == [86] * 8 + [50] * 4
    loudness.play("slam")
    loudness.advance(6.5)
    assert loudness.shown == pytest.approx(95 - 2.2, abs=0.1)
    assert loudness.scene is None
    assert loudness.sounding == pytest.approx(50.0)


def test_every_model_of_the_driver_has_its_simulated_instrument() -> None:
    from devices.mic_monitor.models import Samples, models

    assert {name for name, model in models().items() if not isinstance(model, Samples)} == INSTRUMENTS
