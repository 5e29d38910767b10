"""`hallkeeper report`: a day's picture, a week's and a month's tables, and what is wrong in a sentence."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from hall.journal import Journal, journal_path
from tests.unit.test_hall_reports import a_day

HALL = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    journal = Journal.open(journal_path(tmp_path))
    with journal.transaction():
        journal.append(a_day().events)
    journal.close()
    return tmp_path


def ask(line: str, data: Path) -> tuple[int, str]:
    ran = CliRunner().invoke(app, ["report", *shlex.split(line), str(HALL), "--data", str(data)])
    return ran.exit_code, ran.output


def test_a_day_is_printed_or_drawn(data: Path) -> None:
    assert "ratings" in ask("day", data)[1]
    file = data / "out" / "day.html"
    code, said = ask(f"day --html {file} --lang en", data)
    assert (code, said.strip()) == (0, str(file))
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "People waiting" in page


def test_a_week_and_a_month_are_tables(data: Path) -> None:
    code, said = ask(f"week --csv {data}/w.csv --html {data}/w.html", data)
    assert code == 0
    assert "周通报 2026-11-16 至 2026-11-22" in said
    assert (data / "w.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "按窗口" in (data / "w.html").read_text(encoding="utf-8")
    assert "月通报 2026-11-01 至 2026-11-30" in ask("month --day 2026-11-20", data)[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("year", "there is no report 'year'"),
        ("week --day yesterday", "write YYYY-MM-DD"),
        ("day --html /proc/no/such.html", "can't be written"),
    ],
)
def test_what_is_wrong_is_said(line: str, words: str, data: Path) -> None:
    code, said = ask(line, data)
    assert code != 0
    assert words in said


def test_without_a_journal_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    assert "bring the hall up first" in ask("week", tmp_path)[1]
