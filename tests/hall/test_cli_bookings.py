"""`hallkeeper bookings` against a controller: handed in, listed, exported; what is wrong is told by line."""

import asyncio
import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from cli.bookings import COLUMNS, app
from hall.shell.persons import Persons
from hallfile.load import load
from tests.conftest import HandClock
from tests.hall.stage import Stage

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
NUMBER = "11010519491231002X"


@asynccontextmanager
async def hall(clock: HandClock, data: Path) -> AsyncIterator[Stage]:
    (data / "run").mkdir()
    async with Stage(load(EXAMPLE), clock, data).open() as stage:
        assert stage.controller is not None
        async with stage.controller.hatch(Persons(data / "keys")).opened(data / "run"):
            yield stage


async def run(data: Path, *words: str) -> Result:
    told = ["--hall", str(EXAMPLE), "--data", str(data)]
    return await asyncio.to_thread(CliRunner().invoke, app, [*words, *told])


def written(file: Path, *rows: str) -> str:
    file.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n", encoding="utf-8")
    return str(file)


async def test_a_file_goes_in_and_comes_out(clock: HandClock, tmp_path: Path) -> None:
    rows = (f"a,2026-11-20,10:00,CITY-0001,{NUMBER},,", "a,2026-11-20,10:00,CITY-0002,,app-7,")
    file = written(tmp_path / "bookings.csv", *rows)
    async with hall(clock, tmp_path):
        for _ in range(2):  # handed in again, nothing is doubled
            told = await run(tmp_path, "import", file)
            assert (told.exit_code, told.output) == (0, "2 of 2 bookings are in the hall's diary\n")
        assert "2026-11-20 10:00" in (await run(tmp_path, "list")).output
        assert (await run(tmp_path, "export", str(tmp_path / "out.csv"))).exit_code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert [(row["code"], row["service"], row["status"]) for row in found] == [
        ("CITY-0001", "a", "open"),
        ("CITY-0002", "a", "open"),
    ]


async def test_each_line_that_is_refused_is_named(clock: HandClock, tmp_path: Path) -> None:
    file = written(tmp_path / "bookings.csv", "a,2026-11-20,10:00,,,,", f"a,2026-11-20,10:10,,{NUMBER},,")
    async with hall(clock, tmp_path):
        told = await run(tmp_path, "import", file)
    assert told.exit_code == 1
    assert told.output.startswith("line 3: ")
    assert "no_such_slot" in told.output
    assert NUMBER not in told.output


async def test_a_file_that_can_t_be_read_hands_in_nothing(tmp_path: Path) -> None:
    spoiled = written(tmp_path / "spoiled.csv", f"a,2026-11-20,ten,,{NUMBER},,")
    for file, said in (
        (spoiled, "line 2: time is not written"),
        (str(tmp_path / "none.csv"), "can't be read"),
        (written(tmp_path / "empty.csv"), "no booking"),
    ):
        told = await run(tmp_path, "import", file)
        assert (told.exit_code, said in told.output) == (2, True), told.output
        assert NUMBER not in told.output


async def test_without_a_hall_the_hatch_is_closed(tmp_path: Path) -> None:
    told = await run(tmp_path, "list")
    assert told.exit_code == 2
    assert "start the hall first" in told.output
