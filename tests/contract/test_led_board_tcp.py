"""The LED board over TCP: what is shown, what is refused, and what its health says of a card gone bad."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from broker.messages.devices import Brightness, Clear, Show
from broker.messages.envelope import Reply
from devices.led_board import conversation, textcard
from devices.led_board.driver import LedBoard
from hallfile.devices import BoardArea
from hallfile.devices import LedBoard as Entry
from tests.contract.card import (
    ACK,
    BRIGHTNESS,
    CLEAR,
    NACK_BUSY,
    NACK_CHECKSUM,
    NACK_FONT,
    PARAMETERS,
    PING,
    SHOW,
    STATUS,
    Card,
    card,
)
from tests.contract.stand import Stand, standing

AREAS = {
    "call": BoardArea(x=0, y=0, width=256, height=32, font_px=24),
    "news": BoardArea(x=0, y=32, width=256, height=32, font_px=16),
}


def entry_of(port: int, **keys: Any) -> Entry:
    return Entry(link=f"tcp://127.0.0.1:{port}", areas=AREAS, **({"refresh_s": 0} | keys))


@asynccontextmanager
async def board(at: Card, folder: Path, **keys: Any) -> AsyncIterator[Stand]:
    """A board in service that has been greeted by its card."""
    async with standing(LedBoard, entry_of(at.port, **keys), folder) as stand:
        await stand.word("online")
        await asyncio.sleep(0)
        yield stand


def asked(reply: Reply) -> tuple[bool, object, object]:
    return reply.ok, reply.outcome, reply.reason if not reply.ok else ""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits for a card that says nothing."""
    monkeypatch.setattr(conversation, "ANSWER_S", 0.05)
    monkeypatch.setattr(textcard, "PING_EVERY_S", 0.05)


