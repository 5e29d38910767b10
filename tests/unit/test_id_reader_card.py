"""What is read from a card, and what may leave the driver of it. All numbers are synthetic."""

import stat
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from devices.id_reader.card import NATIONS, NotACard, UnknownKind, check_digit, is_number, read_card
from devices.id_reader.privacy import DayKey, age_band, masked, person_hash, priorities
from tests.golden import vector

CARD = vector("sam_v", "resident card")
TODAY = date(2026, 11, 20)


def altered(at: int, text: str) -> bytes:
    """The golden card with `text` at a byte offset."""
    raw = bytearray(CARD.bytes)
    raw[at : at + 2 * len(text)] = text.encode("utf-16-le")
    return bytes(raw)


def test_a_resident_card_is_read() -> None:
    card = read_card(CARD.bytes)
    means = CARD.means
    assert (card.name, card.sex, card.nation) == (means["name"], means["sex"], means["nation"])
    assert card.birth.isoformat() == means["birth"]
    assert card.number == means["number"]
    assert card.has_good_number
    assert card.valid_from is not None
    assert card.valid_from.isoformat() == means["valid_from"]
    assert card.forever
    assert card.valid_to is None


def test_a_card_never_shows_its_holder() -> None:
    shown = repr(read_card(CARD.bytes))
    assert not any(str(word) in shown for word in CARD.means.values() if isinstance(word, str))


@pytest.mark.parametrize("kind", ["J", "I", "Y", "Z", "\ud7ff"])
def test_other_kinds_are_not_taken_for_residents(kind: str) -> None:
    with pytest.raises(UnknownKind):
        read_card(altered(248, kind))
    with pytest.raises(UnknownKind):
        read_card(vector("sam_v", "residence permit").bytes)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        CARD.bytes[:-2],
        CARD.bytes + b"  ",
        altered(36, "19491301"),
        altered(36, "        "),
        altered(0, "    "),
    ],
)
def test_what_is_no_card_is_refused(block: bytes) -> None:
    with pytest.raises(NotACard):
        read_card(block)


def test_text_that_is_not_utf_16_is_refused() -> None:
    with pytest.raises(NotACard):
        read_card(b"\x00\xd8" + CARD.bytes[2:])


@given(st.binary(min_size=256, max_size=256))
def test_noise_is_never_a_crash(noise: bytes) -> None:
    for block in (noise, noise[:248] + CARD.bytes[248:]):
        with suppress(NotACard, UnknownKind):
            read_card(block)


@pytest.mark.parametrize(
    ("valid_to", "day", "valid"),
    [
        ("长期    ", date(2099, 1, 1), True),
        ("20400101", date(2040, 1, 1), True),
        ("20400101", date(2040, 1, 2), False),
        ("20400101", date(2019, 12, 31), False),
        ("        ", TODAY, False),
        ("forever ", TODAY, False),
    ],
)
def test_a_card_is_valid_from_its_first_to_its_last_day(valid_to: str, day: date, valid: bool) -> None:
    assert read_card(altered(204, valid_to)).is_valid_on(day) is valid


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "810000199001011230"])
def test_published_numbers_pass(number: str) -> None:
    """protocols.md 1.7."""
    assert is_number(number)
    assert check_digit(number[:17]) == number[17]
    assert not is_number(number[:16] + str((int(number[16]) + 1) % 10) + number[17])


@pytest.mark.parametrize(
    "number",
    ["", "11010519491231002", "11010519491231002XX", "11010519491331002X", "1101051949123100２X", "x" * 18],
)
def test_what_can_t_be_a_number(number: str) -> None:
    assert not is_number(number)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_the_check_digit_is_python_stdnum_s(birth: date, order: int) -> None:
    digits = f"110105{birth:%Y%m%d}{order:03}"
    assert check_digit(digits) == ric.calc_check_digit(digits + "0")


def test_a_number_must_say_the_card_s_own_birth_date() -> None:
    assert not read_card(altered(36, "19491230")).has_good_number


def test_fifty_six_nations() -> None:
    assert len(NATIONS) == 58
    assert (NATIONS["01"], NATIONS["05"], NATIONS["46"], NATIONS["56"]) == ("汉", "维吾尔", "德昂", "基诺")


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2009, 12, 30), 59), (date(2009, 12, 31), 60), (date(2010, 1, 1), 60), (date(1949, 12, 31), 0)],
)
def test_age_in_full_years(day: date, age: int) -> None:
    assert read_card(CARD.bytes).age_on(day) == age


@pytest.mark.parametrize(
    ("age", "band", "classes"),
    [(0, "0-17", []), (17, "0-17", []), (18, "18-59", []), (59, "18-59", []), (60, "60+", ["elderly"])],
)
def test_age_is_told_as_a_band(age: int, band: str, classes: list[str]) -> None:
    assert age_band(age) == band
    assert priorities(age) == classes


@pytest.mark.parametrize(
    ("name", "shown"), [("张伟", "张*"), ("欧阳建国", "欧*"), ("阿依古丽", "阿*"), ("𠮷田", "𠮷*"), ("", "*")]
)
def test_a_name_is_masked_to_its_first_character(name: str, shown: str) -> None:
    assert masked(name) == shown


def test_the_key_lives_one_day_and_outlives_a_restart(tmp_path: Path) -> None:
    numbers = count(1)

    def fresh() -> bytes:
        return bytes((next(numbers),)) * 32

    first = DayKey(tmp_path / "keys", fresh).of(TODAY)
    assert DayKey(tmp_path / "keys", fresh).of(TODAY) == first
    second = DayKey(tmp_path / "keys", fresh).of(date(2026, 11, 21))
    assert second != first
    assert DayKey(tmp_path / "keys", fresh).of(TODAY) not in (first, second)
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.hex() not in file.read_text()


@pytest.mark.parametrize("spoiled", ["", "2026-11-20", "2026-11-20 abcd", "2026-11-20 zz", "\udc80"])
def test_a_spoiled_key_file_is_made_anew(tmp_path: Path, spoiled: str) -> None:
    keys = DayKey(tmp_path)
    first = keys.of(TODAY)
    next(tmp_path.iterdir()).write_bytes(spoiled.encode(errors="surrogateescape"))
    second = keys.of(TODAY)
    assert second != first
    assert len(second) == 32
    assert keys.of(TODAY) == second


def test_a_person_is_the_same_hash_for_a_day() -> None:
    one, other = b"1" * 32, b"2" * 32
    assert person_hash("11010519491231002x", one) == person_hash("11010519491231002X", one)
    assert person_hash("11010519491231002X", one) != person_hash("11010519491231002X", other)
    assert person_hash("11010519491231002X", one) != person_hash("440524188001010014", one)
