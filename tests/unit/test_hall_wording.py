"""A call as it is shown and spoken, and the words of a ticket."""

import pytest

from hall.core import Rules
from hall.core.events import Wait
from hall.shell import wording
from hall.texts import texts
from tests.hall.kit import SMALL, small

ZH, EN = texts("zh-CN"), texts("en")


@pytest.fixture
def rules() -> Rules:
    counters = {**SMALL["counters"], "1": {**SMALL["counters"]["1"], "name": "综合窗口"}}
    return Rules(small(counters=counters), ZH)


def test_shown_and_spoken(rules: Rules) -> None:
    assert wording.shown(rules, ZH, "A001", "2") == "请A001号到2号窗口办理"
    assert wording.spoken(rules, ZH, "AB1024", "2") == "请 A B 一零二四 号，到 2 号窗口办理。"
    assert wording.shown(rules, ZH, "A001", "1") == "请A001号到综合窗口办理"
    assert wording.spoken(rules, EN, "A001", "2") == "Number A 0 0 1, please go to counter 2."


def test_a_step_of_a_visit_is_shown_and_spoken_by_its_name(rules: Rules) -> None:
    assert wording.shown(rules, ZH, "A001", "2", "缴费") == "请A001号到2号窗口缴费"
    assert wording.spoken(rules, ZH, "A001", "2", "缴费") == "请 A 零零一 号，到 2 号窗口缴费。"
    assert (
        wording.spoken(rules, EN, "A001", "2", "payment")
        == "Number A 0 0 1, please go to counter 2: payment."
    )


def test_a_one_is_read_as_the_hall_wants_it() -> None:
    rules = Rules(small(calling={"one": "幺"}), ZH)
    assert wording.spoken(rules, ZH, "A101", "2") == "请 A 幺零幺 号，到 2 号窗口办理。"
    assert wording.spoken(rules, EN, "A101", "2") == "Number A 1 0 1, please go to counter 2."


def test_counters_as_a_ticket_names_them(rules: Rules) -> None:
    assert wording.counter_names(rules, ZH, ("2",)) == "2号窗口"
    assert wording.counter_names(rules, ZH, ("1", "2")) == "2号窗口、综合窗口"
    assert wording.counter_names(Rules(small(), ZH), ZH, ("1", "2")) == "1、2号窗口"
    assert wording.counter_names(Rules(small(), ZH), EN, ("1", "2")) == "counters 1, 2"


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (None, ""),
        (Wait(0, 0, 0), "马上"),
        (Wait(0.5, 3, 6.2), "10 分钟以内"),
        (Wait(15.2, 20, 24.1), "大约 15–25 分钟"),
        (Wait(5, 5, 5), "大约 5 分钟"),
    ],
)
def test_a_forecast_in_words(wait: Wait | None, said: str) -> None:
    assert wording.forecast(ZH, wait) == said
