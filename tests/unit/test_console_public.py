"""Public pages: what they say, that they are sent only where they changed, and guessing leads nowhere."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.messages import devices
from broker.messages.envelope import Forecast
from broker.messages.hall import Called, ControllerState, Ended, InLine, Line, Voided
from broker.messages.notices import NoticeLevel, NoticeState
from console.house import House
from console.markup import Html
from console.public import guard
from console.public.guard import Guard
from console.public.live import Live, View, stream
from console.views import display, ticket
from tests.conftest import HandClock
from tests.console_hall import SeededHall, premises_in

WAIT = Forecast(low=31, median=40, high=52)


@pytest.fixture
async def house(tmp_path: Path) -> House:
    premises = premises_in(tmp_path)
    hall = SeededHall(premises)
    house = House.on(premises, hall.bus)
    house.bus.connected.set()
    return house


def take(house: House, hall: SeededHall, kind: str, name: str, message: Any, leaf: str) -> None:
    house.picture._take_message(hall.bus.topic(kind, name, leaf), message)


def stands(house: House, **keys: Any) -> str:
    """The page of a number that stands there."""
    hall = SeededHall(house.premises)
    line = Line(**hall.head(), tickets=[InLine(ticket="t1", number="A012", **keys)])
    take(house, hall, "queue", "a", line, "telemetry")
    say = house.tongue("zh-CN")
    return "".join(ticket.regions(house, say, "t1").values())


def test_who_waits_is_told_how_many_are_before_how_long_and_until_when_to_step_away(house: House) -> None:
    page = stands(house, standing="waiting", ahead=7, forecast_minutes=WAIT)
    assert "前面还有 7 人" in page
    assert "预计还要等：大约 30–55 分钟" in page
    # 09:47, 31 minutes at the least, back five minutes before, told in fives
    assert "请在 10:10 前回来" in page
    assert "纳税" in page
    assert "1 号窗口、2 号窗口" in page
    soon = stands(house, standing="waiting", ahead=0, forecast_minutes=Forecast(low=3, median=5, high=9))
    assert "下一位就是您" in soon
    assert "离开" not in soon
    assert "暂时不能预计" in stands(house, standing="waiting", ahead=2) or "预计还要等" in soon


def test_who_is_called_is_told_where_to_go_and_the_phone_is_asked_to_shake(house: House) -> None:
    page = stands(house, standing="called", counter="3")
    assert "请到 3 号窗口办理" in page
    assert 'data-alert="A012-3-1"' in page


def test_a_grade_may_be_given_while_the_window_is_open(house: House) -> None:
    until = house.clock.now() + timedelta(seconds=20)
    page = stands(house, standing="finished", counter="3", rate_until=until)
    assert page.count('name="grade"') == 5
    assert "非常满意" in page
    over = stands(house, standing="finished", counter="3", rate_until=house.clock.now())
    assert 'name="grade"' not in over


def test_a_number_moves_to_the_line_it_was_sent_to(house: House) -> None:
    hall = SeededHall(house.premises)
    one = InLine(ticket="t1", number="A012", standing="waiting", ahead=3)
    following = house.picture.following
    following.take("a", Line(**hall.head(), tickets=[one]))
    following.take("b", Line(**hall.head(), tickets=[one]))
    following.take("a", Line(**hall.head(), tickets=[]))
    assert following.places["t1"].service == "b"
    following.take("b", Line(**hall.head(), tickets=[]))
    assert following.places == {}


async def test_only_what_changed_is_sent(house: House) -> None:
    live = Live(house.feed)
    words = {"a": "one", "b": "two"}
    view = View(
        "key", lambda: tuple(words.values()), lambda: {key: Html(word) for key, word in words.items()}
    )
    sent: list[bytes] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    streaming = asyncio.create_task(stream(live, view, receive, send))
    await _settled()
    assert json.loads(sent[-1].removeprefix(b"data: ")) == words
    words["b"] = "three"
    live._changed(frozenset())
    await _settled()
    assert json.loads(sent[-1].removeprefix(b"data: ")) == {"b": "three"}
    before = len(sent)
    live._changed(frozenset())
    await _settled()
    assert len(sent) == before
    gone.set()
    await streaming
    assert live.open == 0
    assert not live._shown


async def _settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Nobody really waits."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(guard.asyncio, "sleep", sleep)
    yield waited


async def test_who_guesses_is_slowed_and_forgiven_in_time(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Guard(clock.monotonic)
    with impatient(monkeypatch) as waited:
        for _ in range(int(guard.FREE)):
            assert await door.admits("1.2.3.4")
            door.missed("1.2.3.4")
        assert waited == []
        assert await door.admits("1.2.3.4")
        assert waited == [guard.SLOW_S]
        assert await door.admits("5.6.7.8")
        assert len(waited) == 1, "another address is not slowed for it"
        clock.move(guard.FREE / guard.FORGIVEN_A_S)
        assert await door.admits("1.2.3.4")
        assert len(waited) == 1


async def test_too_many_who_guess_at_once_are_turned_away(clock: HandClock) -> None:
    door = Guard(clock.monotonic)
    for _ in range(100):
        door.missed("1.2.3.4")
    held = [asyncio.create_task(door.admits("1.2.3.4")) for _ in range(guard.MOST_SLOWED)]
    await _settled()
    assert not await door.admits("1.2.3.4")
    for one in held:
        one.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    assert door.slowed == 0


def test_addresses_are_not_remembered_without_end(clock: HandClock) -> None:
    door = Guard(clock.monotonic)
    for number in range(guard.MOST_KNOWN + 10):
        door.missed(str(number))
    assert len(door._misses) == guard.MOST_KNOWN


def test_whose_turn_is_near_is_called_back(house: House) -> None:
    far = Forecast(low=31, median=40, high=52)
    assert "快轮到您了" in stands(house, standing="waiting", ahead=3)
    assert "快轮到您了" not in stands(house, standing="waiting", ahead=4, forecast_minutes=far)
    soon = stands(house, standing="waiting", ahead=9, forecast_minutes=Forecast(low=3, median=9, high=14))
    assert "请回到纳税服务区附近等候" in soon
    assert 'data-alert="near-A012"' in soon, "the phone is asked to shake"
    slow = stands(house, standing="waiting", ahead=2, forecast_minutes=far)
    assert 'class="away"' in slow, "two that take long leave time"
    assert "快轮到您了" not in slow


def test_a_number_that_is_over_unserved_says_so(house: House) -> None:
    hall, say = SeededHall(house.premises), house.tongue("zh-CN")
    stands(house, standing="waiting", ahead=3)
    told = {"ticket": "t1", "number": "A012"}
    ended = Ended(**hall.head(), **told, reason="closing")
    take(house, hall, "controller", "main", ended, "event")
    assert "您的号没有办理，已作废" in ticket.regions(house, say, "t1")["standing"]
    void = Voided(**hall.head(), **told, reason="missed")
    take(house, hall, "controller", "main", void, "event")
    assert "此号已作废" in ticket.regions(house, say, "t1")["standing"]


def test_the_display_shows_calls_of_its_zone_waiting_and_captions(house: House) -> None:
    hall = SeededHall(house.premises)
    for counter, number in (("1", "A011"), ("5", "C023")):
        called = Called(**hall.head(), number=number, counter=counter, ticket=number, nth=1, why="")
        take(house, hall, "counter", counter, called, "event")
    started = devices.Started(**hall.head(), re="s", text="请C023号到5号窗口办理")
    take(house, hall, "announcer", "hall", started, "event")
    say = house.tongue("zh-CN")
    whole = display.regions(house, say, None)
    assert "A011" in whole["calls"]
    assert "C023" in whole["calls"]
    assert "请C023号到5号窗口办理" in whole["caption"]
    zone = house.hall.counters["1"].zone
    mine = display.regions(house, say, zone)
    assert "A011" in mine["calls"]
    assert "C023" not in mine["calls"]


def test_the_display_names_a_step_where_a_visit_has_several(house: House) -> None:
    hall, say = SeededHall(house.premises), house.tongue("zh-CN")
    told = {"number": "A012", "counter": "3", "ticket": "t1", "nth": 1, "why": "", "service": "b"}
    take(house, hall, "counter", "3", Called(**hall.head(), **told), "event")
    assert "<em>" not in display.regions(house, say, None)["calls"]
    take(house, hall, "counter", "3", Called(**hall.head(), **told, step=2, steps=3), "event")
    assert "<em>城建</em>" in display.regions(house, say, None)["calls"]


def test_the_display_tells_notices_of_its_place_and_an_emergency_before_all(house: House) -> None:
    hall = SeededHall(house.premises)
    zone = house.hall.counters["1"].zone
    for name, level, text, where in (
        ("n1", "news", "周六照常办公", None),
        ("n2", "notice", "纳税区系统维护", zone),
        ("n3", "emergency", "请从东门离开", None),
        ("n4", "notice", "明天的事", None),
    ):
        begins = hall.now + timedelta(days=1) if name == "n4" else hall.ago(minutes=5)
        notice = NoticeState(
            **hall.head(),
            level=level,
            text=text,
            text_en="Leave by the east gate" if level == "emergency" else "",
            zone=where,
            begins=begins,
            until=None,
            by="console/x",
        )
        take(house, hall, "notice", name, notice, "state")
    say = house.tongue("zh-CN")
    whole, mine = display.regions(house, say, None), display.regions(house, say, zone)
    assert "周六照常办公" in whole["news"]
    assert "纳税区系统维护" not in whole["news"]
    assert mine["news"].index("纳税区系统维护") < mine["news"].index("周六照常办公")
    assert "明天的事" not in mine["news"]
    assert "请从东门离开" in whole["emergency"]
    assert "Leave by the east gate" in whole["emergency"], "whoever reads only that is warned too"


def test_an_empty_hall_says_when_it_serves_and_shows_no_old_calls(house: House) -> None:
    hall, say = SeededHall(house.premises), house.tongue("zh-CN")
    for number, ago in (("A011", 1), ("A099", 24 * 60)):
        head = {**hall.head(), "at": hall.ago(minutes=ago)}
        called = Called(**head, number=number, counter="1", ticket=number, nth=1, why="")
        take(house, hall, "counter", "1", called, "event")
    calls = display.regions(house, say, None)["calls"]
    assert "A011" in calls
    assert "A099" not in calls, "yesterday's"
    day = {"epoch": 1, "day": "2026-11-20", "tickets_today": 9, "version": "1"}
    for is_open in (True, False):
        before = display.shape(house, None)
        state = ControllerState(**hall.head(), **day, open=is_open)
        take(house, hall, "controller", "main", state, "state")
        shown = display.regions(house, say, None)["calls"]
        assert ("A011" in shown) is is_open
    assert display.shape(house, None) != before, "the page is sent it"
    assert "现在没有开放的窗口" in shown
    assert "08:30–12:00、14:00–17:30" in shown


def test_long_news_run_and_a_long_emergency_is_written_smaller(house: House) -> None:
    hall, say = SeededHall(house.premises), house.tongue("zh-CN")

    def shown(name: str, text: str, level: NoticeLevel) -> str:
        told = {"level": level, "text": text, "text_en": "", "zone": None, "until": None, "by": "console/x"}
        notice = NoticeState(**hall.head(), **told, begins=hall.ago(minutes=5))
        take(house, hall, "notice", name, notice, "state")
        return display.regions(house, say, None)["emergency" if level == "emergency" else "news"]

    assert "runs" not in shown("n", "周六照常办公", "news")
    long = "周六上午照常办理不动产登记和公积金业务，请带身份证" * 2
    # 100 letters, and twice the screen's width to come in and go out: at eight a second
    assert 'class="runs" style="-webkit-animation-duration:22s;' in shown("n", long, "news")
    assert "long" not in shown("e", "请从东门离开", "emergency")
    assert 'class="long"' in shown("e", long, "emergency")


@pytest.mark.parametrize(
    ("spoken", "read"),
    [
        ("请 C 零零五 号，到 7 号窗口办理。", "请 C005 号，到 7 号窗口办理。"),
        ("Number C 0 0 1, please go to counter 5.", "Number C001, please go to counter 5."),
        ("Number A zero one two, please go to counter 7.", "Number A012, please go to counter 7."),
        ("请一号窗口工作人员注意", "请一号窗口工作人员注意"),
    ],
)
def test_a_caption_writes_numbers_for_the_eye(house: House, spoken: str, read: str) -> None:
    assert display.as_read(house.tongues.values(), spoken) == read
