"""What is said next, and how a number is read out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from devices.announcer.numbers import spoken, ticket_number
from devices.announcer.queue import Announcement, AnnouncementQueue, QueueFull

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def call(name: str, text: str, lang: str = "zh-CN", expires_s: float = 90) -> Announcement:
    return Announcement(name, text, lang, 2, True, NOW + timedelta(seconds=expires_s))


def test_first_come_first_said() -> None:
    queue = AnnouncementQueue()
    for name in "abc":
        queue.add(call(name, f"请{name}到服务台"))
    assert [announcement.id for _ in range(3) if (announcement := queue.take())] == ["a", "b", "c"]
    assert queue.take() is None


def test_a_newer_call_of_a_number_takes_the_place_of_the_one_that_waits() -> None:
    queue = AnnouncementQueue()
    old, other = call("1", "请A001号到3号窗口办理"), call("2", "请B002号到3号窗口办理")
    queue.add(old)
    queue.add(other)
    assert queue.add(call("3", "请A001号到5号窗口办理")) == old
    assert [taken.id for _ in range(2) if (taken := queue.take())] == ["3", "2"]


def test_the_same_number_in_two_languages_is_two_announcements() -> None:
    queue = AnnouncementQueue()
    assert queue.add(call("1", "请A001号到3号窗口办理")) is None
    assert queue.add(call("2", "A001, please go to counter 3", lang="en")) is None
    assert len(queue) == 2


def test_a_notice_said_twice_waits_once() -> None:
    queue = AnnouncementQueue()
    queue.add(call("1", "中午十二点休息"))
    assert queue.add(call("2", "中午十二点休息")) is not None
    assert len(queue) == 1


def test_the_stale_are_taken_out_wherever_they_stand() -> None:
    queue = AnnouncementQueue()
    queue.add(call("1", "请A001号到3号窗口办理", expires_s=90))
    queue.add(call("2", "请B002号到4号窗口办理", expires_s=10))
    assert [late.id for late in queue.stale(NOW + timedelta(seconds=10))] == ["2"]
    assert len(queue) == 1


def test_it_is_bounded() -> None:
    queue = AnnouncementQueue(most=2)
    queue.add(call("1", "请A001号到3号窗口办理"))
    queue.add(call("2", "请A002号到3号窗口办理"))
    with pytest.raises(QueueFull):
        queue.add(call("3", "请A003号到3号窗口办理"))
    assert queue.add(call("4", "请A002号到4号窗口办理")) is not None


def test_what_never_sounded_goes_back_to_the_front() -> None:
    queue = AnnouncementQueue()
    queue.add(call("1", "请A001号到3号窗口办理"))
    queue.add(call("2", "请A002号到3号窗口办理"))
    first = queue.take()
    assert first is not None
    queue.put_back(first)
    assert [left.id for left in queue.clear()] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "lang", "read"),
    [
        ("请A001号到3号窗口办理", "zh-CN", "请A零零一号到3号窗口办理"),
        ("请P210号到14号窗口办理", "zh", "请P二一零号到14号窗口办理"),
        ("请AB12号到12号窗口办理", "zh-CN", "请A B一二号到12号窗口办理"),
        ("A001, please go to counter 3", "en", "A 0 0 1, please go to counter 3"),
        ("2026年11月20日", "zh-CN", "2026年11月20日"),
        ("中午休息", "zh-CN", "中午休息"),
    ],
)
def test_a_ticket_number_is_spelled_and_a_counters_is_not(text: str, lang: str, read: str) -> None:
    assert spoken(text, lang) == read


def test_the_number_in_a_text() -> None:
    assert ticket_number("请A001号到3号窗口办理") == "A001"
    assert ticket_number("请到3号窗口") is None
    assert ticket_number("xA001") is None


def test_a_call_that_is_over_can_be_withdrawn() -> None:
    queue = AnnouncementQueue()
    queue.add(call("1", "请A001号到3号窗口办理"))
    queue.add(call("2", "请A002号到3号窗口办理"))
    assert queue.withdraw("3") is None
    withdrawn = queue.withdraw("1")
    assert withdrawn is not None
    assert [left.id for left in queue.clear()] == ["2"]
