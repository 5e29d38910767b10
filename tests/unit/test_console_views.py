"""What the pages say of alarms, devices and tickets, in markup."""

from typing import Any

import pytest
from msgspec.structs import replace

from broker.messages.devices import BoardState, InstrumentLevel, Level, PrinterState
from broker.messages.hall import AlarmState, CounterState
from broker.messages.simulators import SimulatorState
from console.health import health
from console.house import House
from console.tongue import Tongue
from console.views import bench, counter
from console.views import hall as views
from console.views.counter import status_word


def alarm(house: House, **keys: Any) -> AlarmState:
    usual: dict[str, Any] = {
        "id": "x",
        "at": house.clock.now(),
        "kind": "noise",
        "where": "5",
        "level": 86.4,
        "raised": house.clock.now(),
        "acknowledged": {},
        "escalated": None,
        "cleared": None,
    }
    return AlarmState(**{**usual, **keys})


def test_only_noise_is_told_in_decibels(house: House, say: Tongue) -> None:
    assert "86 分贝" in views.alarm(house, say, alarm(house))
    for kind in ("rating", "device", "absence", "deadline"):
        assert "分贝" not in views.alarm(house, say, alarm(house, kind=kind, level=1.0))


@pytest.mark.parametrize(
    ("kind", "deed"),
    [("noise", "，派人前往"), ("rating", "，去联系处理"), ("device", "，去查看"), ("deadline", "，去处理")],
)
def test_a_party_promises_what_the_kind_asks_for(house: House, say: Tongue, kind: str, deed: str) -> None:
    assert views.promise(say, alarm(house, kind=kind), "大厅管理") == f"大厅管理 已知悉{deed}"
    over = alarm(house, kind=kind, cleared=house.clock.now())
    assert views.promise(say, over, "大厅管理") == "大厅管理 已知悉", "nothing is left to be done"


def test_an_alarm_of_a_device_names_it_as_people_do(house: House, say: Tongue) -> None:
    told = views.alarm(house, say, alarm(house, kind="device", where="ticket_printer/p1"))
    assert "取号打印机 p1" in told
    assert "ticket_printer" not in told


def test_who_is_called_and_not_there_yet_is_not_being_served(house: House) -> None:
    now = house.clock.now()
    state = CounterState(
        id="x",
        at=now,
        clerk="c",
        status="serving",
        ticket="t",
        number="A001",
        called_at=now,
        serving_since=None,
        waiting=0,
        held=[],
    )
    assert status_word(state) == "called"
    assert status_word(replace(state, serving_since=now)) == "serving"
    assert status_word(None) == "unknown"


def device(house: House, kind: type[Any], **keys: Any) -> Any:
    now = house.clock.now()
    usual: dict[str, Any] = {"id": "x", "at": now, "since": now, "device": "online", "cause": None}
    return kind(**{**usual, "model": "m", "link": "l", **keys})


def well(house: House, say: Tongue) -> str:
    """The count of devices that are well, as the page shows it."""
    return views.figures(house, say).rpartition("<b>")[2].partition("</b>")[0]


def test_a_device_with_something_to_say_is_not_counted_as_well(house: House, say: Tongue) -> None:
    printers = house.picture.devices["ticket_printer"]
    printers["p1"] = device(house, PrinterState)
    before, of = well(house, say).split("/")
    assert before == "1"
    for keys in ({"cause": "a sentence"}, {"paper": "low"}, {"paper": "out"}, {"device": "deviceBusy"}):
        printers["p1"] = device(house, PrinterState, **keys)
        assert well(house, say) == f"0/{of}", keys
    printers["p1"] = device(house, PrinterState, paper="low")
    assert "纸快用完了" in views.devices(house, say)


