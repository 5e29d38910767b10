"""The pages in one's hand and without a mouse: nothing sideways, targets for a thumb, a focus that shows."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.messages import hall as commands
from broker.messages import tasks
from tests.console_browser import IN_A_BROWSER, Browser
from tests.console_hall import SeededHall, premises_in
from tests.contract.test_console_pages import asked, looking, text

pytestmark = IN_A_BROWSER

PHONE = (390, 844)
THUMB_PX = 44
PATHS = ("", "hall", "counters", "counter/1", "counter/7", "tasks", "boards", "bookings", "bench")

SIDEWAYS = """JSON.stringify([...document.body.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().width && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + '.' + e.className))"""
"""What reaches over the right edge of the screen."""

TOO_SMALL = """JSON.stringify([...document.body.querySelectorAll(
    'a, button, input, select, textarea, [role=button], [role=switch]')]
    .map(e => [e, (e.closest('.q-field') || e).getBoundingClientRect()])
    .filter(([e, b]) => b.width && b.height && Math.min(b.width, b.height) < %s)
    .map(([e, b]) => e.tagName + '.' + e.className + ' ' + b.width + 'x' + b.height))"""

FOCUS = """(() => { const e = document.activeElement, s = getComputedStyle(e);
    return [e.innerText || '', s.outlineStyle !== 'none' || s.boxShadow.includes('240, 165, 0')] })()"""


async def found(browser: Browser, script: str) -> list[str]:
    """What a script that answers with JSON finds."""
    return list(json.loads(await browser.run(script)))


def with_tasks(hall: SeededHall) -> None:
    """Something of every kind to be answered."""
    usual: dict[str, Any] = {
        "department": "民生服务区",
        "handler": next(iter(hall.premises.hall.staff)),
        "raised": hall.ago(minutes=30),
        "contact_due": hall.now + timedelta(hours=3),
        "close_due": None,
        "closed": None,
        "overdue": [],
        "status": "new",
        "history": [tasks.TaskDone(at=hall.ago(minutes=20), by="clock", step="assigned")],
        "next": [tasks.TaskNext(step="contacted", outcomes=["reached", "unreachable"])],
    }
    said = {"en": "A018 at counter 3 was rated “dissatisfied”."}
    rated = {**usual, "kind": "rating", "text": "A018 在 3 号窗口被评为“不满意”。", "text_in": said}
    hall.put("task", "rating-1", tasks.TaskState(**hall.head(), **rated))
    visits = [tasks.TaskVisit(ticket="t1", number="A001", counter="1")]
    drawn = {**usual, "kind": "followup", "text": "1 位办事群众待回访。", "visits": visits, "next": []}
    hall.put("task", "followup-1", tasks.TaskState(**hall.head(), **drawn))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_every_page_fits_a_phone_and_a_thumb(tmp_path: Path, language: str) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        with_tasks(hall)
        await browser.size(*PHONE)
        await browser.open(f"{address}/language/{language}?back=hall")
        for path in PATHS:
            await browser.open(f"{address}/{path}")
            await browser.until("document.readyState === 'complete' && !!document.querySelector('.head')")
            assert await found(browser, SIDEWAYS) == [], path
            assert await found(browser, TOO_SMALL % (THUMB_PX - 0.5)) == [], path
        assert browser.errors == []


async def test_the_pages_are_used_without_a_mouse(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        await browser.open(f"{address}/counter/1")
        await browser.until("!!document.querySelector('.keys .action')")
        seen: list[str] = []
        while not seen or "下一位" not in seen[-1]:
            assert len(seen) < 20, seen
            await browser.press("Tab")
            words, shows = await browser.run(FOCUS)
            assert shows, words
            seen.append(words)
        assert [words.strip() for words in seen[1:4]] == ["模拟台", "窗口", "大厅"], "in reading order"
        await browser.press("Enter")
        assert (await asked(hall, commands.CallNext)).counter == "1"
        await browser.open(f"{address}/counters")
        await browser.run("document.querySelector('.tile').focus()")
        # the tiles are made anew, and who is on one stays there
        await browser.run("document.querySelector('.tile').dataset.old = 1")
        hall.call("1", "A098", "01B")
        state = commands.CounterState(
            **hall.head(), clerk="clerk-01", status="serving", ticket="01B", number="A098"
        )
        hall.put("counter", "1", state)
        await browser.until("!document.querySelector('.tile').dataset.old")
        assert await browser.run("document.activeElement === document.querySelector('.tile')")
        await browser.press("Enter")
        await browser.until("location.pathname === '/counter/1'")
        assert browser.errors == []


async def test_who_reads_english_is_told_in_english(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        with_tasks(hall)
        why = {"en": "A099 has waited longest."}
        called = commands.Called(
            **hall.head(), number="A099", counter="1", ticket="01A", nth=1, why="A099 等候最久", why_in=why
        )
        hall.put("counter", "1", called, "event")
        state = commands.CounterState(
            **hall.head(), clerk="clerk-01", status="serving", ticket="01A", number="A099", called_at=hall.now
        )
        hall.put("counter", "1", state)
        hall.alarm("noise-5", text_in={"en": "It is too loud at counter 5."})
        hall.device("call_pad", "call-07", "powerOff", "没有插上", cause_in={"en": "It is not plugged in."})
        await browser.open(f"{address}/language/en?back=hall")
        for path, words in (
            ("hall", ("It is too loud at counter 5.", "It is not plugged in.")),
            ("counter/1", ("A099 has waited longest.",)),
            ("tasks", ("A018 at counter 3 was rated", "the system", "Daily life")),
        ):
            await browser.open(f"{address}/{path}")
            for said in words:
                await browser.until(text(said), 5)
        hall.answer = lambda _topic, _command: {
            "ok": False,
            "reason": "nobody_waiting",
            "text": "没有人在等候",
            "text_in": {"en": "Nobody is waiting for counter 1."},
        }
        await browser.open(f"{address}/counter/1")
        await browser.click(".action.main")
        await browser.until(text("Nobody is waiting for counter 1."))
        assert browser.errors == []
