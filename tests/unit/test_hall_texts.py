"""Both catalogues say everything, with the same places to fill in."""

import re
from pathlib import Path
from string import Formatter

import pytest

import hall.core
import hall.shell
from hall.texts import texts

SOURCES = [
    path.read_text(encoding="utf-8")
    for package in (hall.core, hall.shell)
    for path in Path(str(package.__file__)).parent.glob("*.py")
]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages_have_the_same_texts_with_the_same_places() -> None:
    chinese, english = texts("zh-CN").texts, texts("en").texts
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert places(chinese[key]) == places(english[key]), key


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_refusal_the_code_names_has_its_sentence(language: str) -> None:
    named = {reason for source in SOURCES for reason in re.findall(r'refuse\(\s*rules,\s*"(\w+)"', source)}
    assert len(named) > 20
    for reason in named:
        assert f"refusal.{reason}" in texts(language).texts, reason


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_text_the_code_names_is_there(language: str) -> None:
    named = {key for source in SOURCES for key in re.findall(r'texts\(\s*"([a-z_.]+)"', source)}
    named |= {f"why.{key}" for source in SOURCES for key in re.findall(r'_why\(\s*rules,\s*"(\w+)"', source)}
    named |= {f"alarm.{key}" for source in SOURCES for key in re.findall(r'Fault\("(\w+)"', source)}
    assert len(named) > 20
    for key in named:
        assert key in texts(language).texts, key