async def test_a_call_is_shown_and_acknowledged(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        assert at.requests[0][:2] == PING
        reply = await stand.ask(Show, area="call", text="请A001号到3号窗口办理", colour="green")
        assert asked(reply) == (True, "acknowledged", "")
        (shown,) = at.shows()
        assert shown[2:9] == bytes.fromhex("01 00 00 00 01 3F 00")
        assert shown[9:18] == bytes.fromhex("00 00 80 00 00 00 81 20 00")
        assert shown[36:] == b"\\FO001\\FE001\\C2" + "请A001号到3号窗口办理".encode("gbk")
        await stand.until(lambda seen: seen.state.areas == {"call": "请A001号到3号窗口办理"})


async def test_areas_are_numbered_as_in_the_hall_file(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        await stand.ask(Show, area="news", text="今日停电检修")
        (shown,) = at.shows()
        assert shown[9 + 9] == 1


async def test_what_can_not_be_shown_as_it_is_asked_is_told(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        reply = await stand.ask(Show, area="news", text="😀" + "厅" * 2000)
        assert reply.outcome == "acknowledged"
        assert reply.details == {"replaced": "😀", "truncated": True}


async def test_clear_and_brightness(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        await stand.ask(Show, area="call", text="三号窗口")
        assert asked(await stand.ask(Clear)) == (True, "acknowledged", "")
        assert asked(await stand.ask(Brightness, level=7)) == (True, "acknowledged", "")
        assert at.requests[-2:] == [CLEAR + bytes([1, 0, 0]), BRIGHTNESS + bytes([1, 0, 0, 1, 7])]
        assert stand.state.areas == {}


async def test_what_is_not_possible_is_refused_before_the_wire(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        assert asked(await stand.ask(Show, area="roof", text="三号")) == (False, "refused", "unknown_area")
        assert asked(await stand.ask(Brightness, level=16)) == (False, "refused", "bad_value")
        assert asked(await stand.ask(Show, area="call", text="三号", seconds=-1.0)) == (
            False,
            "refused",
            "bad_value",
        )
        assert not at.shows()
        assert BRIGHTNESS not in [data[:2] for data in at.requests]


async def test_the_latest_of_several_texts_wins(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path, refresh_s=0.2) as stand:
        replies = await asyncio.gather(
            *(stand.ask(Show, area="call", text=f"请A00{number}号") for number in range(1, 6)),
            stand.ask(Show, area="news", text="通知"),
        )
        assert [asked(reply) for reply in replies] == [
            (True, "acknowledged", ""),
            *[(False, "refused", "superseded")] * 3,
            (True, "acknowledged", ""),
            (True, "acknowledged", ""),
        ]
        assert at.texts() == ["请A001号", "通知", "请A005号"]


async def test_a_text_that_waited_past_its_expiry_is_not_shown(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path, refresh_s=0.3) as stand:
        await stand.ask(Show, area="call", text="请A001号")
        late = await stand.ask(Show, expires_s=0.1, area="call", text="请A002号")
        assert asked(late) == (False, "refused", "expired")
        assert at.texts() == ["请A001号"]


async def test_clearing_takes_back_what_still_waits(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path, refresh_s=0.3) as stand:
        await stand.ask(Show, area="call", text="请A001号")
        waiting, cleared = await asyncio.gather(
            stand.ask(Show, area="call", text="请A002号"), stand.ask(Clear)
        )
        assert asked(waiting) == (False, "refused", "superseded")
        assert cleared.ok
        assert at.texts() == ["请A001号"]


async def test_a_damaged_request_is_sent_again(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        answers = iter([NACK_CHECKSUM])
        at.answer = lambda _: next(answers, ACK)
        assert (await stand.ask(Show, area="call", text="三号窗口")).outcome == "acknowledged"
        assert len(at.shows()) == 2
        assert stand.device.errors == 1
        assert stand.state.device == "online"


async def test_a_line_that_always_damages(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda _: NACK_CHECKSUM
        reply = await stand.ask(Show, area="call", text="三号窗口")
        assert asked(reply) == (False, "refused", "line_noise")
        assert stand.state.device == "online"


async def test_a_busy_card(tmp_path: Path, quick: None) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda data: NACK_BUSY if data[:2] == SHOW else ACK
        reply = await stand.ask(Show, area="call", text="三号窗口")
        assert asked(reply) == (False, "refused", "device_busy")
        await stand.until(lambda seen: "deviceBusy" in [state.device for state in seen.states])
        await stand.word("online")


async def test_a_card_without_the_font(tmp_path: Path, quick: None) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda data: NACK_FONT if data[:2] == SHOW else ACK
        reply = await stand.ask(Show, area="call", text="三号窗口")
        assert asked(reply) == (False, "refused", "font_missing")
        await stand.word("hardwareError", "card_font_missing")
        pings = len(at.requests)
        await at.until(lambda seen: len(seen.requests) > pings + 3)
        assert stand.state.device == "hardwareError", "a ping that is answered mends no font"
        at.answer = lambda _: ACK
        assert (await stand.ask(Show, area="call", text="三号窗口")).ok
        await stand.word("online")


async def test_a_silent_card_goes_offline_and_comes_back_with_its_texts(tmp_path: Path, quick: None) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        await stand.ask(Show, area="call", text="请A001号")
        await stand.ask(Show, area="news", text="通知")
        at.answer = lambda _: b""
        await stand.word("offline", "does not answer")
        await stand.until(lambda seen: seen.availability == "offline")
        before = len(at.shows())
        at.answer = lambda _: ACK
        await stand.word("online")
        await at.until(lambda seen: len(seen.shows()) == before + 2)
        assert at.texts()[-2:] == ["请A001号", "通知"]


async def test_a_text_nobody_acknowledges(tmp_path: Path, quick: None) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda data: b"" if data[:2] == SHOW else ACK
        reply = await stand.ask(Show, area="call", text="三号窗口")
        assert asked(reply) == (False, "sent", "not_acknowledged")
        assert len(at.shows()) == 2
        await stand.word("offline")
        await stand.word("online")
        assert stand.state.areas == {}


async def test_a_card_that_knows_no_status_and_no_parameters_serves_all_the_same(
    tmp_path: Path, quick: None
) -> None:
    async with card() as at:
        at.answer = lambda data: b"" if data[:2] in (STATUS, PARAMETERS) else ACK
        async with board(at, tmp_path) as stand:
            assert (await stand.ask(Show, area="call", text="三号窗口")).outcome == "acknowledged"
            asked = len(at.requests)
            await at.until(lambda seen: len(seen.requests) > asked + 10)
            assert [data[:2] for data in at.requests].count(STATUS) == 1, "silence is not asked twice"
            assert stand.state.device == "online"


async def test_garbage_instead_of_answers(tmp_path: Path, quick: None) -> None:
    noise = random.Random(5)
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda _: noise.randbytes(300)
        state = await stand.word("offline", "can't be understood")
        assert state.errors >= 2


async def test_garbage_around_the_answer_does_no_harm(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda _: b"\x00\x5a\xa6\x07" + ACK + b"\xff\xa5\x01"
        for number in range(5):
            reply = await stand.ask(Show, area="call", text=f"请A00{number}号")
            assert reply.outcome == "acknowledged"


async def test_power_cut_and_back(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        await stand.ask(Show, area="call", text="请A001号")
        await at.unplug()
        await stand.word("powerOff")
        reply = await stand.ask(Show, area="call", text="请A002号")
        assert asked(reply) == (False, "refused", "device_offline")
        started = time.monotonic()
        await at.plug_in()
        await stand.word("online")
        await at.until(lambda seen: len(seen.shows()) == 2)
        # 2 s; and what a machine that is busy with other things may add
        assert time.monotonic() - started < 5
        assert at.texts() == ["请A001号", "请A001号"]
        assert stand.device.reconnects >= 1


async def test_a_text_for_a_while_is_not_shown_again_after_it(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        await stand.ask(Show, area="call", text="请A001号", seconds=0.05)
        await stand.ask(Show, area="news", text="通知", seconds=600)
        await at.unplug()
        await stand.word("powerOff")
        await at.plug_in()
        await stand.word("online")
        await at.until(lambda seen: len(seen.shows()) == 3)
        assert at.texts()[-1] == "通知"
        await stand.until(lambda seen: seen.state.areas == {"news": "通知"})


async def test_the_link_breaks_while_a_text_is_on_its_way(tmp_path: Path) -> None:
    async with card() as at, board(at, tmp_path) as stand:
        at.answer = lambda _: b""
        showing = asyncio.create_task(stand.ask(Show, area="call", text="请A001号"))
        await at.until(lambda seen: seen.shows())
        await at.unplug()
        assert asked(await showing) == (False, "sent", "link_lost")


async def test_a_board_that_is_not_there(tmp_path: Path) -> None:
    async with card() as at:
        port = at.port
    async with standing(LedBoard, entry_of(port), tmp_path) as stand:
        await stand.word("powerOff", "can't be reached")


@pytest.mark.parametrize(
    ("keys", "cause"),
    [
        ({"model": "neon"}, "known are: ddp, onbon-5k, onbon-6k"),
        ({"areas": {f"a{n}": AREAS["call"] for n in range(6)}}, "has 6 areas and a onbon-6k shows 5"),
    ],
)
async def test_a_hall_file_that_asks_too_much(tmp_path: Path, keys: dict[str, Any], cause: str) -> None:
    async with card() as at:
        entry = Entry(**({"link": f"tcp://127.0.0.1:{at.port}", "areas": AREAS} | keys))
        async with standing(LedBoard, entry, tmp_path) as stand:
            await stand.word("hardwareError", cause)
