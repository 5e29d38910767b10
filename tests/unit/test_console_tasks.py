"""The tasks page: what fits a filter, what is most urgent, what is said of a task; and who may work on it."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from broker.messages.tasks import TaskDone, TaskNext, TaskState, TaskVisit
from console.house import House
from console.staff import TRIES, TRIES_S, Codes
from console.tongue import Tongue
from console.views import tasks as view
from tests.conftest import HandClock


def task(house: House, **keys: Any) -> TaskState:
    now = house.clock.now()
    usual: dict[str, Any] = {
        "id": "x",
        "at": now,
        "kind": "rating",
        "status": "new",
        "text": "1号窗口的 A001 评价为“不满意”。",
        "handler": "wang",
        "raised": now,
        "contact_due": None,
        "close_due": now + timedelta(days=7),
        "overdue": [],
        "closed": None,
        "next": [TaskNext(step="verified", outcomes=["true", "malicious", "mistaken"])],
        "history": [],
        "department": "纳税服务区",
    }
    return TaskState(**{**usual, **keys})


def test_what_is_late_comes_first_and_what_is_closed_last(house: House) -> None:
    now = house.clock.now()
    tasks = {
        "closed": task(house, closed=now),
        "later": task(house),
        "soon": task(house, contact_due=now + timedelta(days=1)),
        "red": task(house, kind="deadline", card="red", close_due=None),
        "late": task(house, overdue=["close"]),
        "blue": task(house, kind="deadline", card="blue", close_due=None, handler="li"),
    }
    order = [name for name, _ in view.chosen(tasks, view.Filter(state="all"))]
    assert order == ["late", "red", "soon", "later", "blue", "closed"]
    assert view.counts(tasks.values()) == (5, 2)
    chosen = {
        view.Filter(): 5,
        view.Filter(state="late"): 2,
        view.Filter(state="closed"): 1,
        view.Filter(kind="deadline"): 2,
        view.Filter(handler="li"): 1,
    }
    for wanted, count in chosen.items():
        assert len(view.chosen(tasks, wanted)) == count, wanted


def test_clocks_handler_and_how_to_be_reached_are_said(house: House, say: Tongue) -> None:
    now = house.clock.now()
    told = view.facts(house, say, task(house, contact_due=now, overdue=["close"]))
    for words in ("联系：今天", "办结已超期", "处理人 王主任", "未留联系方式", "纳税服务区"):
        assert words in told
    assert "没有处理人" in view.facts(house, say, task(house, handler=None))
    visits = [
        TaskVisit(ticket="t", number="A001", counter="1", result="satisfied"),
        TaskVisit(ticket="u", number="A002", counter="1"),
    ]
    asked = view.facts(house, say, task(house, kind="followup", visits=visits))
    assert "已回访 1 / 2" in asked
    assert "联系方式" not in asked


def test_who_did_what_when(house: House, say: Tongue) -> None:
    now = house.clock.now()
    done = [
        TaskDone(at=now - timedelta(days=1), by="console/wang", step="contacted", outcome="reached"),
        TaskDone(at=now, by="console/wang", step="verified", outcome="mistaken", why="<按错了>"),
        TaskDone(at=now, by="console/li", step="assigned", outcome="zhao"),
    ]
    told = view.history(house, say, task(house, history=done))
    assert told is not None
    for words in ("王主任", "联系群众", "已联系上", "误评", "&lt;按错了&gt;", "转交", "赵督查"):
        assert words in told
    assert f"{now - timedelta(days=1):%m-%d}" in told
    assert view.history(house, say, task(house)) is None


def test_a_card_says_its_colour_and_its_consequence(house: House, say: Tongue) -> None:
    told = view.head(say, task(house, kind="deadline", card="red", consequence="下发督办通知书。"))
    assert "红牌" in told
    assert "下发督办通知书。" in told


def test_a_heartbeat_changes_nothing_that_is_shown(house: House) -> None:
    first = task(house)
    later = replace(first, id="y", at=first.at + timedelta(seconds=30))
    assert view.still(later) == view.still(first)


def test_everybody_has_a_code_of_their_own_that_only_the_hall_can_read(
    clock: HandClock, tmp_path: Path
) -> None:
    codes = Codes(tmp_path, clock)
    codes.make(["wang", "li"])
    first = codes.path.read_text()
    codes.make(["wang", "li", "zhao"])
    assert codes.path.read_text().startswith(first)
    assert stat.S_IMODE(codes.path.stat().st_mode) == 0o600
    code = first.split('"')[1]
    assert codes.fits("wang", f" {code} ")
    assert not codes.fits("nobody", code)


def test_codes_can_not_be_tried_out(clock: HandClock, tmp_path: Path) -> None:
    codes = Codes(tmp_path, clock)
    codes.make(["wang"])
    for _ in range(TRIES):
        assert codes.may_try
        assert not codes.fits("wang", "wrong")
    assert not codes.may_try
    clock.move(TRIES_S + 1)
    assert codes.may_try
