"""What the hall file says of a text card reaches it: clock, hours, brightness, size, idle page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from broker.messages.devices import Brightness, Power, Show
from devices.led_board import textcard
from devices.led_board.driver import LedBoard
from devices.led_board.programbook import ProgramBook
from hallfile.devices import BoardArea, IdlePage
from hallfile.devices import LedBoard as Entry
from simulators.led_board.simulator import BoardStandIn
from tests.contract.simulated import plugged
from tests.contract.stand import Stand, standing
from tests.contract.test_led_board_simulator import CALL, NEWS, free_port

AREAS = {"call": CALL, "news": NEWS}
IDLE = IdlePage(text="德州市政务服务中心欢迎您", font_px=24, colour="green")


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are looked at all the time."""
    monkeypatch.setattr(textcard, "PING_EVERY_S", 0.02)
    monkeypatch.setattr(textcard, "PINGS_A_STATUS", 2)


@asynccontextmanager
async def in_service(machine: BoardStandIn, entry: Entry, folder: Path) -> AsyncIterator[Stand]:
    def with_memory(name: str, *given: Any) -> LedBoard:
        return LedBoard(name, *given, programs=ProgramBook(folder / "devices.db", name))

    async with standing(with_memory, entry, folder) as stand:
        await stand.word("online")
        yield stand


def strip(**keys: Any) -> Entry:
    return Entry(link=f"tcp://127.0.0.1:{free_port()}", areas=AREAS, refresh_s=0, **keys)


async def test_a_card_is_set_up_when_it_is_greeted(tmp_path: Path) -> None:
    entry = strip(brightness={"06:30": 12, "18:00": 5}, power=[("06:30", "12:00"), ("13:00", "21:00")])
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        card = machine.card
        card._clock = card._clock.replace(year=2013)
        async with in_service(machine, entry, tmp_path) as stand:
            assert abs((card._time() - stand.device.around.clock.now()).total_seconds()) < 2
            assert card.schedule.levels == (5,) * 13 + (12,) * 23 + (5,) * 12
            assert [str(hour) for pair in card.schedule.intervals for hour in pair] == [
                "06:30:00", "12:00:00", "13:00:00", "21:00:00",
            ]  # fmt: skip
            await stand.until(lambda seen: seen.state.brightness == card.brightness)
            assert stand.state.lit == card.lit_up


async def test_an_empty_table_of_hours_means_always_and_none_leaves_the_card_alone(tmp_path: Path) -> None:
    left, always = strip(), strip(power=[])
    with plugged(lambda stage: BoardStandIn("b1", left, stage), tmp_path) as machine:
        machine.card.schedule.keep_hours(((before := textcard.intervals([("01:00", "02:00")]))[0],))
        async with in_service(machine, left, tmp_path):
            assert machine.card.schedule.intervals == tuple(before)
    with plugged(lambda stage: BoardStandIn("b1", always, stage), tmp_path) as machine:
        machine.card.schedule.keep_hours(tuple(before))
        async with in_service(machine, always, tmp_path):
            assert machine.card.schedule.intervals == ()


async def test_switched_and_dimmed_by_hand(tmp_path: Path) -> None:
    entry = strip()
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path) as stand:
            assert (await stand.ask(Power, on=False)).outcome == "acknowledged"
            assert not machine.card.lit_up
            await stand.until(lambda seen: seen.state.lit is False)
            assert (await stand.ask(Power, on=True)).ok
            assert machine.card.lit_up
            assert (await stand.ask(Brightness, level=3)).ok
            await stand.until(lambda seen: (seen.state.lit, seen.state.brightness) == (True, 3))


async def test_a_card_of_another_size_is_said_and_serves_on(tmp_path: Path) -> None:
    entry = strip()
    other = Entry(link=entry.link, areas=AREAS, width=128, height=64)
    with plugged(lambda stage: BoardStandIn("b1", other, stage), tmp_path):
        async with standing(LedBoard, entry, tmp_path) as stand:
            await stand.word("hardwareError", "board_misfit")
            assert (await stand.ask(Show, area="news", text="通知")).outcome == "acknowledged"


async def test_the_idle_page_is_written_once_and_again_only_when_it_changes(tmp_path: Path) -> None:
    entry = strip(idle=IDLE)
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        card = machine.card
        for _ in range(3):
            async with in_service(machine, entry, tmp_path) as stand:
                assert card.plays() == IDLE.text
                assert (card.flash.writes, card.locked) == (1, b"P000")
                await stand.ask(Show, area="call", text="请A001号到3号窗口")
                assert [lit.area.id for lit in card.shown()] == [0], "a call stands before the idle page"
        changed = Entry(link=entry.link, areas=AREAS, refresh_s=0, idle=IdlePage(text="下班了"))
        async with in_service(machine, changed, tmp_path):
            assert (card.plays(), card.flash.writes) == ("下班了", 2)
        async with in_service(machine, Entry(link=entry.link, areas=AREAS), tmp_path):
            assert (card.flash.programs, card.flash.writes, card.locked) == ({}, 2, None)


