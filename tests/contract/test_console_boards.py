"""The page of notices in a real browser: written, seen beforehand on the board, posted, taken down."""

import base64
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from broker.messages.devices import Preview
from broker.messages.envelope import Command
from broker.messages.notices import NoticeState, PostNotice, WithdrawNotice
from broker.topics import Topic
from tests.console_browser import IN_A_BROWSER
from tests.console_hall import premises_in
from tests.contract.test_console_pages import asked, looking, text

pytestmark = IN_A_BROWSER


def dots(topic: Topic, command: Command) -> dict[str, Any]:
    """A board's answer: a text that runs."""
    if not isinstance(command, Preview):
        return {"ok": True}
    picture = io.BytesIO()
    Image.new("RGB", (320, 32), "red").save(picture, "PNG")
    png = base64.b64encode(picture.getvalue()).decode("ascii")
    return {"ok": True, "details": {"png": png, "runs": True, "replaced": "䶮"}}


async def test_a_notice_is_seen_on_the_board_before_it_is_posted(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        hall.answer = dots
        await browser.open(f"{address}/boards")
        await browser.run("document.querySelectorAll('textarea')[0].focus()")
        await browser.send("Input.insertText", text="请从东门离开")
        await browser.run("document.querySelectorAll('textarea')[1].focus()")
        await browser.send("Input.insertText", text="Leave by the east door")
        await browser.click(".levels .q-btn:nth-child(3)")
        await browser.click(".buttons .q-btn:nth-child(1)")
        seen = await asked(hall, Preview, 2)
        assert (seen.text, seen.colour) == ("请从东门离开 Leave by the east door", "red")
        await browser.until("document.querySelectorAll('.preview img').length == 2")
        await browser.until(text("会滚动显示"))
        await browser.until(text("䶮"))
        await browser.click(".buttons .q-btn:nth-child(2)")
        posted = await asked(hall, PostNotice)
        assert (posted.level, posted.text, posted.text_en) == (
            "emergency",
            "请从东门离开",
            "Leave by the east door",
        )
        await browser.until("document.querySelectorAll('textarea')[0].value == ''")
        assert browser.errors == []


async def test_what_stands_is_listed_and_taken_down(tmp_path: Path) -> None:
    async with looking(premises_in(tmp_path)) as (hall, browser, address):
        now = hall.premises.clock.now()
        hall.put(
            "notice",
            "n1",
            NoticeState(
                id="s1",
                at=now,
                level="notice",
                text="系统维护中",
                text_en="",
                zone="tax",
                begins=now,
                until=now + timedelta(minutes=30),
                by="console/boards",
            ),
        )
        await browser.open(f"{address}/boards")
        await browser.until(text("系统维护中"))
        await browser.until(text("纳税服务区"))
        await browser.click(".board-notice .action")
        assert (await asked(hall, WithdrawNotice)).notice == "n1"
        assert browser.errors == []
