"""Texts laid into areas: fonts, colours, what does not fit, what has no glyph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.led_board.areas import Align, Effect, RunMode
from devices.led_board.models import model_of
from devices.led_board.pages import compose, width_px
from hallfile.devices import BoardArea

CALL = BoardArea(x=0, y=0, width=256, height=32, font_px=24)
NEWS = BoardArea(x=0, y=32, width=256, height=32, font_px=16)
MOST = model_of("onbon-6k").text_bytes


def test_a_call_that_fits_stands_still_in_the_middle() -> None:
    page = compose("请A001号到3号窗口办理", 0, CALL, MOST, colour="green")
    assert width_px(page.text, 24) == 252
    assert page.area.text == b"\\FO001\\FE001\\C2" + "请A001号到3号窗口办理".encode("gbk")
    assert (page.area.effect, page.area.align) == (Effect.STATIC, Align.CENTRE_MIDDLE)
    assert page.area.single_line
    assert (page.replaced, page.truncated) == ("", False)


def test_a_longer_text_runs_to_the_left() -> None:
    page = compose("请A001号到14号窗口办理", 0, CALL, MOST)
    assert (page.area.effect, page.area.align) == (Effect.LEFT, Align.LEFT_MIDDLE)


def test_an_effect_that_is_asked_for_is_kept() -> None:
    assert compose("暂停服务", 0, CALL, MOST, effect=Effect.UP).area.effect == Effect.UP


def test_lines_that_fit_stay_lines_and_others_become_one() -> None:
    two = compose("上午 8:30\n下午 14:00", 1, NEWS, MOST).area
    assert two.text.endswith("上午 8:30\\n下午 14:00".encode("gbk"))
    assert not two.single_line
    three = compose("一\n二\n三", 1, NEWS, MOST)
    assert three.text == "一 二 三"
    assert three.area.single_line


def test_characters_the_card_lacks_are_replaced_and_told() -> None:
    page = compose("你好😀한국어😀€", 1, NEWS, MOST)
    assert page.text == "你好〓〓〓〓〓〓"
    assert page.replaced == "😀한국어€"


def test_nothing_in_a_text_is_an_order_to_the_card() -> None:
    page = compose("a\\C2\\FO009\tb\x1b\x00c", 1, NEWS, MOST)
    assert page.text == "a＼C2＼FO009 bc"


def test_a_text_for_a_while_is_taken_down_by_the_card() -> None:
    area = compose("三号窗口", 0, CALL, MOST, seconds=12.4).area
    assert (area.run_mode, area.timeout_s) == (RunMode.DELETE_AFTER_TIMEOUT, 12)
    assert compose("三号窗口", 0, CALL, MOST, seconds=0.2).area.timeout_s == 1
    assert compose("三号窗口", 0, CALL, MOST, seconds=1e9).area.timeout_s == 0xFFFF


@pytest.mark.parametrize("model", ["onbon-6k", "onbon-5k"])
def test_a_text_too_long_is_cut_between_characters(model: str) -> None:
    most = model_of(model).text_bytes
    page = compose("厅" * 5000, 0, CALL, most)
    assert page.truncated
    assert most - 1 <= len(page.area.text) <= most
    assert set(page.text) == {"厅"}


@given(st.text(max_size=400), st.integers(min_value=40, max_value=300))
def test_any_text_makes_a_page_within_its_room(text: str, most: int) -> None:
    page = compose(text, 0, NEWS, most)
    assert len(page.area.text) <= most
    style, _, shown = page.area.text.partition(b"\\C1")
    assert style == b"\\FO000\\FE000"
    assert shown == page.text.replace("\n", "\\n").encode("gbk")
    assert len(page.area.encode()) == 27 + len(page.area.text)
