"""The LED board's driver against the simulated card, over TCP and over a pseudo-terminal."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.messages.devices import Brightness, Clear, Show
from devices.led_board import conversation, textcard
from devices.led_board.driver import LedBoard
from hallfile.devices import BoardArea
from hallfile.devices import LedBoard as Entry
from simulators.led_board.simulator import BoardStandIn
from tests.contract.simulated import plugged
from tests.contract.stand import Stand, standing

CALL = BoardArea(x=0, y=0, width=256, height=32, font_px=24)
NEWS = BoardArea(x=0, y=32, width=256, height=32, font_px=16)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(params=["tcp", "serial"])
def entry(request: pytest.FixtureRequest, tmp_path: Path) -> Entry:
    link = f"serial:{tmp_path}/b1?baud=57600"
    if request.param == "tcp":
        link = f"tcp://127.0.0.1:{free_port()}"
    return Entry(link=link, areas={"call": CALL, "news": NEWS}, refresh_s=0)


@asynccontextmanager
async def hall(entry: Entry, folder: Path) -> AsyncIterator[tuple[Stand, BoardStandIn]]:
    """A simulated board and its driver in service."""
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), folder) as machine:
        async with standing(LedBoard, entry, folder) as stand:
            await stand.word("online")
            yield stand, machine


async def test_a_call_stands_on_the_board_as_it_was_asked(entry: Entry, tmp_path: Path) -> None:
    async with hall(entry, tmp_path) as (stand, machine):
        await stand.ask(Show, area="news", text="今日停电检修\n下午恢复", colour="yellow")
        reply = await stand.ask(Show, area="call", text="请A001号到3号窗口办理", colour="green")
        assert (reply.ok, reply.outcome) == (True, "acknowledged")
        call, news = machine.card.shown()
        if call.area.id:
            call, news = news, call
        assert "".join(glyph.char for glyph in call.rows[0]) == "请A001号到3号窗口办理"
        assert {(glyph.px, glyph.colour) for glyph in call.rows[0]} == {(24, 2)}
        assert (call.area.x, call.area.y, call.area.width, call.area.height) == (0, 0, 256, 32)
        assert len(news.rows) == 2
        assert machine.card.refusals == 0


async def test_clear_brightness_and_the_longest_text(entry: Entry, tmp_path: Path) -> None:
    async with hall(entry, tmp_path) as (stand, machine):
        reply = await stand.ask(Show, area="news", text="厅" * 3000)
        assert (reply.outcome, reply.details) == ("acknowledged", {"truncated": True})
        assert len(machine.card.texts()["1"]) > 450
        assert (await stand.ask(Brightness, level=4)).ok
        assert machine.card.brightness == 4
        assert (await stand.ask(Clear)).ok
        assert machine.card.texts() == {}


async def test_a_busy_card_is_told_and_forgiven(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textcard, "PING_EVERY_S", 0.05)
    monkeypatch.setattr(conversation, "BUSY_PAUSE_S", 0.01)
    async with hall(entry, tmp_path) as (stand, machine):
        machine.controls()["busy"].turn(True)
        await stand.word("deviceBusy")
        assert (await stand.ask(Show, area="call", text="三号窗口")).reason == "device_busy"
        machine.controls()["busy"].turn(False)
        await stand.word("online")
        assert (await stand.ask(Show, area="call", text="三号窗口")).ok


async def test_a_power_cut_takes_the_text_and_the_driver_puts_it_back(entry: Entry, tmp_path: Path) -> None:
    async with hall(entry, tmp_path) as (stand, machine):
        await stand.ask(Show, area="call", text="请A001号到3号窗口办理")
        machine.unplug()
        await stand.word("powerOff")
        await stand.until(lambda seen: seen.availability == "offline")
        machine.card._held.clear()
        machine.plug()
        await stand.word("online")
        await stand.until(lambda seen: seen.availability == "online")
        assert machine.card.texts() == {"0": "请A001号到3号窗口办理"}
