"""A pixel board over UDP: what is sent is seen on the simulated one, and no more is said than is known."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broker.messages.devices import Brightness, Clear, Power, Show
from devices.led_board import pixels
from devices.led_board.driver import LedBoard
from hallfile.devices import BoardArea, IdlePage
from hallfile.devices import LedBoard as Entry
from simulators.led_board.ddp import FALLS_BACK_S
from simulators.led_board.pixels import PixelStandIn
from tests.contract.simulated import plugged
from tests.contract.stand import PATIENCE_S, Stand, standing
from tests.contract.test_led_board_simulator import free_port

AREAS = {
    "call": BoardArea(x=0, y=0, width=128, height=24, font_px=24, colour="#ff8800"),
    "news": BoardArea(x=0, y=24, width=128, height=16, font_px=16),
}


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def entry_of(options: str = "", **keys: Any) -> Entry:
    link = f"udp://127.0.0.1:{free_udp_port()}{options}"
    return Entry(link=link, model="ddp", width=128, height=40, areas=AREAS, refresh_s=0, **keys)


def lit(machine: PixelStandIn) -> np.ndarray[Any, Any]:
    """The lamps, rows × columns × colour."""
    return machine.receiver.pixels(machine.stage.clock.monotonic())


def call_is_lit(machine: PixelStandIn) -> bool:
    return bool(lit(machine)[:24].any())


async def until(seen: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not seen():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def board(entry: Entry, folder: Path) -> AsyncIterator[tuple[Stand, PixelStandIn]]:
    with plugged(lambda stage: PixelStandIn("d1", entry, stage), folder) as machine:
        async with standing(LedBoard, entry, folder) as stand:
            await until(lambda: machine.receiver.frames)
            yield stand, machine


async def test_a_call_is_sent_and_not_called_acknowledged(tmp_path: Path) -> None:
    async with board(entry_of(), tmp_path) as (stand, machine):
        await stand.word("offline", "board_unverified")
        assert stand.state.unverified is True
        assert stand.availability != "online"
        reply = await stand.ask(Show, area="call", text="请A001号")
        assert (reply.ok, reply.outcome) == (True, "sent")
        await until(lambda: call_is_lit(machine))
        colours = {tuple(pixel) for pixel in lit(machine).reshape(-1, 3)} - {(0, 0, 0)}
        assert colours == {(255, 136, 0)}
        await stand.until(lambda seen: seen.state.areas == {"call": "请A001号"})
        await stand.ask(Show, area="news", text="通知", colour="cyan")
        await until(lambda: bool(lit(machine)[24:].any()))
        assert {tuple(pixel) for pixel in lit(machine)[24:].reshape(-1, 3)} == {(0, 0, 0), (0, 255, 255)}


async def test_a_standing_picture_is_repeated_before_the_receiver_falls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pixels.REPEAT_S < FALLS_BACK_S / 2
    monkeypatch.setattr(pixels, "REPEAT_S", 0.05)
    async with board(entry_of(), tmp_path) as (stand, machine):
        await stand.ask(Show, area="call", text="请A001号")
        frames = machine.receiver.frames
        await until(lambda: machine.receiver.frames > frames + 5)
        assert (machine.receiver.out_of_order, machine.receiver.refused) == (0, 0)


async def test_a_running_text_comes_at_a_steady_rate(tmp_path: Path) -> None:
    async with board(entry_of(), tmp_path) as (stand, machine):
        await stand.ask(Show, area="call", text="请A001号到14号窗口办理，请带好证件")
        begun, first = stand.device.around.clock.monotonic(), machine.receiver.frames
        await until(lambda: machine.receiver.frames >= first + 50)
        rate = 50 / (stand.device.around.clock.monotonic() - begun)
        assert 8 <= rate <= 27, "25 pictures a second, or what a machine with other work can do"


async def test_cleared_dimmed_and_switched(tmp_path: Path) -> None:
    async with board(entry_of(), tmp_path) as (stand, machine):
        await stand.ask(Show, area="call", text="请A001号", colour="white")
        await until(lambda: lit(machine).max() == 255)
        assert (await stand.ask(Brightness, level=5)).outcome == "sent"
        await until(lambda: lit(machine).max() == 85)
        assert (await stand.ask(Power, on=False)).ok
        await until(lambda: not lit(machine).any())
        await stand.ask(Power, on=True)
        await until(lambda: lit(machine).any())
        assert (await stand.ask(Clear)).outcome == "sent"
        await until(lambda: not lit(machine).any())
        await stand.until(lambda seen: seen.state.areas == {})


async def test_a_text_for_a_while_goes_by_itself_and_the_idle_page_comes_back(tmp_path: Path) -> None:
    entry = entry_of(idle=IdlePage(text="欢迎", colour="blue"))
    async with board(entry, tmp_path) as (stand, machine):
        await until(lambda: bool(lit(machine)[:, :, 2].any()))
        await stand.ask(Show, area="call", text="请A001号", seconds=0.2)
        await until(lambda: bool(lit(machine)[:, :, 0].any()))
        await until(lambda: not lit(machine)[:, :, 0].any() and lit(machine)[:, :, 2].any())


async def test_an_area_that_is_none_is_refused(tmp_path: Path) -> None:
    async with board(entry_of(), tmp_path) as (stand, _):
        reply = await stand.ask(Show, area="roof", text="三号")
        assert (reply.ok, reply.outcome, reply.reason) == (False, "refused", "unknown_area")


async def test_a_receiver_with_a_web_page_is_online_while_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixels, "CHECK_EVERY_S", 0.05)
    async with board(entry_of(f"?check=http&check_port={free_port()}"), tmp_path) as (stand, machine):
        state = await stand.word("online")
        assert state.unverified is False
        assert (await stand.ask(Show, area="call", text="请A001号")).outcome == "sent", (
            "still no confirmation"
        )
        machine.controls()["web"].turn(False)
        await stand.word("offline", "board_check_failed")
        machine.controls()["web"].turn(True)
        await stand.word("online")


async def test_a_receiver_that_goes_is_noticed_where_its_machine_says_so(tmp_path: Path) -> None:
    async with board(entry_of(), tmp_path) as (stand, machine):
        await stand.ask(Show, area="call", text="请A001号")
        await stand.word("offline")
        machine.controls()["unplugged"].turn(True)
        await stand.word("powerOff", "nobody listens")
        reply = await stand.ask(Show, area="call", text="请A002号")
        assert (reply.ok, reply.outcome, reply.reason) == (False, "refused", "device_offline")
        machine.controls()["unplugged"].turn(False)
        await stand.word("offline", "board_unverified")
        await until(lambda: call_is_lit(machine))


async def test_lost_packets_are_made_up_for_within_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixels, "REPEAT_S", 0.05)
    async with board(entry_of(), tmp_path) as (stand, machine):
        machine.controls()["loss"].turn(50)
        await stand.ask(Show, area="call", text="请A001号")
        machine.controls()["loss"].turn(0)
        await until(lambda: call_is_lit(machine))
