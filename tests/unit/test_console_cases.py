"""Cases as a city hands them over: rows of CSV and JSON, and what is said of those that can't be read."""

from datetime import date

import pytest

from console.cases import ROWS_MOST, BadRows, CaseRow, from_csv, from_json
from hallfile.notes import Note

HEAD = "case,item,department,accepted,promised_workdays,finished,zone\n"
ROW = "DZ-1,施工许可证核发,住建局,2026-11-16,5,,build\n"


def test_a_csv_file_as_a_spreadsheet_writes_it() -> None:
    first, second = from_csv("\ufeff" + HEAD + ROW + "DZ-2,企业登记,市场监管局,2026-11-16,3,2026-11-18,\n")
    assert first == CaseRow(
        case="DZ-1",
        item="施工许可证核发",
        department="住建局",
        accepted=date(2026, 11, 16),
        promised_workdays=5,
        zone="build",
    )
    assert second.finished == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "case, item"),
        ("case,colour\n", "colour"),
        (HEAD, "0 rows"),
        (HEAD + ROW + "DZ-2,x,y,yesterday,5\n", "line 3"),
        (HEAD + "DZ-2,x,y,2026-11-16,-1\n", "line 2"),
        (HEAD + "DZ-2,x,y,2026-11-16,5,,z,too much\n", "line 2"),
        (HEAD + ROW * (ROWS_MOST + 1), "1001 rows"),
    ],
)
def test_what_can_not_be_read_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadRows, match=says):
        from_csv(text)


def test_how_to_reach_somebody_is_read_and_never_quoted() -> None:
    head = HEAD.rstrip() + ",phone,token\n"
    row = ROW.rstrip()
    (both,) = from_csv(head + row + ",138 0000 0000,openid-7\n")
    assert both.note == Note(phone="138 0000 0000", words="openid-7")
    (neither,) = from_csv(head + row + ",,\n")
    assert neither.note is None
    with pytest.raises(BadRows, match=r"line 2.*phone") as refused:
        from_csv(head + row + ",call 13800000000 please,\n")
    assert "13800000000" not in str(refused.value)


def test_json() -> None:
    row = b'{"case":"1","item":"i","department":"d","accepted":"2026-11-16","promised_workdays":5}'
    assert from_json(b'{"cases":[' + row + b"]}")[0].case == "1"
    for bad in (b"", b"[]", b'{"cases":[]}', b'{"cases":[{"colour":1}]}', b"[" * 100_000):
        with pytest.raises(BadRows):
            from_json(bad)
