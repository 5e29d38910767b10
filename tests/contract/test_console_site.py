"""The console's server as a browser meets it: pages, files, tickets, and what it refuses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from nicegui.testing.general import nicegui_reset_globals

from console.room import AddressTaken, run
from hallfile.premises import Premises
from tests.console_hall import SeededHall, premises_in


@asynccontextmanager
async def serving(premises: Premises) -> AsyncIterator[tuple[SeededHall, httpx.AsyncClient]]:
    """A hall with its console served, and somebody to ask it."""
    hall = SeededHall(premises)
    address = f"http://127.0.0.1:{premises.hall.console.port}"
    with nicegui_reset_globals():
        async with hall.bus.running(), hall.console_bus().running() as bus:
            room = asyncio.create_task(run(premises, bus))
            try:
                async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
                    await _there(client, room)
                    yield hall, client
            finally:
                room.cancel()
                await asyncio.gather(room, return_exceptions=True)


async def _there(client: httpx.AsyncClient, room: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        while not room.done():
            try:
                await client.get("/theme.css")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return
    room.result()


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return premises_in(tmp_path)


async def text_of(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, path
    return answer.text


async def test_every_page_is_served_before_anything_was_heard(premises: Premises) -> None:
    async with serving(premises) as (_, client):
        for path in (
            "/",
            "/bench",
            "/hall",
            "/bookings",
            "/counters",
            "/counter/3",
            "/counter/no-such",
            "/display",
        ):
            page = await text_of(client, path)
            assert "德州市政务服务中心" in page, path
        assert "尚无消息" in await text_of(client, "/hall")


async def test_pages_show_what_the_bus_says(premises: Premises) -> None:
    async with serving(premises) as (hall, client):
        hall.fill()
        await asyncio.sleep(0)
        page = await text_of(client, "/hall")
        for words in (
            "无人应答，请立即派人",
            "盖子开着：合上盖子后会自动继续",
            "预计下班前办不完，请明早再来",
        ):
            assert words in page
        assert "A011" in await text_of(client, "/display")
        assert "等候最久的一位" in await text_of(client, "/counter/1")


async def test_the_language_is_switched_and_remembered(premises: Premises) -> None:
    async with serving(premises) as (_, client):
        answer = await client.get("/language/en?back=hall")
        assert (answer.status_code, answer.headers["location"]) == (303, "/hall")
        client.cookies.update(answer.cookies)
        assert "Device health" in await text_of(client, "/hall")
        await text_of(client, "/language/xx", 404)
        counter = await text_of(client, "/counter/1")
        assert "/language/zh-CN?back=counter/1" in counter, "a clerk stays at the counter"
        answer = await client.get("/language/zh-CN?back=counter/1")
        assert answer.headers["location"] == "/counter/1"


async def test_the_language_switch_leads_nowhere_else(premises: Premises) -> None:
    async with serving(premises) as (_, client):
        for back in ("//evil.example", "https://evil.example", "../x", ""):
            answer = await client.get("/language/en", params={"back": back})
            assert answer.headers["location"] == "/"


async def test_files_come_only_from_their_folders(premises: Premises) -> None:
    (premises.data / "secret.png").write_bytes(b"secret")
    (premises.pictures / "notes.txt").write_bytes(b"secret")
    (premises.pictures / "away.png").symlink_to(premises.data / "secret.png")
    async with serving(premises) as (hall, client):
        hall.fill()
        picture = await client.get("/pictures/k1.jpg")
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.headers["cache-control"] == "no-store"
        sound = await client.get("/audio/0001.wav")
        assert sound.headers["content-type"] == "audio/wav"
        for path in (
            "/pictures/../secret.png",
            "/pictures/..%2fsecret.png",
            "/pictures/%2e%2e%2fsecret.png",
            "/pictures/..%5csecret.png",
            "/pictures/notes.txt",
            "/pictures/away.png",
            "/pictures/none.png",
            "/pictures/" + "x" * 300 + ".png",
            "/pictures/%00.png",
            "/audio/..%2f..%2fsecret.png",
            "/audio/../../secret.png",
        ):
            answer = await client.get(path)
            assert answer.status_code in (400, 404), path
            assert b"secret" not in answer.content


async def test_a_name_that_is_not_ours_is_refused(premises: Premises) -> None:
    async with serving(premises) as (_, client):
        answer = await client.get("/", headers={"host": "evil.example"})
        assert answer.status_code == 400


async def test_a_real_hall_offers_no_switches(tmp_path: Path) -> None:
    async with serving(premises_in(tmp_path, simulated=False)) as (hall, client):
        hall.fill()
        await asyncio.sleep(0)
        page = await text_of(client, "/bench")
        assert "本厅不是模拟运行" in page
        assert "拔掉插头" not in page


async def test_an_address_in_use_is_said_with_the_mend(premises: Premises) -> None:
    async with serving(premises) as (hall, _):
        async with hall.console_bus().running() as bus:
            with pytest.raises(AddressTaken, match=r"change console\.host or console\.port"):
                await run(premises, bus)
