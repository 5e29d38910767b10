"""Pages are told of changes at a pace eyes can follow, and commands come back as an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from broker.messages.hall import CallNext
from console.feed import TICK
from console.house import House
from tests.console_hall import SeededHall, premises_in


@asynccontextmanager
async def house_in(folder: Path, *, simulated: bool = True) -> AsyncIterator[tuple[SeededHall, House]]:
    """A console without its pages, on the bus of a seeded hall."""
    premises = premises_in(folder, simulated=simulated)
    hall = SeededHall(premises)
    async with hall.bus.running(), hall.console_bus().running() as bus:
        house = House.on(premises, bus)
        feeding = asyncio.create_task(house.feed.run())
        try:
            async with asyncio.timeout(20):
                await bus.connected.wait()
                await hall.bus.connected.wait()
                yield hall, house
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)


async def test_many_changes_are_told_as_few(tmp_path: Path) -> None:
    async with house_in(tmp_path) as (hall, house):
        told: list[frozenset[str]] = []
        last = asyncio.Event()

        def watch(kinds: frozenset[str]) -> None:
            told.append(kinds)
            if len(house.picture.calls) == 100:
                last.set()

        house.feed.watch(watch)
        for place in range(100):
            hall.call("1", f"A{place:03d}", f"t{place}")
        await last.wait()
        assert sum("counter" in kinds for kinds in told) <= 3


async def test_time_is_told_when_nothing_changes(tmp_path: Path) -> None:
    async with house_in(tmp_path) as (_, house):
        ticked = asyncio.Event()
        house.feed.watch(lambda kinds: ticked.set() if kinds == {TICK} else None)
        await ticked.wait()


async def test_a_page_that_fails_keeps_nothing_from_the_others(tmp_path: Path) -> None:
    async with house_in(tmp_path) as (hall, house):
        told, ended = asyncio.Event(), []

        def broken(_kinds: frozenset[str]) -> None:
            raise RuntimeError("a page fell over")

        house.feed.watch(broken)
        house.feed.watch(ended.append)()
        house.feed.watch(lambda kinds: told.set() if "room" in kinds else None)
        hall.word("room", "devices")
        await told.wait()
        assert ended == []


async def test_an_answer_is_what_the_owner_said(tmp_path: Path) -> None:
    async with house_in(tmp_path) as (hall, house):
        assert (await house.orders.controller(CallNext, "counter/1", counter="1")).ok
        hall.answer = lambda _topic, _command: {"ok": False, "reason": "nobody", "text": "没有人在等候"}
        answer = await house.orders.controller(CallNext, "counter/1", counter="1")
        assert (answer.ok, answer.text, answer.silence) == (False, "没有人在等候", False)


async def test_nothing_is_switched_in_a_real_hall(tmp_path: Path) -> None:
    async with house_in(tmp_path, simulated=False) as (hall, house):
        assert (await house.orders.switch("p1", "cover", True)).unsent
        assert (await house.orders.touch("k1", 1, 1)).unsent
        assert hall.asked == []
