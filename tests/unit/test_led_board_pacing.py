"""Turns of one area: apart from each other, and of those who wait only the latest."""

import asyncio
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from broker.clock import HallClock
from devices.led_board.pacing import Pace, Superseded

CLOCK = HallClock.real(ZoneInfo("Asia/Shanghai"))


async def test_a_first_turn_is_given_at_once_and_the_next_after_the_interval() -> None:
    pace = Pace(0.05, CLOCK)
    begun = []
    for _ in range(3):
        async with pace.turn():
            begun.append(CLOCK.monotonic())
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(begun))


async def test_whoever_waits_gives_way_to_the_latest() -> None:
    pace = Pace(0.05, CLOCK)
    shown = []

    async def show(name: str) -> None:
        async with pace.turn():
            shown.append(name)
            await asyncio.sleep(0)

    outcomes = await asyncio.gather(*(show(name) for name in "abcd"), return_exceptions=True)
    assert shown == ["a", "d"]
    assert [type(outcome) for outcome in outcomes] == [type(None), Superseded, Superseded, type(None)]


async def test_a_turn_that_fails_frees_the_area() -> None:
    pace = Pace(0, CLOCK)
    with pytest.raises(ZeroDivisionError):
        async with pace.turn():
            raise ZeroDivisionError
    async with asyncio.timeout(1), pace.turn():
        pass


async def test_nobody_overtakes_a_turn_that_takes_longer_than_the_interval() -> None:
    pace = Pace(0.001, CLOCK)
    order = []
    done = asyncio.Event()

    async def slow() -> None:
        async with pace.turn():
            await done.wait()
            order.append("slow")

    async def next_one() -> None:
        async with pace.turn():
            order.append("next")

    async with asyncio.TaskGroup() as group:
        group.create_task(slow())
        await asyncio.sleep(0.01)
        group.create_task(next_one())
        await asyncio.sleep(0.01)
        done.set()
    assert order == ["slow", "next"]
