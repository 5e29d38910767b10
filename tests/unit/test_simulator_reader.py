"""The simulated ID reader: frames of protocols.md 1.1–1.5, and a card that must leave to be found again."""

import random
from pathlib import Path

import pytest

from simulators.id_reader.cards import Card, load_cards
from simulators.id_reader.frames import Request, RequestReader, reply
from simulators.id_reader.machine import ANSWERS, GAP_S, WITH_A_CARD, Fault, Reader
from tests.golden import Vector, vector, vectors

CARDS = Path(__file__).parents[2] / "examples" / "cards.toml"

# 1.2
STATUS = bytes.fromhex("AA AA AA 96 69 00 03 11 FF ED")
SAM_ID = bytes.fromhex("AA AA AA 96 69 00 03 12 FF EE")
FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
SELECT = bytes.fromhex("AA AA AA 96 69 00 03 20 02 21")
READ = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")
READ_ADDRESS = bytes.fromhex("AA AA AA 96 69 00 03 30 03 30")
READ_WITH_FINGERPRINT = bytes.fromhex("AA AA AA 96 69 00 03 30 10 23")
SET_9600 = bytes.fromhex("AA AA AA 96 69 00 03 60 04 67")
MOST_PER_EXCHANGE = bytes.fromhex("AA AA AA 96 69 00 04 61 FF 50 CA")
# 1.3
OK = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
NONE_FOUND = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
SELECTED = bytes.fromhex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
NOT_SELECTED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 81 85")
READ_FAILED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 41 45")
NOTHING_STORED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 91 95")
BAD_CHECKSUM = bytes.fromhex("AA AA AA 96 69 00 04 00 00 10 14")
BAD_LENGTH = bytes.fromhex("AA AA AA 96 69 00 04 00 00 11 15")
BAD_COMMAND = bytes.fromhex("AA AA AA 96 69 00 04 00 00 21 25")
NOT_PERMITTED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 23 27")
SELF_TEST_FAILED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 60 64")


@pytest.fixture
def card() -> Card:
    return load_cards(CARDS)["c01"]


@pytest.fixture
def reader() -> Reader:
    return Reader(random.Random(1).randbytes)


@pytest.mark.parametrize("golden", vectors("sam_v"), ids=lambda golden: golden.name)
def test_golden_frames_are_read_and_made(golden: Vector) -> None:
    means = golden.means
    if golden.to == "device":
        expected = [Request(means["command"], means["parameter"], bytes.fromhex(means.get("carries", "")))]
        assert RequestReader().feed(golden.bytes) == expected
        assert RequestReader().feed(b"\xaa\x00\xaa\xaa" + golden.bytes) == expected
    elif golden.to == "host" and "data" in means:
        card_status = int.from_bytes(golden.bytes[7:9], "big")
        assert reply(means["status"], bytes.fromhex(means["data"]), card_status) == golden.bytes


def test_the_golden_card_is_laid_out_and_read_as_published(reader: Reader) -> None:
    block = vector("sam_v", "resident card").bytes
    text = block.decode("utf-16-le")
    card = Card(
        name="测试甲",
        sex="2",
        nation="01",
        birth="19491231",
        address=text[26:61].rstrip(),
        number="11010519491231002X",
        authority=text[79:94].rstrip(),
        valid_from="20200101",
        valid_to="长期",
    )
    assert card.text_block() == block
    reader.lay(card)
    ask(reader, FIND)
    ask(reader, SELECT)
    assert ask(reader, READ)[0] == vector("sam_v", "resident card, read base").bytes


def ask(reader: Reader, request: bytes, now: float = 0.0) -> tuple[bytes, float]:
    """The whole answer and when its last byte had gone out."""
    reader.receive(request, now)
    reader.advance(now)
    answer = reader.take()
    while (due := reader.due()) is not None:
        now = due
        reader.advance(now)
        answer += reader.take()
    return answer, now


def test_a_card_is_read_step_by_step_and_must_leave_before_it_is_found_again(
    reader: Reader, card: Card
) -> None:
    assert ask(reader, FIND)[0] == NONE_FOUND
    reader.lay(card)
    assert ask(reader, READ)[0] == NOT_PERMITTED
    assert ask(reader, SELECT)[0] == NOT_SELECTED
    assert ask(reader, FIND)[0] == FOUND
    assert ask(reader, SELECT)[0] == SELECTED
    answer, _ = ask(reader, READ)
    assert len(answer) == 1295
    assert answer[:14] == bytes.fromhex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00")
    assert answer[14 : 14 + 30].decode("utf-16-le").rstrip() == "张伟"
    assert answer[14 + 122 : 14 + 158].decode("utf-16-le") == "110105195103120036"
    assert answer[14 + 204 : 14 + 220].decode("utf-16-le").rstrip() == "长期"
    assert answer[14 + 248 : 14 + 250] == bytes.fromhex("20 00")
    assert ask(reader, READ_ADDRESS)[0] == NOTHING_STORED
    assert ask(reader, FIND)[0] == NONE_FOUND
    reader.lay(None)
    reader.lay(card)
    assert ask(reader, FIND)[0] == FOUND


