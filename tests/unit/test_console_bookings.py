"""The page of appointments in markup: counts by slot, and files without people."""

from datetime import timedelta
from typing import Any

from broker.hatch import File
from broker.messages.bookings import AppointmentsState, SlotState
from console.house import House
from console.views import bookings
from tests.console_hall import NINE_FORTY_SEVEN, SeededHall, premises_in


def slot(hour: float, **counts: int) -> SlotState:
    begins = NINE_FORTY_SEVEN.replace(hour=0, minute=0, second=0) + timedelta(hours=hour)
    said = {"capacity": 2, "booked": 0, "arrived": 0, "late": 0, "missed": 0, **counts}
    return SlotState(slot=begins, ends=begins + timedelta(minutes=30), **said)


def house(tmp_path: Any, *slots: SlotState) -> House:
    premises = premises_in(tmp_path, port=8099)
    made = House.on(premises, SeededHall(premises).console_bus())
    if slots:
        made.picture.appointments["a"] = AppointmentsState(
            id="x", at=NINE_FORTY_SEVEN, day="2026-11-20", slots=list(slots), ahead=3
        )
    return made


def test_slots_are_counted_and_the_full_ones_darkest(tmp_path: Any) -> None:
    seen = house(tmp_path, slot(9, booked=1, missed=1), slot(9.5), slot(10, booked=2, arrived=2, late=1))
    say = seen.tongue("zh-CN")
    table = str(bookings.slots(seen, say))
    assert "09:00" in table
    assert "09:30" not in table, "a slot nobody has booked takes no line"
    assert 'class="fill-4"' in table
    assert "2 / 2" in table
    assert "纳税" in table
    figures = str(bookings.figures(seen, say))
    assert [f"<b>{count}</b>" in figures for count in (3, 2, 1)] == [True, True, True]


def test_before_anything_was_heard_that_is_said(tmp_path: Any) -> None:
    seen = house(tmp_path)
    assert "还没有报告" in str(bookings.slots(seen, seen.tongue("zh-CN")))
    nobody = house(tmp_path, slot(9))
    assert "还没有预约" in str(bookings.slots(nobody, nobody.tongue("zh-CN")))


def test_of_a_file_its_last_letters_are_shown(tmp_path: Any) -> None:
    seen = house(tmp_path)
    say = seen.tongue("zh-CN")
    client = "01JD8Z6T3M9QK4V7X2B5C0N1RA"
    appeal = {"at": "2026-11-20T09:00:00.000+08:00", "by": "console/wang", "why": "住院<b>"}
    ban = {"client": client, "kind": "blacklist", "since": appeal["at"], "until": None, "misses": 3}
    told = str(bookings.ban(seen, say, {**ban, "appeal": appeal}))
    assert client not in told
    assert client[-6:] in told
    assert "王主任" in told
    assert "住院&lt;b&gt;" in told
    file = File(client=client, misses=1, ban="ban", until="2026-11-27T09:00:00.000+08:00", open=0)
    assert "11-27 09:00" in str(bookings.standing(seen, say, file))
    assert "没有这个人" in str(bookings.standing(seen, say, None))
