"""What the pages say of alarms, devices and tickets, in markup."""

from pathlib import Path
from typing import Any

import pytest

from broker.messages.hall import AlarmState
from console.house import House
from console.tongue import Tongue
from console.views import hall as views
from tests.console_hall import SeededHall, premises_in


@pytest.fixture
def house(tmp_path: Path) -> House:
    premises = premises_in(tmp_path)
    return House.on(premises, SeededHall(premises).bus)


@pytest.fixture
def say(house: House) -> Tongue:
    return house.tongue("zh-CN")


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
