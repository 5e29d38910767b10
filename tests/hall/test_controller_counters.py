"""What a counter's page is told of the number in hand, and of a break."""

from pathlib import Path

from broker.messages import hall as m
from tests.conftest import HandClock
from tests.hall.kit import small
from tests.hall.stage import Stage
from tests.unit.test_hall_visits import STEPS


async def test_the_steps_still_to_come_are_told_in_their_order(clock: HandClock, tmp_path: Path) -> None:
    async with Stage(small(**STEPS), clock, tmp_path).open() as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        await stage.until(lambda: stage.all(m.CounterState, "counter/1")[-1].further == ["pay", "cert"])
        assert (await stage.ask(m.Transfer, counter="1", to="pay")).ok
        await stage.ask(m.CallNext, counter="3")
        await stage.until(lambda: stage.all(m.CounterState, "counter/3")[-1].further == ["cert"])
        told = stage.all(m.CounterState, "counter/3")[-1]
        assert (told.service, told.step, told.steps) == ("pay", 2, 3)
        assert stage.all(m.CounterState, "counter/1")[-1].further == []


async def test_a_break_is_told_while_the_counter_is_paused_and_not_while_it_is_closed(
    clock: HandClock, tmp_path: Path
) -> None:
    async with Stage(small(), clock, tmp_path).open() as stage:
        clock.move(170 * 60)
        assert (await stage.ask(m.Pause, counter="1", why="用餐", minutes=30)).ok
        await stage.until(lambda: stage.all(m.CounterState, "counter/1")[-1].status == "paused")
        told = stage.all(m.CounterState, "counter/1")[-1]
        assert (told.pause_reason, told.back_at and f"{told.back_at:%H:%M}") == ("用餐", "12:20")
        clock.move(15 * 60)
        await stage.until(lambda: stage.all(m.CounterState, "counter/1")[-1].status == "closed")
        told = stage.all(m.CounterState, "counter/1")[-1]
        assert (told.pause_reason, told.back_at) == (None, None)
