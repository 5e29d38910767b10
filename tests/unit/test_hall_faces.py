"""What a board says: emergency before call before notice before news, the newest call first."""

from datetime import timedelta
from typing import Any

from hall.core import commands as c
from hall.shell import faces
from hall.shell.callarea import Call
from hall.shell.faces import Face
from hallfile.devices import BoardArea
from tests.hall.kit import FRIDAY, Hall

BOSS = "console/boss"
WIDE = BoardArea(x=0, y=0, width=320, height=48)


def post(hall: Hall, notice: str, level: str, text: str, **keys: Any) -> None:
    hall.done(c.PostNotice, by=BOSS, notice=notice, level=level, text=text, **keys)


def pages(hall: Hall, zone: str | None = None) -> list[str]:
    standing = faces.standing(hall.state, zone, hall.now)
    return [face.text for face in faces.pages(hall.state, hall.rules, zone, standing, hall.now)]


def call(number: str, counter: str, second: int) -> Call:
    return Call(FRIDAY + timedelta(seconds=second), number, counter, f"t-{number}")


def test_the_idle_pages_take_turns() -> None:
    hall = Hall()
    assert pages(hall) == ["2026年11月20日 星期五", "纳税：1、2号窗口", "城建：2号窗口"]
    hall.take()
    assert pages(hall)[1] == "等候人数：一区1人 二区0人"
    assert pages(hall, "y")[1:] == ["城建：2号窗口"]


def test_news_stand_among_the_pages_and_a_notice_in_place_of_them() -> None:
    hall = Hall(boards={"pages": ["news"]})
    post(hall, "n1", "news", "周六照常办理。", text_en="Open on Saturday.")
    assert pages(hall) == ["周六照常办理。 Open on Saturday."]
    post(hall, "n2", "notice", "系统维护，十分钟后恢复。", zone="y")
    assert pages(hall, "y") == ["系统维护，十分钟后恢复。"]
    assert pages(hall, "z") == ["周六照常办理。 Open on Saturday."]


def test_the_timetable_goes_by_the_clock_and_the_zone() -> None:
    table = [
        {"text": "上午办理到十二点", "between": ["11:00", "12:00"]},
        {"text": "二区今天只办预约", "between": ["08:00", "12:00"], "zone": "y"},
    ]
    hall = Hall("10:59", boards={"pages": ["news"], "timetable": table})
    assert pages(hall, "z") == []
    assert pages(hall, "y") == ["二区今天只办预约"]
    hall.at("11:00")
    assert pages(hall, "y") == ["上午办理到十二点", "二区今天只办预约"]
    hall.at("12:00")
    assert pages(hall) == []


def test_a_day_without_work_names_no_counters() -> None:
    hall = Hall(boards={"pages": ["items"]})
    hall.at("10:00", day=1)
    assert pages(hall) == []


def test_an_emergency_changes_its_colour() -> None:
    hall = Hall()
    post(hall, "n1", "emergency", "请从东门离开。", text_en="Leave by the east door.")
    standing = faces.standing(hall.state, None, hall.now)
    assert faces.emergency(standing, 0) == Face("请从东门离开。 Leave by the east door.", "red")
    assert faces.emergency(standing, 1) == Face("请从东门离开。 Leave by the east door.", "yellow")
    assert faces.emergency([], 0) is None


def test_calls_stand_newest_first_as_many_as_there_is_room_for() -> None:
    hall = Hall(boards={"flash_s": 3})
    calls = [call("A003", "1", 3), call("B002", "2", 2), call("A001", "2", 1), call("A000", "1", 0)]
    assert faces.called(hall.rules, WIDE, calls, fresh=True) == Face(
        "请A003号到1号窗口办理\nB002 → 2号窗口\nA001 → 2号窗口", "yellow"
    )
    assert faces.called(hall.rules, WIDE, calls[:1], fresh=False) == Face("请A003号到1号窗口办理")


def test_where_the_newest_call_must_run_it_stands_alone() -> None:
    narrow = BoardArea(x=0, y=0, width=64, height=48)
    calls = [call("A003", "1", 3), call("B002", "2", 2)]
    assert faces.called(Hall().rules, narrow, calls, fresh=False).text == "请A003号到1号窗口办理"
