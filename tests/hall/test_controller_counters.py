"""What a counter's page is told of the number in hand."""

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
