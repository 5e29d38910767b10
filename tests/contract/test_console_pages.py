"""The pages in a real browser: every one opens without an error, asks nobody else, and its buttons work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from broker.messages import hall as commands
from broker.messages.envelope import Command
from broker.messages.simulators import Switch, Touch
from broker.messages.watch import Keep
from hallfile.premises import Premises
from tests.console_browser import IN_A_BROWSER, Browser, browsing
from tests.console_hall import SeededHall, premises_in
from tests.contract.test_console_site import serving

pytestmark = IN_A_BROWSER


@asynccontextmanager
async def looking(premises: Premises) -> AsyncIterator[tuple[SeededHall, Browser, str]]:
    """A busy hall, and a browser in front of it."""
    async with serving(premises) as (hall, _), browsing() as browser:
        hall.fill()
        yield hall, browser, f"http://127.0.0.1:{premises.hall.console.port}"


async def asked(hall: SeededHall, kind: type[Command], times: int = 1) -> Any:
    """The newest command of `kind`, once there are so many."""
    async with asyncio.timeout(10):
        while True:
            found = [command for _, command in hall.asked if isinstance(command, kind)]
            if len(found) >= times:
                return found[-1]
            await asyncio.sleep(0.02)


def text(words: str) -> str:
    return f"document.body.innerText.includes({words!r})"


async def test_every_page_opens_without_an_error_and_asks_nobody_else(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (_, browser, address):
        paths = (
            "/",
            "/bench",
            "/hall",
            "/counters",
            "/counter/1",
            "/boards",
            "/bookings",
            "/tasks",
            "/display",
        )
        for path in paths:
            for width, height in ((1920, 1080), (1366, 768)):
                await browser.size(width, height)
                await browser.open(address + path)
                await browser.until(text("德州市政务服务中心"))
                await browser.until("document.documentElement.scrollWidth <= innerWidth", 5)
        # the longer words of English fit a laptop too
        await browser.open(f"{address}/language/en?back=hall")
        for path in paths:
            await browser.open(address + path)
            await browser.until(text("Dezhou Government Service Hall"))
            await browser.until("document.documentElement.scrollWidth <= innerWidth", 5)
        await browser.until("document.readyState === 'complete'")
        assert browser.errors == []
        elsewhere = [url for url in browser.requests if not url.startswith((address, "data:", "ws:"))]
        assert elsewhere == []


async def test_pages_follow_the_bus(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.open(f"{address}/hall")
        hall.word("room", "devices", online=False)
        await browser.until(text("负责它的程序已停止"))
        assert browser.errors == []


async def test_a_clerk_works_by_mouse_and_by_key(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.open(f"{address}/counter/1")
        await browser.click(".action.main")
        call = await asked(hall, commands.CallNext)
        assert (call.counter, call.by) == ("1", "counter/1")
        await browser.press("r")
        assert (await asked(hall, commands.Recall)).counter == "1"
        await browser.click(".held .action")
        assert (await asked(hall, commands.Resume)).ticket == "01HELD000042"
        await browser.press("t")
        await browser.until("document.querySelectorAll('.q-menu .q-item').length === 11")
        await browser.click(".q-menu .q-item:nth-child(2)")
        assert (await asked(hall, commands.Transfer)).to == "c"
        assert browser.errors == []


async def test_a_refusal_is_said_in_its_own_words_and_so_is_silence(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        hall.answer = lambda _topic, _command: {"ok": False, "reason": "nobody", "text": "没有人在等候"}
        await browser.open(f"{address}/counter/1")
        await browser.click(".action.main")
        await browser.until(text("没有人在等候"))
        hall.answer = lambda _topic, _command: None
        await browser.press("p")
        await asked(hall, commands.NoShow)
        await browser.press("p")
        await browser.until(text("没有收到应答"))
        # the bus may repeat a command; a person's second press must not make another one
        assert len({command.id for _, command in hall.asked if isinstance(command, commands.NoShow)}) == 1


async def test_a_clerk_logs_in(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.open(f"{address}/counter/7")
        assert await browser.run("document.querySelector('.action.main').disabled")
        await browser.press("n")
        await browser.click(".clerk .action")
        login = await asked(hall, commands.Login)
        assert (login.counter, login.clerk) == ("7", "clerk-07")
        assert not any(isinstance(command, commands.CallNext) for _, command in hall.asked)


async def test_a_number_given_without_its_paper_is_told_and_kept(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        hall.answer = lambda _topic, _command: {"ok": True, "number": "A077", "ticket": "01GIVEN"}
        await browser.open(f"{address}/counter/1")
        await browser.click(".giving")
        # by script: the question still slides into its place
        await browser.until("!!document.querySelector('.asking .strong')")
        await browser.run("document.querySelector('.asking .strong').click()")
        given = await asked(hall, commands.TakeTicket)
        await browser.until(text("已给号 A077"))
        told = {"ticket": "01GIVEN", "number": "A077", "printer": "p1", "kiosk": given.kiosk}
        failed = commands.TicketPrint(
            **hall.head(), **told, outcome="failed", reason="paper_out", text="缺纸"
        )
        hall.put("controller", "main", failed, "event")
        assert (await asked(hall, Keep)).ticket == "01GIVEN"
        await browser.until(text("A077 的号票没有打印出来"))
        await browser.until(text("打印机缺纸。"))


async def test_a_supervisor_acknowledges_for_a_party(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.open(f"{address}/hall")
        await browser.click(".alarm.loud .action")
        seen = await asked(hall, commands.Acknowledge)
        assert (seen.alarm, seen.party, seen.by) == ("noise-5", "supervision", "console/hall")
        both = {"hall": hall.ago(minutes=1), "supervision": hall.now}
        hall.alarm("noise-5", escalated=hall.ago(minutes=1), acknowledged=both)
        await browser.until("!document.querySelector('.alarm.loud')")


async def test_hands_at_the_bench(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.size(1920, 1080)
        await browser.open(f"{address}/bench")
        await browser.until("document.querySelector('.screen img').naturalWidth === 1080")
        await browser.click(".screen img", 0.25, 0.75)
        touch = await asked(hall, Touch)
        assert abs(touch.x - 270) <= 4
        assert abs(touch.y - 1440) <= 4
        await browser.click(".ticket_printer .controls > .switch")
        turned = await asked(hall, Switch)
        assert (turned.control, turned.value) == ("cover", True)
        await browser.click(".choice-card .value-c03")
        laid = await asked(hall, Switch, 2)
        assert (laid.control, laid.value) == ("card", "c03")
        await browser.click(".pads .value-5")
        rated = await asked(hall, Switch, 3)
        assert (rated.control, rated.value) == ("key", "5")
        assert [topic.id for topic, command in hall.asked if isinstance(command, Switch)] == [
            "p1",
            "r1",
            "rate-01",
        ]
        hall.level("mic-01", 88.5)
        await browser.until(text("88.5"))
        assert browser.errors == []


async def test_announcements_are_read_and_played_at_the_bench(tmp_path: Path) -> None:
    premises = premises_in(tmp_path)
    async with looking(premises) as (hall, browser, address):
        await browser.open(f"{address}/bench")
        await browser.click(".autoplay")
        await browser.until("!!document.querySelector('.autoplay[aria-checked=true]')")
        ring = premises.audio / "ring"
        (ring / "0003.wav").write_bytes((ring / "0001.wav").read_bytes())
        hall.say("s3", "请D077号到9号窗口办理")
        await browser.until(text("请D077号到9号窗口办理"))
        played = "performance.getEntriesByType('resource').some(e => e.name.endsWith('/audio/0003.wav'))"
        await browser.until(played)
        assert browser.errors == []


async def test_a_new_picture_is_shown(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.open(f"{address}/bench")
        await browser.until("document.querySelector('.screen img').src.endsWith('v=2')")
        hall.simulator("k1", "kiosk", {}, picture="k1.jpg", picture_version=3)
        await browser.until("document.querySelector('.screen img').src.endsWith('v=3')")
