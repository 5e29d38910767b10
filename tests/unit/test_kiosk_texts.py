"""Catalogues say the same in every language, and lines break where a reader expects it."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from hallfile.catalogue import Catalogue
from kiosk.easel import I18N, known_languages
from kiosk.screens.wrap import balanced, shorten, wrap, wrapped

KIOSK = Path(__file__).parents[2] / "kiosk"


def width(text: str) -> int:
    """Ideographs twice as wide as letters."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_every_language_with_the_same_values() -> None:
    first, *others = known_languages()
    chinese = Catalogue.load(I18N, first).texts
    assert first == "zh-CN"
    for language in others:
        raw = tomllib.loads((I18N / f"{language}.toml").read_text(encoding="utf-8"))
        own = {f"{table}.{key}": text for table, texts in raw.items() for key, text in texts.items()}
        assert own.keys() == chinese.keys()
        assert {key: fields(text) for key, text in own.items()} == {
            key: fields(text) for key, text in chinese.items()
        }


def test_every_text_that_is_asked_for_exists() -> None:
    texts = Catalogue.load(I18N, "zh-CN").texts
    asked = {
        key
        for path in KIOSK.rglob("*.py")
        for key in re.findall(r'say\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 30
    assert asked <= texts.keys()


def test_no_text_shown_to_people_stands_in_the_code() -> None:
    for path in KIOSK.rglob("*.py"):
        if path.name.startswith("sample"):
            continue
        code = re.sub(r'""".*?"""|#[^\n]*', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"[\u4e00-\u9fff]", code), path


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("请到导服台人工取号", 10, ["请到导服台", "人工取号"]),
        ("请到导服台，人工取号", 10, ["请到导服", "台，人工取", "号"]),
        ("Please take your card", 12, ["Please take", "your card"]),
        ("请看（出票口）", 6, ["请看", "（出票", "口）"]),
        ("Supercalifragilistic", 8, ["Supercal", "ifragili", "stic"]),
        ("", 8, []),
    ],
)
def test_lines_break_where_a_reader_expects_it(text: str, limit: int, lines: list[str]) -> None:
    assert wrap(text, limit, width) == lines


def test_no_line_is_wider_than_asked_and_nothing_is_lost() -> None:
    text = Catalogue.load(I18N, "en")("closed.too_late_how") + Catalogue.load(I18N, "zh-CN")(
        "closed.too_late_how"
    )
    for limit in range(12, 90):
        for broken in (wrap(text, limit, width), balanced(text, limit, width)):
            assert max(width(line) for line in broken) <= limit
            assert "".join(broken).replace(" ", "") == text.replace(" ", "")


def test_balanced_lines_leave_no_character_alone() -> None:
    assert wrap("按现在的人数今天办不完", 20, width)[-1] == "完"
    assert len(balanced("按现在的人数今天办不完", 20, width)[-1]) >= 4


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert shorten("综合办不成事", 8, width) == "综合办…"
    assert shorten("综合", 8, width) == "综合"


def test_lines_end_where_a_reader_pauses_where_that_takes_no_more_of_them() -> None:
    assert wrapped("现在没有窗口办理，请到导服台咨询。", 13, len) == [
        "现在没有窗口办理，",
        "请到导服台咨询。",
    ]
    assert balanced("现在没有窗口办理，请到导服台咨询。", 13, len) == [
        "现在没有窗口办理，",
        "请到导服台咨询。",
    ]
    assert wrapped("Wait here. Counter 5, 6 or 7", 20, len) == ["Wait here.", "Counter 5, 6 or 7"]
    assert wrapped("一二三四五六七八九，十", 8, len) == wrap("一二三四五六七八九，十", 8, len)


def test_no_word_is_left_alone_on_the_last_line() -> None:
    assert wrapped("please ask at the help desk", 23, len) == ["please ask at the", "help desk"]
