"""A ticket's fields become lines that fit the paper, and bytes that hold no command of theirs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.ticket_printer import codec
from devices.ticket_printer.drawing import Draughtsman
from devices.ticket_printer.encode import GETA, encode, in_font_rom
from devices.ticket_printer.layout import (
    MOST_CHARACTERS,
    Feed,
    PrintedQr,
    PrintedText,
    TooLong,
    UnknownLayout,
    arrange,
    cells,
    layout,
    wrap,
)

TICKET = {
    "hall": "德州市政务服务中心（示例）",
    "hall_en": "Dezhou Government Service Hall (example)",
    "service": "户籍/出入境",
    "service_en": "Household & exit-entry",
    "number": "D042",
    "ahead": "3",
    "forecast": "12–20",
    "time": "2026-11-20 09:00",
    "zone": "政法服务区",
    "counters": "9、11",
    "label": "优先",
    "name": "张*",
    "copy": "",
    "missed": "过号后请到导办台",
    "qr": "http://192.0.2.1:8080/t/01J0000000",
    "footer": "请取走证件",
}


def texts(fields: dict[str, str], columns: int = 48) -> list[str]:
    printed = arrange(layout("ticket"), fields, columns)
    return [item.text for item in printed if isinstance(item, PrintedText)]


def no_font(line: PrintedText, columns: int) -> bytes | None:
    return None


@pytest.mark.parametrize("columns", [48, 32])
def test_every_field_of_a_ticket_is_on_it(columns: int) -> None:
    shown = "".join(texts(TICKET, columns)).replace(" ", "")
    for name, value in TICKET.items():
        if name != "qr":
            assert value.replace(" ", "") in shown, name


def test_the_number_is_the_largest_thing_on_it() -> None:
    printed = [item for item in arrange(layout("ticket"), TICKET, 48) if isinstance(item, PrintedText)]
    number = next(item for item in printed if item.text == "D042")
    assert all(item.tall * item.wide < number.tall * number.wide for item in printed if item is not number)


@pytest.mark.parametrize("columns", [48, 32])
def test_no_line_is_wider_than_the_paper(columns: int) -> None:
    for item in arrange(layout("ticket"), TICKET, columns):
        if isinstance(item, PrintedText):
            assert cells(item.text) * item.wide <= columns


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    assert texts({}) == ["-" * 48, "-" * 48]
    assert not any("优先" in text for text in texts(TICKET | {"label": ""}))
    assert not any(isinstance(item, PrintedQr) for item in arrange(layout("ticket"), TICKET | {"qr": ""}, 48))


def test_unknown_fields_and_layouts() -> None:
    assert texts(TICKET | {"unheard_of": "x"}) == texts(TICKET)
    for name in ("receipt", "../ticket", ""):
        with pytest.raises(UnknownLayout):
            layout(name)


def test_a_ticket_is_not_a_letter() -> None:
    with pytest.raises(TooLong):
        texts(TICKET | {"footer": "长" * (MOST_CHARACTERS + 1)})
    with pytest.raises(TooLong):
        arrange(layout("ticket"), TICKET | {"qr": "长" * 300}, 48)


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("中文中文", 8, ["中文中文"]),
        ("中文中文", 7, ["中文中", "文"]),
        ("a中b文", 3, ["a中", "b文"]),
        ("take your card with you", 10, ["take your", "card with", "you"]),
        ("Donaudampfschiff", 10, ["Donaudampf", "schiff"]),
        ("一\n二", 8, ["一", "二"]),
        ("中", 1, ["中"]),
        ("", 8, [""]),
    ],
)
def test_lines_break_where_the_paper_ends(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


@given(st.text(max_size=200), st.integers(2, 48))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= columns for line in lines)


@given(st.dictionaries(st.sampled_from(list(TICKET)), st.text(max_size=60)))
def test_a_field_is_never_a_command(fields: dict[str, str]) -> None:
    hostile = {name: value + "\x1b@\x10\x04\x01\x1dV\x00" for name, value in fields.items()}
    printed = arrange(layout("ticket"), hostile, 48)
    for item in printed:
        if isinstance(item, PrintedText):
            assert not any(ord(character) < 0x20 for character in item.text)
        if isinstance(item, PrintedQr):
            assert not any(byte < 0x20 for byte in item.data)
    encode(printed, 48, no_font)


def test_what_a_font_rom_holds() -> None:
    assert all(map(in_font_rom, "A1~请号０，、。·—…“”€〓"[:13]))
    for rare in ("𠮷", "㐀", "é̂"[-1], "😀"):
        assert not in_font_rom(rare)


def test_a_rare_character_makes_its_line_a_picture() -> None:
    drawn: list[tuple[PrintedText, int]] = []

    def draw(line: PrintedText, columns: int) -> bytes:
        drawn.append((line, columns))
        return b"\xaa" * (columns * 12 // 8 * 24)

    line = PrintedText("𠮷先生", "center")
    job = encode([line, PrintedText("普通")], 32, draw)
    assert drawn == [(line, 32)]
    assert b"\x1dv0\x00\x30\x00\x18\x00" + b"\xaa" * 48 * 24 in job.data
    assert "普通".encode("gb18030") in job.data


def test_without_a_font_a_rare_character_is_a_geta() -> None:
    job = encode([PrintedText("𠮷先生")], 48, no_font)
    assert f"{GETA}先生\n".encode("gb18030") in job.data


def test_a_line_is_drawn_where_the_printer_would_set_it() -> None:
    font = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    if not font.is_file():
        pytest.skip("no Noto Sans CJK here")
    draw = Draughtsman(lambda: (font, 2))
    rows = draw(PrintedText("𠮷", "right", wide=2, tall=3), 48)
    assert rows is not None
    assert len(rows) == 72 * 24 * 3
    left_half = [rows[start : start + 66] for start in range(0, len(rows), 72)]
    assert not any(any(row) for row in left_half)
    assert any(rows)
    assert Draughtsman(lambda: None)(PrintedText("𠮷"), 48) is None


def test_a_job_says_how_much_paper_it_moves() -> None:
    job = encode([PrintedText("A001", tall=5), Feed(2), PrintedText("x")], 48, no_font)
    assert job.lines == 8
    ticket = encode(arrange(layout("ticket"), TICKET, 48), 48, no_font)
    assert 20 < ticket.lines < 60
    assert ticket.data.startswith(codec.INITIALISE + codec.CHINESE_MODE)
