"""The public pages as served: a ticket's own page and the display, over HTTP and in a real browser."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace as with_keys

from broker.messages import hall as m
from broker.messages.envelope import Forecast
from broker.messages.reminders import Remind
from console.orders import Answer, Orders
from console.public import guard
from hallfile.notes import REACH, Note, Notes
from hallfile.premises import Premises
from hallfile.reminding import Gateway
from tests.console_browser import IN_A_BROWSER, Browser, browsing
from tests.console_hall import SeededHall, free_port, premises_in
from tests.contract.test_console_site import serving

MINE = "01JD3M0Z6Q9V8X7W5T4S3R2Q1P"
WAIT = Forecast(low=31, median=40, high=52)
PHONE, DESKTOP = (360, 640), (1366, 768)


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return premises_in(tmp_path)


def stands(hall: SeededHall, **keys: Any) -> None:
    """The ticket stands there."""
    hall.line("a", m.InLine(ticket=MINE, number="A012", **keys))


async def lines(client: httpx.AsyncClient, path: str) -> AsyncGenerator[dict[str, str], None]:
    """What a page is sent, as it is sent."""
    async with client.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


async def test_a_ticket_has_its_own_page_light_and_told_to_nobody(premises: Premises) -> None:
    async with serving(premises) as (hall, client):
        hall.fill()
        stands(hall, standing="waiting", ahead=7, forecast_minutes=WAIT)
        await asyncio.sleep(0)
        page = await client.get(f"/t/{MINE}")
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "A012" in page.text
        assert "前面还有 7 人" in page.text
        assert len(page.content) <= 30_000
        assert "src=" not in page.text, "the page is all there is to load"
        english = await client.get(f"/t/{MINE}", headers={"Accept-Language": "de, en-GB;q=0.9, zh;q=0.1"})
        assert "People before you: 7" in english.text
        unknown = await client.get("/t/01JD3M0Z6Q9V8X7W5T4S3R2Q1Q")
        assert unknown.status_code == 404
        assert "暂时查不到这张号票" in unknown.text
        for odd in ("A" * 5000, "<b>x", "..%2f..%2fsecret"):
            answer = await client.get(f"/t/{odd}")
            assert answer.status_code == 404
            assert "<b>x" not in answer.text


async def test_a_page_is_sent_what_changed_and_the_call_at_once(premises: Premises) -> None:
    async with serving(premises) as (hall, client), asyncio.timeout(20):
        hall.fill()
        stands(hall, standing="waiting", ahead=1, forecast_minutes=WAIT)
        await asyncio.sleep(0)
        sent = lines(client, f"/t/{MINE}/live?lang=zh-CN")
        assert "前面还有 1 人" in (await anext(sent))["standing"]
        stands(hall, standing="waiting", ahead=0, forecast_minutes=WAIT)
        changed = await anext(sent)
        assert "下一位就是您" in changed["standing"]
        assert "rating" not in changed
        hall.call("3", "A012", MINE)
        assert "请到 3 号窗口办理" in (await anext(sent))["standing"]
        once = await client.get(f"/t/{MINE}/live?once=1")
        assert "请到 3 号窗口办理" in once.json()["standing"]
        await sent.aclose()


async def test_a_grade_goes_the_way_of_the_pads(premises: Premises) -> None:
    async with serving(premises) as (hall, client):
        hall.fill()
        stands(hall, standing="finished", counter="3", rate_until=hall.now + timedelta(minutes=1))
        await asyncio.sleep(0)
        thanks = await client.post(f"/t/{MINE}/rate", data={"grade": "5"})
        assert "您的评价已记录" in thanks.text
        rate = next(command for _, command in hall.asked if isinstance(command, m.Rate))
        assert (rate.ticket, rate.grade, rate.by) == (MINE, 5, "console/ticket")
        hall.answer = lambda _topic, _command: {
            "ok": False,
            "reason": "rating_closed",
            "text": "评价时间已过",
        }
        assert "评价时间已过" in (await client.post(f"/t/{MINE}/rate", data={"grade": "1"})).text
        assert (await client.post(f"/t/{MINE}/rate", data={"grade": "6"})).status_code == 400
        assert (await client.post(f"/t/{MINE}/rate", content=b"x" * 10_000)).status_code == 400
        assert (await client.get(f"/t/{MINE}/rate")).status_code in (404, 405)


async def not_sent(*_: object, **__: object) -> Answer:
    """What becomes of a command while the bus is away."""
    return Answer(False, unsent=True)


async def test_a_number_to_be_told_by_is_kept_aside_and_never_on_the_bus(premises: Premises) -> None:
    gateway = Gateway(kind="sms", url="http://127.0.0.1:9/?to={phone}&text={text}")
    telling = replace(premises, hall=with_keys(premises.hall, gateways={"sms": gateway}))
    reach = Notes(premises.data, REACH)
    async with serving(telling) as (hall, client):
        hall.fill()
        stands(hall, standing="waiting", ahead=7)
        await asyncio.sleep(0)
        assert 'name="phone"' in (await client.get(f"/t/{MINE}")).text
        for wrong in ("", "12", "1" * 16, "<b>1", "13800000000 ' OR 1"):
            assert (await client.post(f"/t/{MINE}/remind", data={"phone": wrong})).status_code == 400
        set_ = await client.post(f"/t/{MINE}/remind", data={"phone": "138 0000-0000"})
        assert "快到您时会发短信提醒" in set_.text
        assert reach.read(MINE) == Note(phone="13800000000")
        asked = [command for _, command in hall.asked if isinstance(command, Remind)]
        assert [command.ticket for command in asked] == [MINE]
        assert "13800000000" not in str(hall.asked)
        stands(hall, standing="waiting", ahead=7, remind=True)
        await asyncio.sleep(0)
        assert 'name="phone"' not in (await client.get(f"/t/{MINE}")).text
        hall.answer = lambda _topic, _command: {"ok": False, "reason": "no", "text": "已经结束"}
        assert "已经结束" in (await client.post(f"/t/{MINE}/remind", data={"phone": "13800000000"})).text
        assert reach.read(MINE) is None
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Orders, "controller", not_sent)
            assert "稍后再试" in (await client.post(f"/t/{MINE}/remind", data={"phone": "13800000000"})).text
        assert reach.read(MINE) is None, "nobody was asked to use it"
    mute = replace(premises, hall=with_keys(premises.hall, gateways={}))
    async with serving(mute) as (hall, client):
        stands(hall, standing="waiting", ahead=7)
        await asyncio.sleep(0)
        assert 'name="phone"' not in (await client.get(f"/t/{MINE}")).text, "there is no gateway"


async def test_who_does_not_come_after_all_gives_the_number_up_once_they_are_sure(premises: Premises) -> None:
    async with serving(premises) as (hall, client):
        hall.fill()
        stands(hall, standing="waiting", ahead=7)
        await asyncio.sleep(0)
        assert f"/t/{MINE}/leave" in (await client.get(f"/t/{MINE}")).text
        asked = await client.get(f"/t/{MINE}/leave")
        assert "确定放弃" in asked.text
        assert not [command for _, command in hall.asked if isinstance(command, m.Cancel)], "only asked yet"
        left = await client.post(f"/t/{MINE}/leave")
        assert "已放弃" in left.text
        (cancel,) = [command for _, command in hall.asked if isinstance(command, m.Cancel)]
        assert (cancel.ticket, cancel.by) == (MINE, "console/ticket")
        hall.answer = lambda _topic, _command: {"ok": False, "reason": "no", "text": "已经结束"}
        assert "已经结束" in (await client.post(f"/t/{MINE}/leave")).text
        hall.answer = lambda _topic, _command: None
        stands(hall, standing="called", counter="3")
        await asyncio.sleep(0)
        assert f"/t/{MINE}/leave" not in (await client.get(f"/t/{MINE}")).text
        assert "告诉窗口工作人员" in (await client.get(f"/t/{MINE}/leave")).text
        assert (await client.post(f"/t/{MINE}/leave")).status_code == 409
        stands(hall, standing="waiting", ahead=7)
        void = m.Voided(**hall.head(), ticket=MINE, number="A012", reason="given_up")
        hall.put("controller", "main", void, "event")
        await asyncio.sleep(0)
        assert "已作废" in (await client.get(f"/t/{MINE}/leave")).text, "the line has not been told anew yet"
        assert (await client.post(f"/t/{MINE}/leave")).status_code == 409
        assert (await client.post("/t/01JD3M0Z6Q9V8X7W5T4S3R2Q1Q/leave")).status_code == 404


async def test_guessing_is_slowed(premises: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_SLOWED", 0)
    async with serving(premises) as (hall, client):
        hall.fill()
        stands(hall, standing="waiting", ahead=7)
        await asyncio.sleep(0)
        for _ in range(int(guard.FREE) + 1):
            await client.get("/t/01JD3M0Z6Q9V8X7W5T4S3R2Q1Q")
        for ticket in ("01JD3M0Z6Q9V8X7W5T4S3R2Q1Q", MINE):
            answer = await client.get(f"/t/{ticket}")
            assert answer.status_code == 429, "right and wrong guesses are told apart by nothing"
            assert "A012" not in answer.text


async def test_the_public_pages_may_have_a_port_of_their_own(tmp_path: Path) -> None:
    premises, port = premises_in(tmp_path), free_port()
    pages = with_keys(premises.hall.pages, port=port, host="127.0.0.1")
    async with serving(replace(premises, hall=with_keys(premises.hall, pages=pages))) as (hall, _):
        hall.fill()
        stands(hall, standing="waiting", ahead=7)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as outside:
            assert "A012" in (await outside.get(f"/t/{MINE}")).text
            assert (await outside.get("/display")).status_code == 200
            for path in ("/", "/hall", "/counter/1", "/pictures/k1.jpg"):
                assert (await outside.get(path)).status_code == 404


@asynccontextmanager
async def looking(premises: Premises) -> AsyncIterator[tuple[SeededHall, Browser, str]]:
    async with serving(premises) as (hall, _), browsing() as browser:
        hall.fill()
        yield hall, browser, f"http://127.0.0.1:{premises.hall.console.port}"


def text(words: str) -> str:
    return f"document.body.innerText.includes({words!r})"


class TestInABrowser:
    """On a phone's and a desk's screen, without an error on the console."""

    pytestmark = IN_A_BROWSER

    async def test_the_ticket_page(self, premises: Premises, tmp_path: Path) -> None:
        async with looking(premises) as (hall, browser, address):
            stands(hall, standing="waiting", ahead=7, forecast_minutes=WAIT)
            for place, size in enumerate((DESKTOP, PHONE)):
                await browser.size(*size)
                await browser.open(f"{address}/t/{MINE}?lang=zh-CN")
                await browser.until(text("前面还有 7 人"))
                await browser.until("document.documentElement.scrollWidth <= innerWidth", 5)
                await browser.picture(tmp_path / f"ticket-{place}.png")
            hall.call("3", "A012", MINE)
            await browser.until(text("请到 3 号窗口办理"))
            await browser.until("!!document.querySelector('.called')")
            await browser.until("document.title.includes('3 号窗口')")
            await browser.picture(tmp_path / "ticket-called.png")
            stands(hall, standing="finished", counter="3", rate_until=hall.now + timedelta(minutes=1))
            await browser.until("document.querySelectorAll('button[name=grade]').length === 5")
            await browser.picture(tmp_path / "ticket-rating.png", whole=True)
            lowest = "Math.min(...[...document.querySelectorAll('button')].map(b => b.offsetHeight))"
            assert await browser.run(lowest) >= 44
            # by keys alone: to the first grade, and down on it
            await browser.run("document.querySelector('button[name=grade]').focus()")
            await browser.send("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r")
            await browser.send("Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter")
            await browser.until(text("您的评价已记录"))
            assert [command.grade for _, command in hall.asked if isinstance(command, m.Rate)] == [5]
            assert browser.errors == []

    async def test_the_ticket_page_without_server_sent_events(self, premises: Premises) -> None:
        """As a phone of long ago: it asks every five seconds."""
        async with looking(premises) as (hall, browser, address):
            stands(hall, standing="waiting", ahead=7, forecast_minutes=WAIT)
            await browser.send("Page.addScriptToEvaluateOnNewDocument", source="delete window.EventSource")
            await browser.open(f"{address}/t/{MINE}?lang=en")
            await browser.until(text("People before you: 7"))
            stands(hall, standing="waiting", ahead=6, forecast_minutes=WAIT)
            await browser.until(text("People before you: 6"))
            assert browser.errors == []

    async def test_the_display(self, premises: Premises, tmp_path: Path) -> None:
        async with looking(premises) as (hall, browser, address):
            for place, size in enumerate(((1920, 1080), (1280, 720), (1080, 1920))):
                await browser.size(*size)
                await browser.open(f"{address}/display?lang=zh-CN")
                await browser.until("document.querySelector('.first b').innerText === 'A011'")
                await browser.until("document.documentElement.scrollWidth <= innerWidth", 5)
                await browser.picture(tmp_path / f"display-{place}.png")
            await browser.size(1920, 1080)
            hall.call("7", "C099", "01NEW")
            await browser.until("document.querySelector('.first b').innerText === 'C099'")
            hall.say("s9", "请C099号到7号窗口办理")
            await browser.until(text("请C099号到7号窗口办理"))
            # readable at 8 m: 7 % of the height of a screen is 40 mm on one of 43 inches
            for part in (".first b", ".call b", "#caption"):
                size = f"parseFloat(getComputedStyle(document.querySelector('{part}')).fontSize)"
                assert await browser.run(size) >= 0.0699 * 1080, part
            hall.word("controller", "main", online=False)
            await browser.until(text("请留意现场工作人员引导"))
            assert browser.errors == []

    async def test_the_display_recovers_when_the_server_is_back(self, premises: Premises) -> None:
        async with browsing() as browser:
            async with serving(premises) as (hall, _):
                hall.fill()
                await browser.open(f"http://127.0.0.1:{premises.hall.console.port}/display?lang=zh-CN")
                await browser.until("document.querySelector('.first b').innerText === 'A011'")
            async with serving(premises) as (hall, _):
                hall.fill()
                hall.call("7", "C099", "01NEW")
                await browser.until("document.querySelector('.first b').innerText === 'C099'", 30)
