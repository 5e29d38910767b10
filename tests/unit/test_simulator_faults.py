"""What a disturbed line does to bytes, by a given clock and a given chance."""

from random import Random
from typing import Any

import pytest

from simulators.kit.faults import MOST_ON_THE_WAY, Faults, Way


def way(**faults: Any) -> Way:
    return Way(Faults(**faults), Random(7))


def test_a_good_line_brings_what_it_was_given_at_once() -> None:
    line = way()
    line.put(b"abc", 1.0)
    assert line.take(1.0) == [b"abc"]
    assert line.due() is None
    assert line.lost == 0


def test_late_means_late_and_in_order() -> None:
    line = way(delay_ms=40)
    line.put(b"first", 1.0)
    line._faults.delay_ms = 0
    line.put(b"second", 1.01)
    assert line.take(1.03) == []
    assert line.due() == pytest.approx(1.04)
    assert line.take(1.04) == [b"first", b"second"]


def test_byte_by_byte_has_gaps() -> None:
    line = way(one_byte=True)
    line.put(b"abc", 1.0, gap_s=0.5)
    assert [line.take(now) for now in (1.0, 1.4, 1.5, 2.0)] == [[b"a"], [], [b"b"], [b"c"]]


def test_loss_is_the_share_that_was_asked_for() -> None:
    line = way(loss=25)
    line.put(bytes(40_000), 0.0)
    arrived = sum(map(len, line.take(0.0)))
    assert arrived + line.lost == 40_000
    assert line.lost == pytest.approx(10_000, rel=0.05)


def test_a_line_holds_so_much_and_no_more() -> None:
    line = way(delay_ms=1000)
    for _ in range(3):
        line.put(bytes(MOST_ON_THE_WAY // 2), 0.0)
    assert line.lost == MOST_ON_THE_WAY // 2
    assert sum(map(len, line.take(1.0))) == MOST_ON_THE_WAY
    line.put(b"again", 2.0)
    assert line.take(3.0) == [b"again"]


def test_a_cut_line_brings_nothing_more() -> None:
    line = way(delay_ms=10)
    line.put(b"gone", 0.0)
    line.clear()
    assert line.take(9.0) == []
