"""The picture is what the bus says, and no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from broker.messages.devices import Finished, Level, PrinterState, Started
from broker.messages.envelope import Message
from broker.messages.hall import AlarmState, Called, CounterState, Rated, TicketPrint
from broker.messages.wire import encode
from broker.topics import Topic
from console.picture import (
    ANNOUNCEMENTS_KEPT,
    CALLS_KEPT,
    TICKETS_KEPT,
    Picture,
    TicketSeen,
    is_loud,
    is_open,
)
from tests.conftest import HandClock


class Hall:
    """Publishes into a picture."""

    def __init__(self, clock: HandClock, new_id: Callable[[], str]) -> None:
        self.clock = clock
        self.picture = Picture()
        self._new_id = new_id

    def head(self) -> dict[str, Any]:
        return {"id": self._new_id(), "at": self.clock.now()}

    def put(self, place: str, message: Message) -> bool:
        return self.raw(place, encode(message))

    def raw(self, place: str, payload: bytes) -> bool:
        return self.picture.take(Topic.parse(f"hall/h/{place}"), payload)

    def counter(self, name: str, **keys: Any) -> None:
        usual: dict[str, Any] = {"clerk": "c", "status": "serving", "ticket": None, "number": None}
        self.put(f"counter/{name}/state", CounterState(**{**self.head(), **usual, **keys}))

    def called(self, counter: str, number: str, ticket: str, nth: int = 1, why: str = "先到") -> None:
        event = Called(**self.head(), number=number, counter=counter, ticket=ticket, nth=nth, why=why)
        self.put(f"counter/{counter}/event", event)


@pytest.fixture
def hall(clock: HandClock, new_id: Callable[[], str]) -> Hall:
    return Hall(clock, new_id)


def test_availability_is_one_of_two_words(hall: Hall) -> None:
    assert hall.raw("room/devices/availability", b"online")
    assert not hall.raw("room/devices/availability", b"online")
    assert hall.raw("room/devices/availability", b"offline")
    assert hall.picture.words == {("room", "devices"): False}
    assert not hall.raw("room/devices/availability", b"perhaps")
    assert hall.picture.refused == 1
    assert hall.raw("room/devices/availability", b"")
    assert hall.picture.words == {}


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"[]", b'{"v":1}', b'{"v":2,"id":"a","at":"x","type":"state"}']
)
def test_what_cannot_be_read_is_counted_and_changes_nothing(hall: Hall, payload: bytes) -> None:
    assert not hall.raw("counter/1/event", payload)
    assert hall.picture.refused == 1
    assert not hall.picture.calls


def test_a_state_is_kept_until_it_is_removed(hall: Hall) -> None:
    now = hall.clock.now()
    state = PrinterState(**hall.head(), device="online", since=now, cause=None, model="m", link="l")
    assert hall.put("ticket_printer/p1/state", state)
    assert hall.picture.devices["ticket_printer"]["p1"].device == "online"
    assert hall.raw("ticket_printer/p1/state", b"")
    assert not hall.raw("ticket_printer/p1/state", b"")
    assert not hall.picture.devices["ticket_printer"]


def test_calls_are_told_newest_first_and_each_number_once(hall: Hall) -> None:
    hall.called("1", "A001", "t1")
    hall.clock.move(10)
    hall.called("2", "A002", "t2")
    hall.clock.move(10)
    hall.called("1", "A001", "t1", nth=2)
    calls = hall.picture.newest_calls(5)
    assert [(call.number, call.nth) for call in calls] == [("A001", 2), ("A002", 1)]
    assert len(hall.picture.newest_calls(1)) == 1


def test_a_second_call_keeps_the_reason_of_the_first(hall: Hall) -> None:
    hall.called("1", "A001", "t1")
    hall.called("1", "A001", "t1", nth=2, why="第 2 次呼叫")
    assert [(call.nth, call.why) for call in hall.picture.newest_calls(5)] == [(2, "先到")]
    hall.called("1", "A001", "t1", why="恢复后又轮到")
    assert [(call.nth, call.why) for call in hall.picture.newest_calls(5)] == [(1, "恢复后又轮到")]


def test_a_late_console_learns_calls_from_the_counters(hall: Hall) -> None:
    hall.counter("3", ticket="t9", number="B004", called_at=hall.clock.now())
    call = hall.picture.call_in_hand("3")
    assert call is not None
    assert (call.number, call.why) == ("B004", None)
    hall.counter("3", status="open")
    assert hall.picture.call_in_hand("3") is None
    assert hall.picture.call_in_hand("99") is None


def test_a_counters_state_does_not_forget_why(hall: Hall) -> None:
    hall.called("3", "B004", "t9")
    hall.counter("3", ticket="t9", number="B004", called_at=hall.clock.now())
    call = hall.picture.call_in_hand("3")
    assert call is not None
    assert call.why == "先到"


def test_a_ticket_is_followed_from_print_to_end(hall: Hall) -> None:
    printed = TicketPrint(**hall.head(), ticket="t1", number="A001", printer="p1", outcome="printed")
    hall.put("controller/main/event", printed)
    assert hall.picture.tickets["t1"] == TicketSeen("A001")
    hall.called("1", "A001", "t1")
    hall.put("controller/main/event", printed)
    assert hall.picture.tickets["t1"] == TicketSeen("A001", "called", "1")
    hall.counter("1", ticket="t1", number="A001")
    hall.counter("1", status="open")
    assert hall.picture.tickets["t1"].standing == "left"
    hall.called("2", "A001", "t1")
    assert hall.picture.tickets["t1"] == TicketSeen("A001", "called", "2")


def test_only_the_end_of_its_rating_ends_a_ticket(hall: Hall) -> None:
    hall.called("1", "A001", "t1")
    hall.counter("1", ticket="t1", number="A001")
    for ticket in ("t1", "t2"):
        hall.put("controller/main/event", Rated(**hall.head(), ticket=ticket, counter="1", grade=None))
    hall.counter("1", status="open")
    assert hall.picture.tickets == {"t1": TicketSeen("A001", "over", "1")}


def test_the_journal_tells_only_what_the_bus_has_not(hall: Hall) -> None:
    hall.called("1", "A001", "t1")
    hall.picture.learn_ticket("t1", TicketSeen("A001"))
    hall.picture.learn_ticket("t2", TicketSeen("A002", "over", "3"))
    assert hall.picture.tickets["t1"].standing == "called"
    assert hall.picture.tickets["t2"].standing == "over"


def test_everything_kept_is_bounded(hall: Hall) -> None:
    for number in range(TICKETS_KEPT + 10):
        hall.called("1", f"A{number}", f"t{number}")
        hall.put("announcer/a/event", Started(**hall.head(), re=f"s{number}", text="请"))
    assert len(hall.picture.tickets) == TICKETS_KEPT
    assert len(hall.picture.calls) == CALLS_KEPT
    assert len(hall.picture.announcements) == ANNOUNCEMENTS_KEPT


def test_an_announcement_is_captioned_and_ends(hall: Hall) -> None:
    hall.put("announcer/a/event", Started(**hall.head(), re="s1", text="请A001号到3号窗口办理"))
    assert hall.picture.announcements[-1].outcome is None
    hall.put("announcer/a/event", Finished(**hall.head(), re="s1", outcome="played"))
    hall.put("announcer/a/event", Finished(**hall.head(), re="never heard", outcome="dropped"))
    (only,) = hall.picture.announcements
    assert (only.text, only.outcome) == ("请A001号到3号窗口办理", "played")


def test_the_newest_level_is_kept(hall: Hall) -> None:
    for laf in (50.0, 86.0):
        sound = Level(**hall.head(), laf=laf, laeq_1s=laf, lafmax_1s=laf, background=40.0, calibrated=True)
        hall.put("mic_monitor/m/telemetry", sound)
    assert hall.picture.levels["m"].laf == 86.0


def alarm(hall: Hall, **keys: Any) -> AlarmState:
    usual: dict[str, Any] = {
        "kind": "noise",
        "where": "1",
        "level": 86.0,
        "raised": hall.clock.now(),
        "acknowledged": {},
        "escalated": None,
        "cleared": None,
        "parties": ["a", "b"],
    }
    return AlarmState(**{**hall.head(), **usual, **keys})


def test_an_alarm_is_open_until_it_is_over_and_everybody_has_seen_it(hall: Hall) -> None:
    now = hall.clock.now()
    seen = {"a": now, "b": now}
    assert is_open(alarm(hall))
    assert is_open(alarm(hall, acknowledged=seen))
    assert is_open(alarm(hall, cleared=now, acknowledged={"a": now}))
    assert not is_open(alarm(hall, cleared=now, acknowledged=seen))
    assert is_loud(alarm(hall, escalated=now, acknowledged={"a": now}))
    assert not is_loud(alarm(hall, escalated=now, acknowledged=seen))
    assert not is_loud(alarm(hall))


def test_escalated_alarms_stand_first_then_the_newest(hall: Hall) -> None:
    now = hall.clock.now()
    hall.put("alarm/old/state", alarm(hall, raised=now - timedelta(minutes=9), escalated=now))
    hall.put("alarm/middle/state", alarm(hall, raised=now - timedelta(minutes=5)))
    hall.put("alarm/new/state", alarm(hall))
    hall.put("alarm/over/state", alarm(hall, cleared=now, acknowledged={"a": now, "b": now}))
    assert [name for name, _ in hall.picture.open_alarms()] == ["old", "new", "middle"]
    hall.raw("alarm/old/state", b"")
    assert [name for name, _ in hall.picture.open_alarms()] == ["new", "middle"]
    hall.put("alarm/new/state", alarm(hall, acknowledged={"a": now, "b": now}))
    assert [name for name, _ in hall.picture.open_alarms()] == ["middle", "new"], "who waits comes first"
