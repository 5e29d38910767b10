"""Streams over endpoints that answer as a test tells them, also late, cut off, or not at all."""

from collections import deque

import pytest
from usb.core import USBTimeoutError

from devices.kit.usb.pipes import REST_WAITS, GaveUp, HidPipe, PlainPipe, SplitPipe
from tests.golden import vector

FIND, FOUND = vector("sam_v", "find card").bytes, bytes.fromhex("AAAAAA9669 0008 00009F 00000000 97")
NO_CARD = bytes.fromhex("AAAAAA9669 0004 000080 84")


class Scripted:
    """An endpoint: what it will bring in, and what was sent out through it."""

    wMaxPacketSize = 64

    def __init__(self, *incoming: bytes) -> None:
        self.incoming = deque(incoming)
        self.sent: list[bytes] = []
        self.takes = 1 << 20
        """Bytes it takes before it is full."""

    def read(self, size: int, timeout: int) -> bytes:
        if not self.incoming:
            raise USBTimeoutError("nothing came")
        data = self.incoming.popleft()
        assert len(data) <= size
        return data

    def write(self, data: bytes, timeout: int) -> int:
        taken = min(len(data), self.takes)
        if not taken:
            raise USBTimeoutError("it is full")
        self.takes -= taken
        self.sent.append(data[:taken])
        return taken


def always() -> bool:
    return True


def test_one_pair_carries_bytes_as_they_are() -> None:
    out, into = Scripted(), Scripted(b"ab", b"c")
    pipe = PlainPipe(out, into)
    pipe.write(FIND, always)
    assert out.sent == [FIND]
    assert [pipe.read(), pipe.read(), pipe.read()] == [b"ab", b"c", b""]


def test_a_device_that_only_listens_is_mute() -> None:
    assert PlainPipe(Scripted(), None).mute
    assert PlainPipe(Scripted(), None).read() == b""


def test_what_was_not_taken_is_offered_again_until_nobody_wants_it() -> None:
    out = Scripted()
    out.takes = 5000
    tries = iter([True, True, True, False])
    with pytest.raises(GaveUp):
        PlainPipe(out, Scripted()).write(bytes(6000), lambda: next(tries))
    assert [len(piece) for piece in out.sent] == [4096, 904]


def split(heads: Scripted, rests: Scripted) -> tuple[SplitPipe, Scripted, Scripted]:
    head_out, rest_out = Scripted(), Scripted()
    return SplitPipe((head_out, heads), (rest_out, rests)), head_out, rest_out


def test_two_pairs_share_a_frame_after_its_seventh_byte() -> None:
    pipe, head_out, rest_out = split(Scripted(FOUND[:7]), Scripted(FOUND[7:10], FOUND[10:]))
    pipe.write(FIND, always)
    assert (head_out.sent, rest_out.sent) == ([FIND[:7]], [FIND[7:]])
    assert b"".join(pipe.read() for _ in range(3)) == FOUND
    assert pipe.read() == b""


def test_the_end_of_a_reply_that_came_too_late_is_not_taken_for_the_next() -> None:
    heads, rests = Scripted(FOUND[:7]), Scripted()
    pipe, *_ = split(heads, rests)
    assert pipe.read() == FOUND[:7]
    for _ in range(REST_WAITS):
        assert pipe.read() == b""
    rests.incoming.append(FOUND[7:])
    pipe.write(FIND, always)
    heads.incoming.append(NO_CARD[:7])
    rests.incoming.append(NO_CARD[7:])
    assert pipe.read() + pipe.read() == NO_CARD


def test_a_question_asked_in_the_middle_of_a_reply_ends_it() -> None:
    heads, rests = Scripted(FOUND[:7]), Scripted(FOUND[7:9])
    pipe, *_ = split(heads, rests)
    pipe.read()
    pipe.write(FIND, always)
    heads.incoming.append(NO_CARD[:7])
    rests.incoming.append(NO_CARD[7:])
    assert pipe.read() + pipe.read() == NO_CARD


def test_reports_go_out_one_by_one_and_frames_come_in() -> None:
    said: list[bytes] = []
    ok = vector("sam_hid", "ok")
    pipe = HidPipe(said.append, Scripted(ok.bytes.ljust(64, b"\0")))
    pipe.write(FIND, always)
    assert said == [vector("sam_hid", "find card").bytes.ljust(64, b"\0")]
    assert pipe.read() == bytes.fromhex(ok.means["frame"])
    assert pipe.read() == b""
    with pytest.raises(GaveUp):
        pipe.write(FIND, lambda: False)