@pytest.mark.parametrize(
    ("keys", "label", "why"),
    [
        ({"lit": False}, "注意", "没有亮"),
        ({}, "注意", "不知道屏幕是否亮着"),
        ({"device": "offline", "unverified": True}, "未经证实", "不知道是否显示"),
        ({"device": "offline", "unverified": True, "cause": "自己的话"}, "未经证实", "自己的话"),
        ({"device": "powerOff", "cause": "自己的话"}, "未通电或未连接", "自己的话"),
    ],
)
def test_a_board_is_well_only_when_it_says_that_it_is_lit(
    house: House, say: Tongue, keys: dict[str, Any], label: str, why: str
) -> None:
    house.picture.devices["led_board"]["b1"] = device(house, BoardState, **keys)
    found = health(house.picture, house.clock, "led_board", "b1")
    assert not found.well
    assert f">{label}<" in views.badge(say, found)
    assert why in views.devices(house, say)
    house.picture.devices["led_board"]["b1"] = device(house, BoardState, lit=True)
    assert health(house.picture, house.clock, "led_board", "b1").well


def test_a_kiosk_without_a_screen_is_not_called_broken(house: House, say: Tongue) -> None:
    silent = [name for name, kiosk in house.hall.kiosks.items() if not kiosk.screen]
    assert silent, "the example hall has one"
    shown = views.devices(house, say)
    assert "<b>k1</b>" in shown
    assert not [name for name in silent if f"<b>{name}</b>" in shown]


def heard(house: House, level: Level | InstrumentLevel) -> None:
    house.picture.levels["mic-01"] = level


def test_a_metered_second_shows_its_statistics_and_its_octaves(house: House, say: Tongue) -> None:
    keys: dict[str, Any] = {"id": "x", "at": house.clock.now(), "calibrated": True}
    plain: dict[str, Any] = {"laf": 61.0, "laeq_1s": 60.2, "lafmax_1s": 64.0, "background": 52.0}
    heard(house, Level(**keys, **plain))
    assert "L90" not in (bare := bench.levels(house, say, "mic-01"))
    assert "octaves" not in bare
    octaves = {"1000": 48.3, "31.5": 12.0, "16000": 9.0}
    heard(house, Level(**keys, **plain, l10=63.0, l50=58.5, l90=51.9, octaves=octaves))
    shown = bench.levels(house, say, "mic-01")
    assert "L50<b>58.5</b>" in shown
    assert shown.index("31.5 Hz: 12.0 dB") < shown.index("1000 Hz: 48.3 dB") < shown.index(">16k<")


def test_what_an_instrument_tells_is_not_called_laf(house: House, say: Tongue) -> None:
    keys: dict[str, Any] = {"id": "x", "at": house.clock.now(), "calibrated": True, "weighting": "A"}
    heard(house, InstrumentLevel(**keys, level=67.5, background=55.0))
    shown = bench.levels(house, say, "mic-01")
    assert "67.5" in shown
    assert "LA" not in shown
    heard(house, InstrumentLevel(**keys, level=None, background=None))
    assert say("bench.implausible") in bench.levels(house, say, "mic-01")


def test_a_number_is_sent_to_its_next_step_first_and_never_to_where_it_is(house: House, say: Tongue) -> None:
    def places(**keys: Any) -> list[tuple[str, str]]:
        usual = {"clerk": "x", "status": "serving", "ticket": "t", "number": "A001", "service": "a"}
        state = CounterState(id="x", at=house.clock.now(), **{**usual, **keys})
        house.picture.counters["1"] = state
        return list(counter.transfers(house, say, "1"))

    plain = places()
    assert [name for name, _ in plain] == [name for name in house.hall.services if name != "a"]
    assert plain[0] == ("b", "B · 城建")
    stepped = places(service="c", further=["f", "a"], steps=3)
    assert stepped[:3] == [("f", "下一步：F · 公积金"), ("a", "后续步骤：A · 纳税"), ("b", "B · 城建")]
    assert sorted(name for name, _ in stepped) == sorted(set(house.hall.services) - {"c"})


def test_what_a_gateway_was_sent_is_shown_as_it_came(house: House, say: Tongue) -> None:
    assert say("bench.nothing_sent") in bench.messages(house, say, "sms")
    sent = {"at": "2026-11-20T09:12:00+08:00", "to": "••••42", "text": "A012 <快到了>", "met": "refuses"}
    house.picture.simulators["sms"] = SimulatorState(
        id="x", at=house.clock.now(), kind="gateway", controls={}, shows={"messages": [sent]}
    )
    shown = bench.messages(house, say, "sms")
    assert "••••42" in shown
    assert "A012 &lt;快到了&gt;" in shown
    assert say("choice.mood.refuses") in shown
