"""A model of printer is a file, a golden file and a dialect of the simulator: all three, or none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.ticket_printer.drawing import Draughtsman
from devices.ticket_printer.encode import Press
from devices.ticket_printer.layout import Printed, PrintedQr, PrintedText
from devices.ticket_printer.models import MODELS, NotMade, model, models
from devices.ticket_printer.symbols import Symbols
from simulators.ticket_printer.dialects import DIALECTS
from simulators.ticket_printer.machine import Printer
from tests.golden import Vector, vectors

GOLDEN = Path(__file__).parents[1] / "golden" / "printers"
NAMES = sorted(models())

PAPER: list[Printed] = [
    PrintedText("A001", "center", 2, 2),
    PrintedText("纳税"),
    PrintedQr(b"A001", "center", 6),
]


def golden(name: str) -> dict[str, Vector]:
    return {found.name: found for found in vectors(f"printers/{name}")}


def on(paper: Vector) -> list[Printed]:
    """What of `PAPER` a model prints without pictures."""
    has_qr, lines = "qr" in paper.means, paper.means["lines"]
    return [item for item in PAPER if (has_qr if isinstance(item, PrintedQr) else item.text in lines)]


def said(machine: Printer, data: bytes) -> bytes:
    """All that it says to `data`, once the head is at rest."""
    machine.receive(data, 0.0)
    machine.advance(0.0)
    answer = machine.take()
    while (due := machine.due()) is not None:
        machine.advance(due)
        answer += machine.take()
    return answer


def test_each_model_has_its_file_its_golden_file_and_its_dialect() -> None:
    files = {path.stem for path in MODELS.glob("*.toml")}
    assert files == set(NAMES)
    assert {path.stem for path in GOLDEN.glob("*.toml")} == files
    assert set(DIALECTS) == files


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_written_as_the_model_takes_it(name: str) -> None:
    paper = golden(name)["paper"]
    kind = model(name)
    columns = kind.columns(min(kind.dots))
    press = Press(kind, columns, Draughtsman(lambda: None), Symbols(columns * 12))
    job = press.encode(on(paper), "t-1")
    # which id stands for a job is ours to choose; the golden one is A001
    assert job.data.replace(job.ident or b"", b"A001" if job.ident else b"") == paper.bytes
    assert (job.ident is not None) == (kind.confirm == "process_id")


@pytest.mark.parametrize("name", NAMES)
def test_the_simulated_model_prints_it_and_answers(name: str) -> None:
    known = golden(name)
    paper, machine = known["paper"], Printer(DIALECTS[name])
    assert said(machine, paper.bytes) == known["confirmed"].bytes
    assert [line for line in machine.paper.last_ticket() if line] == paper.means["lines"]
    assert machine.last_qr == paper.means.get("qr", "")
    for found in known.values():
        if (asked := found.means.get("answers", "paper")) != "paper":
            assert said(machine, bytes.fromhex(asked)) == found.bytes


@pytest.mark.parametrize("name", NAMES)
def test_what_the_model_s_file_says_of_it_the_simulated_one_does(name: str) -> None:
    kind, dialect = model(name), DIALECTS[name]
    assert (kind.confirm == "process_id") == dialect.process_id
    assert kind.rom == dialect.rom
    assert kind.presenter == dialect.presenter
    assert (kind.cut == "none") == (not dialect.blade)
    assert (kind.code is not None) == dialect.code_command
    assert dialect.draws_qr or kind.qr == "raster"
    assert dialect.pushes_status or not kind.push
    assert kind.title
    assert kind.source.startswith("protocols.md")


def test_a_model_that_there_is_not_is_named_with_those_there_are() -> None:
    with pytest.raises(NotMade, match=r"'epson'.*csn-a2, custom-kpm, epson-80"):
        model("epson")
    with pytest.raises(NotMade, match="58 mm"):
        model("generic-58").columns(80)
    assert [model("generic-80").columns(width) for width in (80, 58)] == [48, 32]


GBK = st.characters(codec="gbk", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"])
LINES = st.lists(st.text(GBK, min_size=1, max_size=16), min_size=1, max_size=4)


@given(LINES)
def test_what_is_written_is_what_is_read_on_the_paper(lines: list[str]) -> None:
    machine = Printer(DIALECTS["generic-80"])
    press = Press(model("generic-80"), 48, Draughtsman(lambda: None), Symbols(576))
    job = press.encode([PrintedText(line) for line in lines], "t-1")
    assert said(machine, job.data) == b"\x00"
    printed = [line for line in machine.paper.last_ticket() if line]
    assert printed == lines


@given(LINES, st.binary(min_size=0, max_size=200))
def test_a_job_is_found_after_whatever_came_before_it(lines: list[str], junk: bytes) -> None:
    """A printer that was switched on in the middle of a job passes over the rest of it."""
    machine = Printer(DIALECTS["epson-80"])
    press = Press(model("epson-80"), 48, Draughtsman(lambda: None), Symbols(576))
    job = press.encode([PrintedText(line) for line in lines], "t-1")
    said(machine, junk)
    machine.hang_up()
    assert job.ident is not None
    assert said(machine, job.data).endswith(b"\x37\x22" + job.ident + b"\x00")
