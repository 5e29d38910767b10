"""The board's area for calls: everybody called is seen for a while, at once where it is free."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hall.shell.callarea import Call, CallArea

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def call(number: int) -> Call:
    return Call(AT + timedelta(seconds=number), f"A{number:03d}", str(number), f"t{number}")


class Board:
    """An area with the calls that go on, and what was seen on it."""

    def __init__(self) -> None:
        self.area = CallArea(show_s=4.0)
        self.going_on: list[Call] = []
        self.seen: list[tuple[float, str | None]] = []

    def call(self, number: int) -> None:
        self.going_on.append(call(number))
        self.area.add(call(number))

    def look(self, now: float) -> None:
        in_hand: Callable[[Call], bool] = self.going_on.__contains__
        if self.area.turn(now, in_hand, self.going_on):
            self.seen.append((now, self.area.on.number if self.area.on else None))

    def pass_time(self, start: int, end: int) -> None:
        for now in range(start, end):
            self.look(float(now))


def test_three_at_once_are_seen_one_after_the_other() -> None:
    board = Board()
    for number in (1, 2, 3):
        board.call(number)
    board.pass_time(0, 30)
    assert board.seen == [(0, "A001"), (4, "A002"), (8, "A003")]


def test_a_free_board_shows_a_call_at_once() -> None:
    board = Board()
    board.call(1)
    board.pass_time(0, 10)
    board.call(2)
    board.look(10.5)
    assert board.seen[-1] == (10.5, "A002")


def test_one_who_is_gone_gives_way_at_once_and_is_not_shown_any_more() -> None:
    board = Board()
    for number in (1, 2, 3):
        board.call(number)
    board.look(0)
    del board.going_on[:2]
    board.look(1)
    assert board.seen == [(0, "A001"), (1, "A003")]


def test_the_newest_still_going_on_comes_back_and_at_the_end_nobody_stands_there() -> None:
    board = Board()
    board.call(1)
    board.call(2)
    board.pass_time(0, 10)
    board.going_on.remove(call(2))
    board.look(10)
    board.look(10.5)
    board.call(3)
    board.look(11)
    board.going_on.clear()
    board.pass_time(12, 30)
    assert board.seen == [(0, "A001"), (4, "A002"), (10, "A001"), (11, "A003"), (15, None)]


def test_told_twice_it_is_shown_once() -> None:
    board = Board()
    board.call(1)
    board.look(0)
    board.area.add(call(1))
    board.pass_time(1, 10)
    assert board.seen == [(0, "A001")]
