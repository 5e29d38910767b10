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

from broker.persons import check_digit
from devices.id_reader.card import (
    KINDS,
    NATIONS,
    SEXES,
    NotACard,
    UnknownKind,
    is_number,
    read_card,
)
from devices.id_reader.privacy import DayKey, age_band, masked, person_hash, priorities
from simulators.id_reader.cards import Card as SimulatedCard
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


OTHERS = ["residence permit", "foreigner's card of 2017", "foreigner's card of 2023"]


@pytest.mark.parametrize("name", OTHERS)
def test_each_other_kind_is_read_by_its_own_layout(name: str) -> None:
    found = vector("sam_v", name)
    card, means = read_card(found.bytes), found.means
    for field in ("kind", "name", "name_en", "sex", "country", "number"):
        assert getattr(card, field) == means[field], field
    assert [card.birth, card.valid_from, card.valid_to] == [
        date.fromisoformat(means[day]) for day in ("birth", "valid_from", "valid_to")
    ]
    assert card.has_good_number
    assert card.shown_name == card.name
    assert not any(word in repr(card) for word in (card.name, card.number, "199", "198"))


@pytest.mark.parametrize("kind", ["Z", "j", "\ud7ff", "0"])
def test_a_kind_that_is_none_of_the_four_is_not_taken_for_one(kind: str) -> None:
    with pytest.raises(UnknownKind):
        read_card(altered(248, kind))


def foreign(name: str, at: int, text: str) -> bytes:
    raw = bytearray(vector("sam_v", f"foreigner's card of {name}").bytes)
    raw[at : at + 2 * len(text)] = text.encode("utf-16-le")
    return bytes(raw)


@pytest.mark.parametrize(
    ("block", "good"),
    [
        (foreign("2017", 122, "UTO11008505050X"), False),
        (foreign("2017", 122, "UT01100850505012"), False),
        (foreign("2023", 122, "899911199001010013"), False),
        (foreign("2023", 122, "999911199001010014"), False),
        (foreign("2023", 220, " AND ENDS"), True),
    ],
)
def test_a_foreigner_s_number_has_its_own_form(block: bytes, good: bool) -> None:
    assert read_card(block).has_good_number is good


def test_a_foreigner_without_a_chinese_name_is_called_by_the_other() -> None:
    card = read_card(foreign("2017", 158, "   "))
    assert (card.name, card.shown_name) == ("", "TEST PERSON ONE")
    assert masked(card.shown_name) == "T*"
    with pytest.raises(NotACard):
        read_card(bytes(248) + "I".encode("utf-16-le") + bytes(6))


def test_a_permit_s_number_begins_with_its_region() -> None:
    permit = bytearray(vector("sam_v", "residence permit").bytes)
    permit[122 : 122 + 36] = "110000199001011237".encode("utf-16-le")
    assert not read_card(bytes(permit)).has_good_number


def test_the_number_says_the_sex_of_the_card() -> None:
    assert not read_card(altered(30, "1")).has_good_number
    for unsaid in ("0", "9"):
        assert read_card(altered(30, unsaid)).has_good_number


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


TEXT = st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs", "Zs"]), min_size=1, max_size=7)
DAY = st.dates(date(1900, 1, 1), TODAY)


@given(
    st.sampled_from(["resident", "J", "I", "Y"]), TEXT, DAY, DAY, st.one_of(DAY, st.just("长期")),
    st.sampled_from("129"),
)  # fmt: skip
def test_what_lies_in_a_simulated_card_is_read(
    kind: str, name: str, birth: date, first: date, last: date | str, sex: str
) -> None:
    laid = SimulatedCard(
        kind=kind,
        name=name,
        name_en="SPECIMEN",
        sex=sex,
        birth=f"{birth:%Y%m%d}",
        number="UTO110085050501",
        valid_from=f"{first:%Y%m%d}",
        valid_to=last if isinstance(last, str) else f"{last:%Y%m%d}",
    )
    card = read_card(laid.text_block())
    assert (card.kind, card.birth, card.valid_from) == (KINDS[kind[:1].replace("r", " ")], birth, first)
    assert (card.name, card.sex) == (name, SEXES[sex])
    assert (card.forever, card.valid_to) == ((True, None) if last == "长期" else (False, last))


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_the_check_digit_is_python_stdnum_s(birth: date, order: int) -> None:
    digits = f"110105{birth:%Y%m%d}{order:03}"
    assert check_digit(digits) == ric.calc_check_digit(digits + "0")
    number = digits + check_digit(digits)
    assert is_number(number) is ric.is_valid(number)


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
    for file in (tmp_path / "keys").iterdir():
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
