"""Tapes as files, following a driver along one, and wiping people out of one."""

from pathlib import Path

import pytest

from cli.tape.alignment import Follower
from cli.tape.mask import PreambleWatch, ReaderMask
from cli.tape.records import BadTape, Head, TapeWriter, Turn, read_tape, turns
from tests.golden import vector, vectors

HEAD = Head(link="serial:/dev/ttyUSB0", masked=True)


def turn(question: bytes, answer: bytes = b"!") -> Turn:
    return Turn(0, question, ((0.1, answer),))


TAPE = [turn(b"poll1", b"a"), turn(b"poll2", b"b"), turn(b"the whole job", b"c"), turn(b"poll1", b"d")]


def test_a_tape_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    with path.open("w", encoding="utf-8") as out:
        tape = TapeWriter(out, HEAD, most_bytes=7)
        tape.happened(0, "open")
        tape.carried(1_000, "to_host", b"hi")
        tape.tuned(2_000, 9600)
        tape.carried(3_000, "to_device", b"a")
        tape.carried(4_000, "to_device", b"b")
        tape.carried(5_000, "to_host", b"answer")
        tape.carried(6_000, "to_host", b"no room is left for this")
    head, pieces = read_tape(path)
    assert head == HEAD
    assert [piece.data for piece in pieces if piece.dir] == [b"hi", b"a", b"b", b"ans"]
    assert turns(pieces) == [
        Turn(0, b"", ((1e-6, b"hi"),), None),
        Turn(3_000, b"ab", ((1e-6, b"ans"),), 9600),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("{}\n", "is no tape"),
        ('{"hallkeeper_tape":9,"link":"x","masked":true}\n', "version 9"),
        ('{"hallkeeper_tape":1,"link":"x","masked":true}\n{"t_ns":1,"dir":"up"}\n', "line 2"),
        ('{"hallkeeper_tape":1,"link":"x","masked":true}\n{"t_ns":1,"dir":"to_host","hex":"0"}\n', "line 2"),
    ],
)
def test_what_is_no_tape_is_said(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTape, match=says):
        read_tape(path)


def test_a_driver_that_does_the_same_is_followed() -> None:
    follower = Follower(TAPE)
    heard = [one for byte in b"poll1poll2the whole jobpoll1" for one in follower.feed(bytes([byte]))]
    assert [(one.index, one.fit) for one in heard] == [(0, "next"), (1, "next"), (2, "next"), (3, "next")]
    assert follower.at_end
    assert (follower.skipped, follower.left) == (0, 0)


def test_a_poll_more_or_less_is_no_difference() -> None:
    follower = Follower(TAPE)
    heard = follower.feed(b"poll1poll1the whole job")
    assert [(one.index, one.fit) for one in heard] == [(0, "next"), (0, "again"), (2, "later")]
    assert follower.skipped == 1


def test_what_was_never_asked_is_a_difference_where_it_is_nearest() -> None:
    follower = Follower(TAPE)
    assert [one.fit for one in follower.feed(b"poll1the whole life")] == ["next"]
    heard = follower.settle()
    assert [(one.index, one.fit, one.first_difference(TAPE[one.index])) for one in heard] == [
        (2, "differs", len(b"the whole "))
    ]
    assert [one.fit for one in follower.feed(b"poll1")] == ["next"]


def test_half_a_question_is_waited_for() -> None:
    follower = Follower(TAPE)
    assert follower.feed(b"pol") == []
    assert follower.waits
    assert [one.fit for one in follower.feed(b"l1")] == ["next"]
    assert not follower.waits


def frames() -> list[bytes]:
    return [found.bytes for found in vectors("sam_v") if found.to == "host"]


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_frames_without_data_stay_as_they_are_and_data_becomes_zeros(size: int) -> None:
    secret = bytes(range(1, 101))
    body = (len(secret) + 4).to_bytes(2, "big") + b"\x00\x00\x90" + secret
    check = 0
    for byte in body:
        check ^= byte
    long = bytes.fromhex("AA AA AA 96 69") + body + bytes([check])
    ok = vector("sam_v", "ok").bytes
    stream = ok + long + ok
    mask = ReaderMask()
    wiped = b"".join(mask.feed(stream[at : at + size]) for at in range(0, len(stream), size))
    assert len(wiped) == len(stream)
    assert wiped.startswith(ok)
    assert wiped.endswith(ok)
    middle = wiped[len(ok) : -len(ok)]
    assert middle[:10] == long[:10]
    assert middle[10:-1] == bytes(100)
    left = 0
    for byte in middle[5:]:
        left ^= byte
    assert left == 0, "the checksum fits what is left"


def test_short_golden_replies_pass_unchanged() -> None:
    for frame in frames():
        if len(frame) == 11:
            assert ReaderMask().feed(b"\xaa" + frame) == b"\xaa" + frame, "a fourth AA does no harm"


def test_a_reply_with_a_damaged_head_is_wiped_as_well() -> None:
    name = "张三丰".encode("utf-16-le")
    damaged = bytes.fromhex("AA AA 00 96 69 05 08 00 00 90") + name * 20
    wiped = ReaderMask().feed(damaged)
    assert len(wiped) == len(damaged)
    assert name not in wiped


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_preamble_is_seen_however_it_is_cut(cut: int) -> None:
    stream = b"\x10\x04\x01" + vector("sam_v", "find card").bytes
    watch = PreambleWatch()
    for at in range(0, len(stream), cut):
        watch.feed(stream[at : at + cut])
    assert watch.seen
    other = PreambleWatch()
    other.feed(bytes(1000) + b"\xaa\xaa\xaa")
    assert not other.seen
