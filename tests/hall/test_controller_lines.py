"""Where each number stands is told, so that its own page can show it."""

from pathlib import Path

from broker.messages import hall as m
from hall.core import commands as c
from hall.core import forecast
from hall.shell.lines import lines
from tests.conftest import HandClock
from tests.hall.kit import Hall
from tests.hall.stage import hall


def test_a_line_says_who_is_in_hand_who_waits_and_who_may_rate() -> None:
    small = Hall()
    for _ in range(4):
        small.take()
    small.call()
    small.done(c.Finish, counter="1")
    small.call()
    prospects = forecast.overview(small.state, small.rules, small.now)[1]
    told = lines(small.state, small.rules, prospects)
    assert told["b"] == []
    first, second, third, fourth = told["a"]
    assert (first.standing, first.counter) == ("finished", "1")
    assert first.rate_until is not None
    assert (second.standing, second.counter, second.ahead) == ("called", "1", None)
    assert [(one.number, one.standing, one.ahead) for one in (third, fourth)] == [
        ("A003", "waiting", 0),
        ("A004", "waiting", 1),
    ]
    assert third.forecast_minutes is not None
    assert fourth.forecast_minutes is not None
    assert third.forecast_minutes.high <= fourth.forecast_minutes.high
    small.after(3600)
    assert [one.number for one in lines(small.state, small.rules, {})["a"]] == ["A002", "A003", "A004"]


async def test_it_is_told_soon_after_it_changed(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        reply = await stage.ask(m.TakeTicket, service="a")

        def waits() -> bool:
            told = stage.all(m.Line, "queue/a")
            return bool(told) and [one.ticket for one in told[-1].tickets] == [reply.ticket]

        await stage.until(waits)
        (one,) = stage.all(m.Line, "queue/a")[-1].tickets
        assert (one.number, one.standing, one.ahead) == ("A001", "waiting", 0)
