"""How names are typed: spelled in a process of its own, the same as here."""

import sys

import pytest

from kiosk.spelling import spelled, spelled_apart

NAMES = ["社保", "重新办理", "银行卡", "女职工", "ETC 卡", "户籍/出入境"]


async def test_a_process_of_its_own_spells_the_same() -> None:
    here = spelled(NAMES)
    assert await spelled_apart(NAMES) == here
    assert here["社保"] == ("she", "bao")
    assert here["重新办理"][0] == "chong", "a character is read as in its word"
    assert here["银行卡"][1] == "hang"
    assert here["女职工"][0] == "nv"
    assert here["ETC 卡"] == ("etc", "ka")
    assert here["户籍/出入境"] == ("hu", "ji", "chu", "ru", "jing")


async def test_without_the_dictionary_nothing_is_spelled_and_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert await spelled_apart(NAMES) == {}
    assert "is pypinyin installed?" in caplog.text
