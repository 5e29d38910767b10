"""`hallkeeper ticket` shows papers as they will be printed, and says what it can't show."""

import tomllib
from pathlib import Path
from unicodedata import east_asian_width

import pytest
import tomli_w
from PIL import Image
from typer import Typer
from typer.testing import CliRunner, Result

from cli.ticket import ticket

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"


def run(*words: object) -> Result:
    app = Typer()
    app.command()(ticket)
    return CliRunner().invoke(app, [str(word) for word in words])


def on_screen(line: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(2 if east_asian_width(one) in ("W", "F") else 1 for one in line)


@pytest.mark.parametrize(("paper", "columns"), [(80, 48), (58, 32)])
@pytest.mark.parametrize("layout", ["ticket", "checklist"])
def test_a_paper_is_shown_in_its_own_width(layout: str, paper: int, columns: int) -> None:
    shown = run(DEZHOU, "--preview", "--layout", layout, "--paper", paper)
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert {on_screen(line) for line in lines} == {columns + 2}
    assert any({"ticket": "A042", "checklist": "一次性告知单"}[layout] in line for line in lines)
    assert not any("{" in line for line in lines)


def test_a_reprint_is_marked() -> None:
    assert "重打" in run(DEZHOU, "--preview", "--copy").stdout
    assert "重打" not in run(DEZHOU, "--preview").stdout


def test_a_picture_has_a_pixel_for_a_dot(tmp_path: Path) -> None:
    file = tmp_path / "ticket.png"
    assert run(DEZHOU, "--png", file, "--paper", 58).exit_code == 0
    with Image.open(file) as picture:
        assert picture.width == 384 + 48
        assert picture.getextrema() == (0, 255)


def test_the_hall_s_own_layout_is_the_one_shown(tmp_path: Path) -> None:
    tables = tomllib.loads(DEZHOU.read_text(encoding="utf-8"))
    tables["ticket"] = {"layouts": {"ticket": "own.toml"}}
    tables["simulation"].pop("cards", None)
    tables["touch"].pop("guide", None)
    hall = tmp_path / "hall.toml"
    hall.write_text(tomli_w.dumps(tables), encoding="utf-8")
    (tmp_path / "own.toml").write_text('[[line]]\ntext = "请等 {number} 号"\n', encoding="utf-8")
    assert "请等 A042 号" in run(hall, "--preview").stdout
    assert "own.toml; prints number" in run(hall).stdout
    (tmp_path / "own.toml").write_text("[[line]]\nwidth = 2\n", encoding="utf-8")
    wrong = run(hall, "--preview")
    assert wrong.exit_code == 2
    assert "ticket.layouts.ticket" in wrong.stderr
    assert "width" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--preview", "--layout", "letter"], "there are checklist, ticket"),
        (["--preview", "--printer", "p9"], "there are p1, p2"),
        (["--preview", "--paper", "112"], "takes paper of 80, 58 mm"),
        (["--png", "/nowhere/t.png"], "can't be written"),
    ],
)
def test_what_can_t_be_shown_is_said(words: list[str], says: str) -> None:
    shown = run(DEZHOU, *words)
    assert shown.exit_code == 2
    assert says in shown.stderr


def test_no_hall_file_is_said() -> None:
    assert "no such file" in run("/nowhere/hall.toml", "--preview").stderr
