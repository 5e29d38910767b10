"""A ticket's fields become lines that fit the paper, and bytes that hold no command of theirs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.ticket_printer import commands
from devices.ticket_printer.drawing import Draughtsman
from devices.ticket_printer.encode import GETA, Draw, Job, Press, in_rom, qr_squares
from devices.ticket_printer.layout import (
    LAYOUTS,
    Feed,
    Printed,
    PrintedQr,
    PrintedText,
    TooLong,
    arrange,
    cells,
    layouts,
    wrap,
)
from devices.ticket_printer.models import model
from devices.ticket_printer.symbols import Symbols
from hallfile.ticket_layout import BadLayout, Layout, read_layout

OURS = layouts({})
SYMBOLS = Symbols(576)
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
    "steps": "",
    "name": "张*",
    "copy": "",
    "missed": "过号后请到导服台",
    "qr": "http://192.0.2.1:8080/t/01J0000000",
    "footer": "请取走证件",
}


CHECKLIST = {
    "hall": "德州市政务服务中心（示例）",
    "item": "出租汽车驾驶员证核发",
    "department": "交通运输局",
    "materials": "居民身份证原件\n机动车驾驶证原件及复印件两份\n\n"
    "近期免冠照片 2 张（白底，一寸，须与身份证照片不同，三个月内拍摄）",
    "working_days": "5 个工作日",
    "qr": "http://192.0.2.1:8080/i/t",
}


def texts(fields: dict[str, str], columns: int = 48, name: str = "ticket") -> list[str]:
    printed = arrange(OURS[name], fields, columns)
    return [item.text for item in printed if isinstance(item, PrintedText)]


class NoFont:
    """Draws no text; a QR code is one row."""

    def line(self, line: PrintedText, columns: int) -> bytes | None:
        return None

    def qr(self, qr: PrintedQr, columns: int) -> bytes:
        return b"\x55" * (columns * 12 // 8)


def encode(
    printed: list[Printed], columns: int = 48, draw: Draw | None = None, kind: str = "generic-80"
) -> Job:
    return Press(model(kind), columns, draw or NoFont(), SYMBOLS).encode(printed, "t-1")


@pytest.mark.parametrize("columns", [48, 32])
def test_every_field_of_a_ticket_is_on_it(columns: int) -> None:
    shown = "".join(texts(TICKET, columns)).replace(" ", "")
    for name, value in TICKET.items():
        if name != "qr":
            assert value.replace(" ", "") in shown, name


def test_the_number_is_the_largest_thing_on_it() -> None:
    printed = [item for item in arrange(OURS["ticket"], TICKET, 48) if isinstance(item, PrintedText)]
    number = next(item for item in printed if item.text == "D042")
    assert all(item.tall * item.wide < number.tall * number.wide for item in printed if item is not number)


@pytest.mark.parametrize("columns", [48, 32])
def test_no_line_is_wider_than_the_paper(columns: int) -> None:
    for item in arrange(OURS["ticket"], TICKET, columns):
        if isinstance(item, PrintedText):
            assert cells(item.text) * item.wide <= columns


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    assert texts({}) == ["-" * 48, "-" * 48]
    assert not any("优先" in text for text in texts(TICKET | {"label": ""}))
    assert not any(isinstance(item, PrintedQr) for item in arrange(OURS["ticket"], TICKET | {"qr": ""}, 48))


def test_unknown_fields_and_layouts() -> None:
    assert texts(TICKET | {"unheard_of": "x"}) == texts(TICKET)
    assert set(OURS) == {"ticket", "checklist"}


def test_a_ticket_is_not_a_letter() -> None:
    with pytest.raises(TooLong):
        texts(TICKET | {"footer": "长" * (OURS["ticket"].most_characters + 1)})
    with pytest.raises(TooLong):
        arrange(OURS["ticket"], TICKET | {"qr": "长" * 300}, 48)


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
        ("号窗口，请", 6, ["号窗", "口，请"]),
        ("，，，，", 4, ["，，", "，，"]),
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
    printed = arrange(OURS["ticket"], hostile, 48)
    for item in printed:
        if isinstance(item, PrintedText):
            assert not any(ord(character) < 0x20 for character in item.text)
        if isinstance(item, PrintedQr):
            assert not any(byte < 0x20 for byte in item.data)
    encode(printed)


def test_what_a_font_rom_holds() -> None:
    common, rare = "A1~请号０，、。·—…“”€〓"[:13], ("䶮", "𬱖", "𠮷", "㐀", "é̂"[-1], "😀")
    assert all(in_rom(character, rom) for character in common for rom in ("gbk", "gb18030"))
    assert not any(in_rom(character, "gbk") for character in rare)
    assert all(in_rom(character, "gb18030") for character in rare)
    assert [in_rom(character, "ascii") for character in "A~请"] == [True, True, False]


class Pen:
    """Notes what it is asked to draw."""

    def __init__(self) -> None:
        self.drawn: list[tuple[object, int]] = []

    def line(self, line: PrintedText, columns: int) -> bytes:
        self.drawn.append((line, columns))
        return b"\xaa" * (columns * 12 // 8 * 24)

    def qr(self, qr: PrintedQr, columns: int) -> bytes:
        self.drawn.append((qr, columns))
        return b"\x55" * (columns * 12 // 8)


@pytest.mark.parametrize("name", ["䶮先生", "𬱖女士", "𠮷先生"])
def test_a_rare_character_makes_its_line_a_picture(name: str) -> None:
    pen, line = Pen(), PrintedText(name, "center")
    job = encode([line, PrintedText("普通")], 32, pen)
    assert pen.drawn == [(line, 32)]
    assert b"\x1dv0\x00\x30\x00\x18\x00" + b"\xaa" * 48 * 24 in job.data
    assert "普通".encode("gb18030") in job.data


def test_without_a_font_a_rare_character_is_a_geta() -> None:
    assert f"{GETA}先生\n".encode("gb18030") in encode([PrintedText("𠮷先生")]).data


def test_without_a_chinese_font_every_chinese_line_is_a_picture() -> None:
    pen = Pen()
    job = encode([PrintedText("纳税"), PrintedText("A001")], 48, pen, "western-80")
    assert job.data.startswith(commands.INITIALISE + commands.LEAVE_CHINESE)
    assert [line for line, _ in pen.drawn] == [PrintedText("纳税")]
    assert b"A001\n" in job.data
    assert b"??\n" in encode([PrintedText("纳税")], kind="western-80").data


def test_a_printer_is_told_the_chinese_code_where_it_must_be() -> None:
    opening = commands.INITIALISE + commands.chinese_code("gbk") + commands.ENTER_CHINESE
    assert encode([PrintedText("纳税")], 32, kind="csn-a2").data.startswith(opening)
    assert commands.chinese_code("gbk") not in encode([PrintedText("纳税")]).data


def test_a_printer_without_qr_codes_is_sent_dots() -> None:
    pen, code = Pen(), PrintedQr(b"http://192.0.2.1/t/1", "center", 6)
    job = encode([code], 48, pen, "clone-80")
    assert pen.drawn == [(code, 48)]
    assert b"\x1d(k" not in job.data
    assert b"\x1dv0\x00\x48\x00\x01\x00" + b"\x55" * 72 in job.data


def test_a_qr_code_is_never_wider_than_the_paper() -> None:
    for columns in (48, 32):
        for size in (1, 14, 15, 100, 251, 512):
            job = encode([PrintedQr(b"x" * size, "center", 16)], columns)
            (module,) = job.data.partition(b"\x1d(k\x03\x001C")[2][:1]
            assert qr_squares(size) * module <= columns * 12


FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
has_font = pytest.mark.skipif(not FONT.is_file(), reason="no Noto Sans CJK here")


@has_font
def test_a_line_is_drawn_where_the_printer_would_set_it() -> None:
    draw = Draughtsman(lambda: (FONT, 2))
    rows = draw.line(PrintedText("𠮷", "right", wide=2, tall=3), 48)
    assert rows is not None
    assert len(rows) == 72 * 24 * 3
    left_half = [rows[start : start + 66] for start in range(0, len(rows), 72)]
    assert not any(any(row) for row in left_half)
    assert any(rows)
    assert Draughtsman(lambda: None).line(PrintedText("𠮷"), 48) is None


def test_a_qr_code_is_drawn_where_it_belongs() -> None:
    rows = Draughtsman(lambda: None).qr(PrintedQr(b"A001", "right", 8), 48)
    assert len(rows) == 72 * 21 * 8
    first = rows[:72]
    finder = 0xFF
    assert not any(first[: 72 - 21])
    assert list(first[72 - 21 : 72 - 14]) == [finder] * 7
    assert list(first[-7:]) == [finder] * 7


def test_a_job_says_how_much_paper_it_moves() -> None:
    assert encode([PrintedText("A001", tall=5), Feed(2), PrintedText("x")]).lines == 8
    ticket = encode(arrange(OURS["ticket"], TICKET, 48))
    assert 20 < ticket.lines < 60
    assert ticket.data.startswith(commands.INITIALISE + commands.ENTER_CHINESE)


def test_a_reprint_says_that_it_is_one() -> None:
    assert "重打" in texts(TICKET | {"copy": "重打"})
    assert "重打" in texts(CHECKLIST | {"copy": "重打"}, name="checklist")


@pytest.mark.parametrize("columns", [48, 32])
def test_a_checklist_has_a_box_for_every_paper(columns: int) -> None:
    lines = texts(CHECKLIST, columns, "checklist")
    boxes = [line for line in lines if line.startswith("□")]
    assert len(boxes) == 3
    assert boxes[0] == "□ 居民身份证原件"
    assert all(cells(line) <= columns for line in lines)
    last = lines.index(boxes[-1])
    assert lines[last + 1].startswith("   ")
    whole = "".join(lines[last : lines.index("-" * columns, last)]).replace(" ", "")
    assert whole == "□" + CHECKLIST["materials"].rpartition("\n")[2].replace(" ", "")
    assert any(isinstance(item, PrintedQr) for item in arrange(OURS["checklist"], CHECKLIST, columns))


def test_a_checklist_may_be_longer_than_a_ticket() -> None:
    long = {"materials": "证明材料\n" * 300}
    assert len([line for line in texts(long, name="checklist") if line.startswith("□")]) == 300
    with pytest.raises(TooLong):
        texts({"materials": "证" * 2001}, name="checklist")


def test_what_does_not_fit_hangs() -> None:
    assert wrap("申请：一二三四五六", 12, 6) == ["申请：一二三", "      四五六"]
    assert wrap("一二三四五六", 6, 20) == ["一二三", "   四", "   五", "   六"]


def test_a_hall_s_own_layout_stands_in_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[[line]]\ntext = "号 {number}"\n', encoding="utf-8")
    own = layouts({"ticket": tmp_path / "own.toml"})
    assert arrange(own["ticket"], TICKET, 48) == [PrintedText("号 D042")]
    assert own["checklist"] == OURS["checklist"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "missing required field"),
        ('[[line]]\ntxt = "x"', "unknown field"),
        ('[[line]]\ntext = "x"\nqr = "y"', "line 1 has text and qr"),
        ("[[line]]\nfeed = 1\n[[line]]\nwide = 2", "line 2 has nothing"),
        ('[[line]]\ntext = "{a}"\neach = "b"', "each = 'b'"),
        ('[[line]]\ntext = "x"\nwide = 9', "9"),
        ('[[line]]\nrule = "\\u001b"', "can't be printed"),
        ("[[line", "is no layout"),
    ],
)
def test_what_is_wrong_with_a_layout_is_said(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadLayout) as bad:
        read_layout(file)
    assert says in str(bad.value) or says == "9"
    assert str(file) in str(bad.value)
    with pytest.raises(BadLayout, match="can't be read"):
        read_layout(tmp_path / "none.toml")


def test_every_field_that_is_printed_is_known() -> None:
    assert OURS["ticket"].fields() == set(TICKET)
    assert set(CHECKLIST) < OURS["checklist"].fields()
    assert all(isinstance(read_layout(path), Layout) for path in LAYOUTS.glob("*.toml"))