async def test_an_idle_page_too_long_for_one_block_arrives_whole(tmp_path: Path) -> None:
    long = IdlePage(text="厅" * 480)
    entry = strip(idle=long, model="onbon-6k")
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path):
            assert machine.card.plays() == long.text
            assert machine.card.flash.writes == 1


async def test_a_new_card_in_the_old_ones_place_gets_the_idle_page(tmp_path: Path) -> None:
    entry = strip(idle=IDLE)
    for _ in range(2):
        with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
            async with in_service(machine, entry, tmp_path):
                assert (machine.card.plays(), machine.card.flash.writes) == (IDLE.text, 1)


async def test_calls_never_reach_the_flash(tmp_path: Path) -> None:
    entry = strip()
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path) as stand:
            for number in range(20):
                assert (await stand.ask(Show, area="call", text=f"请A{number:03}号到3号窗口")).ok
            assert machine.card.flash.writes == 0


async def test_a_power_cut_keeps_the_program_and_the_driver_brings_back_the_call(tmp_path: Path) -> None:
    entry = strip(idle=IDLE)
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path) as stand:
            await stand.ask(Show, area="call", text="请A001号到3号窗口")
            machine.controls()["power_cut"].turn(True)
            await stand.word("powerOff")
            assert (machine.card.texts(), machine.card.plays()) == ({}, IDLE.text)
            machine.controls()["power_cut"].turn(False)
            await stand.word("online")
            assert machine.card.texts() == {"0": "请A001号到3号窗口"}
            assert machine.card.flash.writes == 1


async def test_a_text_that_vanished_unnoticed_is_put_back(tmp_path: Path, watchful: None) -> None:
    entry = strip()
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path) as stand:
            await stand.ask(Show, area="call", text="请A001号")
            await stand.ask(Show, area="news", text="通知")
            machine.card._held.clear()
            async with asyncio.timeout(5):
                while machine.card.texts() != {"0": "请A001号", "1": "通知"}:
                    await asyncio.sleep(0.01)
            assert stand.state.reconnects == 0


async def test_the_clock_is_set_again_on_another_day(tmp_path: Path, watchful: None) -> None:
    entry = strip()
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path) as stand:
            panel = stand.device._panel  # type: ignore[attr-defined]  # a board's
            panel._clock_set_on = None
            async with asyncio.timeout(5):
                while panel._clock_set_on is None:
                    await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("name", "reason", "word"),
    [
        ("memory", "memory_full", "hardwareError"),
        ("flash", "flash_fault", "hardwareError"),
        ("font", "font_missing", "hardwareError"),
        ("checksum", "line_noise", "online"),
        ("busy", "device_busy", "deviceBusy"),
        *((other, "board_refused", "online") for other in ("group", "command", "file_not_found", "download")),
        *((other, "board_refused", "online") for other in ("file_name", "file_type", "file_crc")),
        *((other, "board_refused", "online") for other in ("firmware", "date", "file_exists", "block")),
    ],
)
async def test_every_refusal_is_told(
    tmp_path: Path, name: str, reason: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.led_board.conversation.BUSY_PAUSE_S", 0.01)
    entry = strip()
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with in_service(machine, entry, tmp_path) as stand:
            machine.controls()["nack"].turn(name)
            reply = await stand.ask(Show, area="call", text="三号窗口")
            assert (reply.ok, reply.outcome, reply.reason) == (False, "refused", reason)
            assert stand.device.word == word
            machine.controls()["nack"].turn(None)
            assert (await stand.ask(Show, area="call", text="三号窗口")).ok
            await stand.word("online")


async def test_a_strip_and_an_outdoor_board_are_two_entries_of_one_driver(tmp_path: Path) -> None:
    counter = Entry(
        link=f"tcp://127.0.0.1:{free_port()}",
        model="onbon-5k",
        width=128,
        height=16,
        areas={"call": BoardArea(x=0, y=0, width=128, height=16, colour="red")},
        refresh_s=0,
    )
    outdoor = Entry(
        link=f"tcp://127.0.0.1:{free_port()}",
        model="onbon-6k",
        width=512,
        height=96,
        areas={
            "call": BoardArea(x=0, y=0, width=512, height=48, font_px=32, colour="yellow"),
            "news": BoardArea(x=0, y=48, width=512, height=48, font_px=24, speed=6, stay_s=3),
        },
        brightness={"07:00": 15, "18:30": 6},
        power=[("06:30", "21:00")],
        idle=IDLE,
        refresh_s=0,
    )
    for entry, text, px in ((counter, "A012请进", 16), (outdoor, "请A012号到3号窗口办理", 32)):
        with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:  # noqa: B023 - used at once
            async with in_service(machine, entry, tmp_path / entry.model) as stand:
                assert (await stand.ask(Show, area="call", text=text)).outcome == "acknowledged"
                assert machine.card.texts() == {"0": text}
                (held,) = machine.card._held.values()
                assert {glyph.px for row in held.pages.pages[0] for glyph in row} == {px}
