"""The guide: read, checked with sentences, and in English where there is any."""

from pathlib import Path

import pytest

from hallfile.guide import BadGuide, Guide, load_guide
from hallfile.load import BadHallFile, load

EXAMPLES = Path(__file__).parents[2] / "examples"
SERVICES = ("a", "b")
ITEM = '{ number = "001", service = "a", name = "纳税", working_days = 0, way = "now", bring = ["id"] }'
WHOLE = f"""
[bring]
id = {{ name = "身份证", name_en = "ID card" }}
[ways.now]
steps = ["取号", "办理"]
[departments.tax]
name = "税务局"
items = [{ITEM}]
"""


def read(tmp_path: Path, text: str) -> Guide:
    path = tmp_path / "guide.toml"
    path.write_text(text, encoding="utf-8")
    return load_guide(path, SERVICES)


def test_the_example_has_the_sizes_that_a_hall_has() -> None:
    """237 items in 39 departments (domain.md section 1, Ankang)."""
    guide = load_guide(EXAMPLES / "guide.toml", load(EXAMPLES / "dezhou.toml").services)
    assert (len(guide.items), len(guide.departments)) == (237, 39)
    assert all(item.name_en for item in guide.items.values())
    assert len({item.name for item in guide.items.values()}) == 237
    text = (EXAMPLES / "guide.toml").read_text(encoding="utf-8")
    assert "made-up" in text.split("\n", 1)[0]


def test_what_has_no_english_name_is_shown_in_chinese(tmp_path: Path) -> None:
    guide = read(tmp_path, WHOLE)
    item = guide.items["001"]
    assert (item.title.in_("en"), item.title.in_("zh-CN")) == ("纳税", "纳税")
    assert [thing.in_("en") for thing in guide.things(item)] == ["ID card"]
    assert [step.in_("en") for step in guide.steps(item)] == ["取号", "办理"]
    assert guide.owners["001"] == "tax"


def test_what_to_bring_may_be_said_in_plain_words(tmp_path: Path) -> None:
    guide = read(tmp_path, WHOLE.replace('bring = ["id"]', 'bring = ["id", "一寸照片"]'))
    assert [thing.zh for thing in guide.things(guide.items["001"])] == ["身份证", "一寸照片"]


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('service = "a"', 'service = "z"', "item 001 service: there is no service in the hall file 'z'"),
        ('way = "now"', 'way = "nov"', "did you mean 'now'?"),
        ('bring = ["id"]', 'bring = ["ib"]', "item 001 bring: there is no [bring] entry 'ib'"),
        (ITEM, f"{ITEM}, {ITEM}", "give each item its own"),
        ("[departments", 'steps_en = ["One"]\n[departments', "1 steps against 2 in Chinese"),
        ('number = "001"', 'number = "1"', "is no guide"),
        ("[bring]", "[bring", "is no guide"),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence_that_says_what_to_mend(
    tmp_path: Path, wrong: str, right: str, sentence: str
) -> None:
    with pytest.raises(BadGuide) as bad:
        read(tmp_path, WHOLE.replace(wrong, right))
    assert sentence in str(bad.value)


def test_a_guide_that_is_not_there_is_a_fault_of_the_hall_file(tmp_path: Path) -> None:
    hall = (EXAMPLES / "dezhou.toml").read_text(encoding="utf-8")
    (tmp_path / "hall.toml").write_text(hall, encoding="utf-8")
    (tmp_path / "cards.toml").write_bytes((EXAMPLES / "cards.toml").read_bytes())
    with pytest.raises(BadHallFile, match=r"touch.guide: guide.toml: can't be read .*; name a guide file"):
        load(tmp_path / "hall.toml")
