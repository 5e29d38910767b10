"""What people read of a device's errors is in the hall's language; the technician's words are in the log."""

import ast
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from string import Formatter
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

import devices
from broker.client import Bus
from broker.clock import HallClock
from broker.ids import ulids
from broker.inbox import MemoryInbox
from broker.memory import MemoryBroker
from broker.messages.devices import DeviceState
from broker.outbox import Outbox
from devices.kit.device import Device, Surroundings
from devices.kit.errors import DeviceError, LinkLost, LinkMissing, Misconfigured, NoAnswer
from devices.kit.link import Link
from devices.room import elsewhere
from hallfile.catalogue import Catalogue
from hallfile.devices import Device as Entry

ROOM = Path(devices.__file__).parent
CHINESE, ENGLISH = (Catalogue.load(ROOM / "texts", language) for language in ("zh-CN", "en"))


class Speechless(Device):
    """A device that is only asked how it is."""

    kind: ClassVar[str] = "call_pad"

    async def serve(self, link: Link) -> None:
        raise AssertionError(link)

    def state(self) -> DeviceState:
        return DeviceState(**self.state_keys())


async def unplugged() -> Link:
    raise LinkMissing("it is not there")


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


@pytest.mark.parametrize(
    ("language", "cause_in"),
    [
        # the technician's words stand for a sentence that is known in the hall's language only
        ("zh-CN", [{"en": ENGLISH("key_stuck")}, {"en": "the words"}]),
        # and never for the sentence of a hall that speaks their language
        ("en", [{"zh-CN": CHINESE("key_stuck")}, {}]),
    ],
)
async def test_a_cause_is_said_in_other_languages_than_the_halls(
    language: str, cause_in: list[dict[str, str]], tmp_path: Path
) -> None:
    texts = Catalogue.load(ROOM / "texts", language)
    clock = HallClock.real(ZoneInfo("Asia/Shanghai"))
    bus = Bus("small", "devices", MemoryBroker().transport("devices"), clock, ulids(clock))
    with closing(Outbox(bus, tmp_path / "outbox.db")) as outbox:
        around = Surroundings(bus, outbox, MemoryInbox(), texts, texts.language, elsewhere(texts))
        device = Speechless("call-1", Entry(link="evdev:/dev/null"), unplugged, around)
        device.report("userError", texts("key_stuck"), "the words")
        known = device.state().cause_in
        device.report("offline", "a sentence of no catalogue", "the words")
    assert [known, device.state().cause_in] == cause_in
