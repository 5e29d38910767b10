"""DDP packets against golden bytes, and against the simulated receiver's own reading of them."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.led_board.ddp import Packet, Sender, decode, encode
from simulators.led_board.ddp import FALLS_BACK_S, HEADER, OWN_PRESET, Receiver
from tests.golden import Vector, vector, vectors

golden = pytest.mark.parametrize("found", vectors("ddp"), ids=lambda found: found.name)

packets = st.builds(
    Packet,
    offset=st.integers(0, 0xFFFFFFFF),
    data=st.binary(max_size=1440),
    push=st.booleans(),
    sequence=st.integers(0, 15),
    data_type=st.integers(0, 255),
    id=st.integers(0, 255),
    query=st.booleans(),
    reply=st.booleans(),
)


@golden
def test_golden_packets_are_read(found: Vector) -> None:
    means = found.means
    assert decode(found.bytes) == Packet(
        means["offset"],
        bytes.fromhex(means["data"]),
        means["push"],
        means["sequence"],
        means["type"],
        means["id"],
    )


@golden
def test_golden_packets_are_made(found: Vector) -> None:
    if "time_code" not in found.name:
        means = found.means
        packet = Packet(means["offset"], bytes.fromhex(means["data"]), means["push"], means["sequence"])
        assert encode(packet) == found.bytes


@golden
def test_a_packet_cut_short_is_none(found: Vector) -> None:
    assert all(decode(found.bytes[:size]) is None for size in range(len(found.bytes)))


def test_other_versions_and_noise_are_none() -> None:
    published = vector("ddp", "two_red_pixels").bytes
    assert decode(b"\x81" + published[1:]) is None
    noise = random.Random(4)
    receiver = Receiver(8, 8)
    for _ in range(2000):
        datagram = noise.randbytes(noise.randrange(60))
        decode(datagram)
        receiver.receive(datagram, 0.0)
    receiver.receive(published, 0.0)
    assert tuple(receiver.pixels(0.0)[0, 0]) == (255, 0, 0)


@given(packets)
def test_any_packet_is_read_as_it_was_made(packet: Packet) -> None:
    assert decode(encode(packet)) == packet


def test_the_golden_pixels_are_lit_when_they_are_pushed() -> None:
    receiver = Receiver(4, 1)
    receiver.receive(vector("ddp", "two_red_pixels").bytes, 1.0)
    assert receiver.pixels(1.0).tolist() == [[[255, 0, 0], [255, 0, 0], [0, 0, 0], [0, 0, 0]]]
    unpushed = bytearray(encode(Packet(9, b"\x00\xff\x00")))
    receiver.receive(bytes(unpushed), 1.1)
    assert receiver.pixels(1.1)[0, 3].tolist() == [0, 0, 0]
    receiver.receive(encode(Packet(0, b"", push=True)), 1.2)
    assert receiver.pixels(1.2)[0, 3].tolist() == [0, 255, 0]


@pytest.mark.parametrize("kind", [0x00, 0x01, 0x0A, 0x0B])
def test_a_receiver_takes_the_old_types_for_colours_too(kind: int) -> None:
    receiver = Receiver(1, 1)
    receiver.receive(encode(Packet(0, b"\x01\x02\x03", push=True, data_type=kind)), 0.0)
    assert receiver.pixels(0.0).tolist() == [[[1, 2, 3]]]


def test_a_receiver_falls_back_when_the_stream_stops() -> None:
    receiver = Receiver(1, 1)
    receiver.receive(encode(Packet(0, b"\xff\xff\xff", push=True)), 10.0)
    assert receiver.pixels(10.0 + FALLS_BACK_S).tolist() == [[[255, 255, 255]]]
    assert receiver.pixels(10.1 + FALLS_BACK_S).tolist() == [[[part // 8 for part in OWN_PRESET]]]


@settings(deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 20),
    st.integers(1, 60).map(lambda pixels: pixels * 3),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4),
)
def test_a_receiver_shows_what_was_sent_whole_or_in_parts(
    width: int, height: int, most: int, seeds: list[int]
) -> None:
    sender, receiver = Sender(most), Receiver(width, height)
    for turn, seed in enumerate(seeds):
        picture = np.random.default_rng(seed).integers(0, 2, (height, width, 3), dtype=np.uint8) * 255
        made = list(sender.packets(picture.tobytes(), whole=turn == 0))
        assert all(len(packet) <= HEADER.size + most for packet in made)
        assert [bool(packet[0] & 1) for packet in made] == [False] * (len(made) - 1) + [True] * bool(made)
        for packet in made:
            receiver.receive(packet, turn * 0.1)
        assert (receiver.pixels(turn * 0.1) == picture).all()
    assert receiver.out_of_order == 0
    assert list(sender.packets(picture.tobytes(), whole=False)) == []
