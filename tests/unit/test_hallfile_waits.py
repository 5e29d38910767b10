"""A wait is said in one way."""

import pytest

from broker.messages.envelope import Forecast
from hallfile.catalogue import Catalogue
from hallfile.waits import TEXTS, wait_said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 0, "马上"),
        (0, 0.9, "马上"),
        (0, 1, "5 分钟以内"),
        (0, 3, "5 分钟以内"),
        (-4, 8, "10 分钟以内"),
        (13, 24, "大约 10–25 分钟"),
        (10, 10, "大约 10 分钟"),
        (61, 118, "大约 60–120 分钟"),
        (61, 130, "大约 1–2.5 小时"),
        (5, 130, "2.5 小时以内"),
        (150, 150, "大约 2.5 小时"),
    ],
)
def test_a_forecast_in_plain_words(low: float, high: float, said: str) -> None:
    assert wait_said("zh-CN", Forecast(low=low, median=(low + high) / 2, high=high)) == said


def test_what_is_not_known_is_not_guessed() -> None:
    assert wait_said("zh-CN", None) == "时间暂时说不准"
    assert wait_said("en", None) == "wait not known"


def test_both_languages_have_every_wording() -> None:
    chinese, english = (Catalogue.load(TEXTS, language).texts for language in ("zh-CN", "en"))
    assert chinese.keys() == english.keys()
    assert not [key for key in chinese if chinese[key] == english[key]]