def test_each_step_takes_its_time_and_the_wire_its_own(reader: Reader, card: Card) -> None:
    reader.lay(card)
    assert ask(reader, FIND)[1] == pytest.approx(0.020 + 15 * 10 / 115200)
    assert ask(reader, SELECT)[1] == pytest.approx(0.050 + 19 * 10 / 115200)
    assert ask(reader, READ)[1] == pytest.approx(0.900 + 1295 * 10 / 115200)


def test_a_card_lifted_while_it_is_read_fails_to_read(reader: Reader, card: Card) -> None:
    reader.lay(card)
    ask(reader, FIND)
    ask(reader, SELECT)
    reader.receive(READ, 1.0)
    reader.lay(None)
    reader.advance(3.0)
    assert reader.take() == READ_FAILED


def test_the_fingerprint_form_has_three_lengths(reader: Reader, card: Card) -> None:
    reader.lay(card)
    ask(reader, FIND)
    ask(reader, SELECT)
    answer, _ = ask(reader, READ_WITH_FINGERPRINT)
    assert len(answer) == 1297
    assert answer[5:16] == bytes.fromhex("05 0A 00 00 90 01 00 04 00 00 00")


def test_an_appended_address_is_read_after_the_card(reader: Reader, card: Card) -> None:
    moved = Card(
        **{**{name: getattr(card, name) for name in card.__struct_fields__}, "new_address": "新址1号"}
    )
    reader.lay(moved)
    assert ask(reader, READ_ADDRESS)[0] == NOT_PERMITTED
    for request in (FIND, SELECT, READ):
        ask(reader, request)
    answer, _ = ask(reader, READ_ADDRESS)
    assert answer[5:10] == bytes.fromhex("00 4A 00 00 90")
    assert answer[10:80].decode("utf-16-le").rstrip() == "新址1号"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (STATUS, OK),
        (MOST_PER_EXCHANGE, OK),
        (bytes.fromhex("AA AA AA 96 69 00 03 10 FF EC"), OK),
        (bytes.fromhex("AA AA AA 96 69 00 03 20 01 21"), BAD_CHECKSUM),
        (bytes.fromhex("AA AA AA 96 69 00 02 20 22"), BAD_LENGTH),
        (bytes.fromhex("AA AA AA 96 69 FF FF 20 22"), BAD_LENGTH),
        (bytes.fromhex("AA AA AA 96 69 00 04 20 01"), BAD_LENGTH),
        (bytes.fromhex("AA AA AA 96 69 00 03 77 01 75"), BAD_COMMAND),
        (bytes.fromhex("AA") + STATUS, OK),
        (b"\x00noise\xaa\xaa" + STATUS, OK),
        (FIND[:9] + b"\x21" + STATUS, BAD_CHECKSUM + OK),
    ],
)
def test_every_request_gets_the_answer_of_1_3(reader: Reader, request_: bytes, answer: bytes) -> None:
    assert ask(reader, request_)[0] == answer


def test_requests_in_single_bytes_are_the_same(reader: Reader) -> None:
    answer = b""
    for byte in STATUS + b"\xaa\xaa" + FIND:
        reader.receive(bytes([byte]), 0.0)
        reader.advance(0.0)
    answer, _ = ask(reader, b"")
    assert answer == OK + NONE_FOUND


def test_a_frame_without_its_end_is_given_up_after_a_while(reader: Reader) -> None:
    reader.receive(STATUS[:8], 0.0)
    assert reader.due() == GAP_S
    reader.advance(GAP_S + 0.1)
    assert reader.take() == BAD_LENGTH
    assert ask(reader, STATUS, 2.0)[0] == OK


def test_the_speed_changes_after_the_answer(reader: Reader) -> None:
    reader.receive(SET_9600, 0.0)
    reader.advance(0.005)
    assert reader.speed == 115200
    reader.advance(0.007)
    assert reader.take() == OK
    assert reader.speed == 115200
    reader.advance(0.010)
    assert reader.speed == 9600
    assert ask(reader, STATUS, 1.0)[1] == pytest.approx(1.0 + 0.005 + 11 * 10 / 9600)


