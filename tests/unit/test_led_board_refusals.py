"""What error codes become: a word of health, a sentence for the technician, a sentence for the person."""

from pathlib import Path

import pytest

import devices
from devices.led_board.answers import CardError
from devices.led_board.refusals import refusal_of
from hallfile.catalogue import Catalogue

TEXTS = Path(devices.__file__).parent / "texts"
OWN_REASONS = {
    "bad_value",
    "unknown_area",
    "superseded",
    "expired",
    "not_acknowledged",
    "link_lost",
    "device_offline",
}


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (CardError.BUSY, "deviceBusy"),
        (CardError.CHECKSUM, "online"),
        (CardError.MEMORY_FULL, "hardwareError"),
        (CardError.FLASH, "hardwareError"),
        (CardError.FONT_MISSING, "hardwareError"),
        (CardError.GROUP, "online"),
    ],
)
def test_health_follows_the_error(error: CardError, word: str) -> None:
    assert refusal_of(error).word == word


def test_an_error_nobody_published_is_named_by_its_number() -> None:
    assert "unknown error 200" in refusal_of(200).cause


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_refusal_has_its_sentence(language: str) -> None:
    texts = Catalogue.load(TEXTS, language).texts
    reasons = OWN_REASONS | {refusal_of(error).reason for error in range(256)}
    assert reasons <= texts.keys()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_illness_of_a_card_has_its_text(language: str) -> None:
    texts = Catalogue.load(TEXTS, language).texts
    told = {refusal_of(error).health for error in range(256) if refusal_of(error).word != "online"}
    assert told == {"card_busy", "card_memory_full", "card_flash_fault", "card_font_missing"}
    assert told <= texts.keys()
    misfit = texts["board_misfit"].format(found="128×64", wanted="256×64")
    assert "128×64" in misfit
    assert "256×64" in misfit
