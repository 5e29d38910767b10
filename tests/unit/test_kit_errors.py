"""What people read of a device's errors is in the hall's language; the technician's words are in the log."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import devices
from devices.kit.errors import DeviceError, LinkLost, LinkMissing, Misconfigured, NoAnswer
from hallfile.catalogue import Catalogue

ROOM = Path(devices.__file__).parent
CHINESE, ENGLISH = (Catalogue.load(ROOM / "texts", language) for language in ("zh-CN", "en"))


def given_codes() -> Iterator[str]:
    """Every code that the code of the devices writes beside an error's words."""
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


CODES = sorted(
    {kind.code for kind in (DeviceError, LinkMissing, LinkLost, NoAnswer, Misconfigured) if kind.code}
    | set(given_codes())
)


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_a_sentence_in_both_languages(code: str) -> None:
    assert code in CHINESE.texts
    assert {field for _, field, _, _ in Formatter().parse(CHINESE(code)) if field} <= {"place"}
    said = CHINESE(code).format(place="", cause="the words")
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search("[a-z]{2,}", said), "nothing but the device's own link is in another language"
    words = ENGLISH(code).format(place="tcp://192.0.2.7:9100", cause="the technician's words")
    assert not re.search("[\u4e00-\u9fff]", words)


def test_an_error_may_say_more_than_its_kind() -> None:
    assert NoAnswer("silence").code == "device_silent"
    assert NoAnswer("silence", code="reader_silent").code == "reader_silent"
