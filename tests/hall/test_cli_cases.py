"""`hallkeeper cases` and `hallkeeper report tasks`: what goes in is answered by row, and counted."""

from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from cli import answering
from cli.cases import cases
from console.cases import COLUMNS, Registry, from_csv
from console.orders import Orders
from hallfile.load import load
from hallfile.premises import Premises
from tests.conftest import HandClock
from tests.hall.stage import Stage

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
ROWS = (
    ",".join(COLUMNS[:-2]),
    "DZ-1,施工许可证核发,住建局,2026-11-16,3,,build",
    "DZ-2,企业登记,市场监管局,2026-11-16,3,2026-11-18,firms",
    "DZ-3,企业登记,市场监管局,2026-12-24,3,,",
)


async def test_rows_are_answered_one_by_one_and_counted(
    clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Stage(load(EXAMPLE), clock, tmp_path).open() as stage:
        registry = Registry(Orders(stage.bus, True), Premises.open(EXAMPLE, tmp_path, None))
        answers = await registry.hand_over(from_csv("\n".join(ROWS)), "console/import", clock.now())
        assert [(answer.case, answer.ok, answer.reason) for answer in answers] == [
            ("DZ-1", True, None),
            ("DZ-2", True, None),
            ("DZ-3", False, "case_in_the_future"),
        ]
        clock.move(3 * 24 * 3600)
        await stage.until(lambda: any(task.card == "yellow" for task in stage.state.duties.tasks.values()))
    premises = Premises.open(EXAMPLE, tmp_path, None)
    page = Console(width=120, file=StringIO())
    monkeypatch.setattr(answering, "Console", lambda: page)
    answering.print_answering(premises, "2026-11-23")
    assert isinstance(page.file, StringIO)
    told = page.file.getvalue()
    assert "50.0% (1/2)" in told
    assert "DZ-1" in told


def test_without_a_hall_it_says_what_to_do(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(cases)
    file = tmp_path / "cases.csv"
    file.write_text("\n".join(ROWS), encoding="utf-8")
    told = CliRunner().invoke(app, [str(file), "--hall", str(EXAMPLE), "--data", str(tmp_path / "hall")])
    assert told.exit_code != 0
    assert "hallkeeper up" in told.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"case,colour\n", "colour"),
        # as a spreadsheet of a Chinese Windows saves it
        ("\n".join(ROWS).encode("gb18030"), "save it as “CSV UTF-8”"),
        (None, "check its name"),
    ],
)
def test_a_file_that_can_not_be_read_is_said_with_what_to_do(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    app = typer.Typer()
    app.command()(cases)
    file = tmp_path / "cases.csv"
    if content is not None:
        file.write_bytes(content)
    told = CliRunner().invoke(app, [str(file), "--hall", str(EXAMPLE), "--data", str(tmp_path / "hall")])
    assert told.exit_code != 0
    assert said in told.output


def test_the_examples_cases_can_be_read() -> None:
    rows = from_csv((EXAMPLE.parent / "cases.csv").read_text(encoding="utf-8"))
    assert [row.note is not None for row in rows] == [False, True, True]