def test_the_module_says_its_number(reader: Reader) -> None:
    answer, _ = ask(reader, SAM_ID)
    assert answer[5:7] == bytes.fromhex("00 14")
    parts = [
        int.from_bytes(answer[at : at + size], "little") for at, size in ((10, 2), (12, 2), (14, 4), (18, 4))
    ]
    assert parts == [5, 1, 20043205, 123456789]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_does_to_the_answer_what_its_name_says(reader: Reader, fault: Fault) -> None:
    reader.fault = fault
    answer, _ = ask(reader, STATUS)
    match fault:
        case Fault.NONE | Fault.READ_FAILED | Fault.HALF_INSERTED:
            assert answer == OK
        case Fault.SILENT:
            assert answer == b""
        case Fault.BAD_CHECKSUM:
            assert answer[:-1] == OK[:-1]
            assert answer[-1] != OK[-1]
        case Fault.TRUNCATED | Fault.HALF:
            assert OK.startswith(answer)
            assert len(answer) < len(OK)
        case Fault.GARBAGE:
            assert len(answer) == len(OK)
            assert answer != OK
        case Fault.STRAY:
            assert answer.endswith(b"\xaa" + OK)
        case Fault.SAM_ERROR:
            assert answer == SELF_TEST_FAILED
    reader.fault = Fault.NONE
    assert ask(reader, STATUS, 9.0)[0] == OK


def test_a_card_that_can_not_be_read_says_so(reader: Reader, card: Card) -> None:
    reader.fault = Fault.READ_FAILED
    reader.lay(card)
    assert ask(reader, FIND)[0] == FOUND
    assert ask(reader, SELECT)[0] == SELECTED
    assert ask(reader, READ)[0] == READ_FAILED


@pytest.mark.parametrize("status", list(ANSWERS))
def test_a_hand_can_make_it_answer_any_status(reader: Reader, card: Card, status: int) -> None:
    reader.lay(card)
    reader.answers = status
    said = [ask(reader, request)[0][9] for request in (STATUS, FIND, SELECT, READ)]
    assert status in said
    assert all(other in (0x90, 0x9F, 0x23, status) for other in said)
    reader.answers = None
    reader.lay(card)
    assert [ask(reader, request)[0][9] for request in (STATUS, FIND, SELECT, READ)] == [
        0x90,
        0x9F,
        0x90,
        0x90,
    ]


def test_a_card_s_fault_is_none_without_a_card(reader: Reader) -> None:
    for status in WITH_A_CARD:
        reader.answers = status
        assert ask(reader, FIND)[0] == NONE_FOUND


def test_a_card_that_lies_askew_is_found_now_and_then_and_never_read(reader: Reader, card: Card) -> None:
    reader.fault = Fault.HALF_INSERTED
    reader.lay(card)
    assert {ask(reader, FIND)[0] for _ in range(4)} == {FOUND, NONE_FOUND}
    while ask(reader, FIND)[0] != FOUND:
        pass
    assert ask(reader, SELECT)[0] == SELECTED
    assert ask(reader, READ)[0] == READ_FAILED


def test_it_can_be_left_at_another_speed(reader: Reader) -> None:
    reader.set_speed(9600)
    assert ask(reader, STATUS)[1] == pytest.approx(0.005 + 11 * 10 / 9600)
    assert reader.speed == 9600


@pytest.mark.parametrize(
    ("kind", "golden"),
    [("J", "residence permit"), ("I", "foreigner's card of 2017"), ("Y", "foreigner's card of 2023")],
)
def test_cards_of_other_kinds_are_laid_out_as_published(kind: str, golden: str) -> None:
    found = vector("sam_v", golden)
    means, text = found.means, found.bytes.decode("utf-16-le")
    own: dict[str, str] = {
        "J": {"address": text[26:61].rstrip(), "authority": text[79:94].rstrip()},
        "I": {"authority": "1100", "issues": "01"},
        "Y": {"issues": "00"},
    }[kind]
    card = Card(
        kind=kind,
        name=means["name"],
        name_en=means["name_en"],
        sex={"男": "1", "女": "2"}[means["sex"]],
        country=means["country"],
        birth=means["birth"].replace("-", ""),
        number=means["number"],
        valid_from=means["valid_from"].replace("-", ""),
        valid_to=means["valid_to"].replace("-", ""),
        **own,
    )
    assert card.text_block() == found.bytes


def test_a_flood_of_garbage_is_survived(reader: Reader) -> None:
    chance = random.Random(7)
    for second in range(50):
        ask(reader, chance.randbytes(4096), float(second * 10))
    assert ask(reader, b"\x00" * 300, 600.0)[0] in (b"", BAD_LENGTH, BAD_CHECKSUM)
    assert ask(reader, STATUS, 700.0)[0] == OK


def test_no_description_of_a_card_shows_its_whole_number() -> None:
    for card in load_cards(CARDS).values():
        assert card.number not in card.description()
        assert card.name not in card.description() or card.label


def test_a_card_that_does_not_fit_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cards.toml"
    file.write_text(CARDS.read_text(encoding="utf-8").replace("示例市样板路3号", "长" * 36), encoding="utf-8")
    with pytest.raises(ValueError, match=r"cards\.c01.*does not fit"):
        load_cards(file)
