"""Notices on the bus: on boards by precedence, spoken when urgent, and there again after a restart."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from broker.messages import hall as m
from broker.messages.devices import Clear, Say, Show
from broker.messages.notices import NoticeState, PostNotice, WithdrawNotice
from tests.conftest import HandClock
from tests.hall.kit import small
from tests.hall.stage import Stage

BY = {"by": "console/boss"}
TWO_AREAS = {
    "b1": {
        "link": "tcp://127.0.0.1:5005",
        "areas": {
            "call": {"x": 0, "y": 0, "width": 320, "height": 32, "font_px": 24},
            "news": {"x": 0, "y": 32, "width": 320, "height": 32},
        },
    }
}


def texts(stage: Stage, area: str) -> list[str]:
    return [show.text for show in stage.all(Show, "led_board/b1") if show.area == area]


async def reads(stage: Stage, text: str) -> None:
    """Wait until the area for news says so."""
    await stage.until(lambda: texts(stage, "news")[-1:] == [text])


async def test_an_emergency_stands_before_calls_and_is_spoken(clock: HandClock, tmp_path: Path) -> None:
    async with Stage(small(), clock, tmp_path).open() as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        await stage.hear(Show, "led_board/b1")
        said: dict[str, Any] = {"text": "请从东门离开。", "text_en": "Leave by the east door."}
        posted = await stage.ask(PostNotice, level="emergency", **said, **BY)
        assert posted.ok
        urgent = await stage.hear(Show, "led_board/b1", times=2)
        assert urgent.text == "请从东门离开。 Leave by the east door."
        assert urgent.colour in ("red", "yellow")
        spoken = await stage.hear(Say, times=3)
        assert (spoken.text, spoken.lang, spoken.chime) == ("Leave by the east door.", "en", False)
        assert stage.all(Say)[1].text == "请从东门离开。"
        assert isinstance(posted.details, dict)
        await stage.ask(WithdrawNotice, notice=posted.details["notice"], **BY)
        await stage.until(lambda: texts(stage, "call")[-1] == "请A001号到1号窗口办理")
        assert len(stage.all(Say)) == 3


async def test_a_board_without_news_tells_notices_where_nobody_is_called(
    clock: HandClock, tmp_path: Path
) -> None:
    async with Stage(small(), clock, tmp_path).open() as stage:
        posted = await stage.ask(PostNotice, level="notice", text="系统维护中。", **BY)
        await stage.until(lambda: texts(stage, "call") == ["系统维护中。"])
        assert isinstance(posted.details, dict)
        await stage.ask(WithdrawNotice, notice=posted.details["notice"], **BY)
        await stage.hear(Clear, "led_board/b1")
        assert not stage.all(Say)


async def test_the_news_area_turns_its_pages(clock: HandClock, tmp_path: Path) -> None:
    boards = {"pages": ["date", "items"], "page_s": 8}
    async with Stage(small(boards=boards, led_boards=TWO_AREAS), clock, tmp_path).open() as stage:
        await reads(stage, "2026年11月20日 星期五")
        for text in ("纳税：1、2号窗口", "城建：2号窗口", "2026年11月20日 星期五"):
            clock.move(8)
            await reads(stage, text)
        assert texts(stage, "call") == []


async def test_a_notice_outlasts_a_restart_and_leaves_the_bus_when_it_is_over(
    clock: HandClock, tmp_path: Path
) -> None:
    until = clock.now() + timedelta(minutes=10)
    async with Stage(small(), clock, tmp_path).open() as stage:
        await stage.ask(PostNotice, level="notice", text="演习。", until=until, **BY)
    async with Stage(small(), clock, tmp_path).open() as stage:
        state = await stage.hear(NoticeState)
        assert (state.text, state.level, state.until, state.by) == ("演习。", "notice", until, "console/boss")
        await stage.until(lambda: texts(stage, "call")[-1:] == ["演习。"])
        clock.move(600)
        await stage.hear(Clear, "led_board/b1")
        await stage.until(lambda: not any("/notice/" in topic for topic in stage.broker.retained))


async def test_only_the_console_speaks_for_the_hall(clock: HandClock, tmp_path: Path) -> None:
    async with Stage(small(), clock, tmp_path).open() as stage:
        reply = await stage.ask(PostNotice, level="emergency", text="假的", by="kiosk/k1")
        assert (reply.ok, reply.reason) == (False, "not_staff")
        assert not stage.all(Show)
