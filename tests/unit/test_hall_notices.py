"""What everybody is told: posted, in its zone and time, taken down by somebody or by time, kept overnight."""

from datetime import timedelta

import pytest

from hall.core import commands as c
from hall.core import notices
from hall.core.notice_events import NoticePosted, NoticeWithdrawn
from hall.core.state import Notice
from tests.hall.kit import Hall

BOSS = "console/boss"


def texts(hall: Hall, zone: str | None = None) -> list[str]:
    return [notice.text for notice in notices.standing(hall.state, zone, hall.now)]


def test_a_notice_stands_in_its_zone_and_on_what_is_for_the_whole_hall() -> None:
    hall = Hall()
    zone = next(iter(hall.rules.hall.zones))
    hall.done(c.PostNotice, by=BOSS, notice="n1", level="news", text="周六照常办理。")
    hall.after(1).done(c.PostNotice, by=BOSS, notice="n2", level="notice", text="暂停服务。", zone=zone)
    assert texts(hall, zone) == ["暂停服务。", "周六照常办理。"]
    assert texts(hall, "elsewhere") == ["周六照常办理。"]
    assert texts(hall) == ["暂停服务。", "周六照常办理。"]


def test_a_notice_begins_and_ends_by_itself() -> None:
    hall = Hall()
    begins, until = hall.now + timedelta(minutes=5), hall.now + timedelta(minutes=10)
    hall.done(c.PostNotice, by=BOSS, notice="n1", level="notice", text="演习。", begins=begins, until=until)
    assert texts(hall) == []
    hall.after(300)
    assert texts(hall) == ["演习。"]
    due = hall.engine.due()
    assert due is not None
    assert due <= until
    hall.after(300).done(c.PassTime)
    assert hall.last(NoticeWithdrawn).by == "clock"
    assert texts(hall) == []


def test_a_notice_is_replaced_under_its_id_and_withdrawn() -> None:
    hall = Hall()
    hall.done(c.PostNotice, by=BOSS, notice="n1", level="news", text="旧")
    hall.done(c.PostNotice, by=BOSS, notice="n1", level="news", text="  新的\n一条 ", text_en="New")
    assert hall.state.notices["n1"] == Notice(
        level="news", text="新的 一条", text_en="New", zone=None, begins=hall.now, until=None, by=BOSS
    )
    hall.done(c.WithdrawNotice, by=BOSS, notice="n1")
    assert not hall.state.notices
    assert hall.refused(c.WithdrawNotice, by=BOSS, notice="n1").reason == "unknown_notice"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"text": " \n"}, "notice_empty"),
        ({"text": "长" * 201}, "notice_long"),
        ({"text_en": "x" * 201}, "notice_long"),
        ({"zone": "moon"}, "unknown_zone"),
        ({"by": "kiosk/k1"}, "not_staff"),
    ],
)
def test_what_can_not_be_posted(keys: dict[str, str], reason: str) -> None:
    hall = Hall()
    said = {"by": BOSS, "notice": "n1", "level": "notice", "text": "好", **keys}
    assert hall.refused(c.PostNotice, **said).reason == reason


def test_a_notice_that_is_over_before_it_begins_is_refused() -> None:
    hall = Hall()
    over = hall.now - timedelta(seconds=1)
    assert (
        hall.refused(c.PostNotice, by=BOSS, notice="n1", level="news", text="好", until=over).reason
        == "notice_over"
    )


def test_there_are_never_more_than_anybody_reads() -> None:
    hall = Hall()
    for number in range(notices.MOST):
        hall.done(c.PostNotice, by=BOSS, notice=f"n{number}", level="news", text="好")
    assert (
        hall.refused(c.PostNotice, by=BOSS, notice="one-more", level="news", text="好").reason
        == "notices_full"
    )
    hall.done(c.PostNotice, by=BOSS, notice="n0", level="news", text="换")


def test_it_stands_the_next_day_too() -> None:
    hall = Hall()
    hall.done(c.PostNotice, by=BOSS, notice="n1", level="emergency", text="电梯停运。")
    hall.after(24 * 3600).done(c.PassTime)
    assert texts(hall) == ["电梯停运。"]
    assert hall.last(NoticePosted).level == "emergency"
