"""The simulated ticket printer: physics of paper and head, and the answers of protocols.md 2.1–2.5."""

import random

import numpy as np
import pytest

from simulators.ticket_printer.commands import CommandReader
from simulators.ticket_printer.dialects import DIALECTS, Dialect
from simulators.ticket_printer.drawing import INK, draw
from simulators.ticket_printer.line import Line
from simulators.ticket_printer.machine import Printer
from tests.golden import Vector, vector, vectors

ASK_PRINTER, ASK_COVER, ASK_ERROR, ASK_PAPER = (bytes([0x10, 0x04, n]) for n in (1, 2, 3, 4))
MARKER = bytes.fromhex("1D 72 01")
CUT = bytes.fromhex("1D 56 42 00")
QR = (
    bytes.fromhex("1D 28 6B 04 00 31 41 32 00  1D 28 6B 03 00 31 43 06  1D 28 6B 03 00 31 45 31")
    + bytes.fromhex("1D 28 6B 0B 00 31 50 30")
    + b"https://"
    + bytes.fromhex("1D 28 6B 03 00 31 51 30")
)


def printer(model: str = "generic-80") -> Printer:
    return Printer(DIALECTS[model])


def say(machine: Printer, data: bytes, now: float = 0.0) -> bytes:
    machine.receive(data, now)
    machine.advance(now)
    return machine.take()


def finish(machine: Printer, now: float = 0.0) -> tuple[float, bytes]:
    """Let time pass until nothing more comes by itself."""
    said = b""
    while (due := machine.due()) is not None:
        now = max(now, due)
        machine.advance(now)
        said += machine.take()
    return now, said


def ticket(text: str = "请A001号到3号窗口办理") -> bytes:
    return b"\x1b@\x1c&" + text.encode("gb18030") + b"\n" + CUT


def test_all_well_is_answered_as_2_1_says() -> None:
    assert say(printer(), ASK_PRINTER + ASK_COVER + ASK_ERROR + ASK_PAPER) == bytes.fromhex("12 12 12 12")


@pytest.mark.parametrize(
    ("attribute", "value", "answers"),
    [
        ("paper_mm", 2000.0, "12 12 12 1E"),
        ("paper_mm", 0.0, "1A 32 12 7E"),
        ("cover_open", True, "1A 16 12 12"),
        ("cutter_stuck", True, "1A 52 1A 12"),
        ("jammed", True, "1A 52 16 12"),
        ("hot", True, "1A 52 52 12"),
    ],
)
def test_each_trouble_has_its_bits(attribute: str, value: object, answers: str) -> None:
    machine = printer()
    setattr(machine, attribute, value)
    assert say(machine, ASK_PRINTER + ASK_COVER + ASK_ERROR + ASK_PAPER) == bytes.fromhex(answers)


def test_a_clone_does_not_feel_the_near_end() -> None:
    machine = printer("clone-80")
    machine.paper_mm = 100.0
    assert say(machine, ASK_PAPER) == b"\x12"


@pytest.mark.parametrize("golden", vectors("escpos"), ids=lambda golden: golden.name)
def test_golden_bytes_are_commands_for_this_printer_and_answers_of_it(golden: Vector) -> None:
    if golden.to == "device":
        reader = CommandReader()
        found = [command for byte in golden.bytes for command in reader.feed(bytes([byte]), 0.0)]
        assert "unknown" not in {command.name for command in found}
        assert list(CommandReader().feed(golden.bytes + b"\n", 0.0))[-1].name == "control"
        return
    faults = {
        "offline": {"cover_open": True},
        "cover open": {"cover_open": True},
        "near end": {"paper_mm": 1000.0},
        "paper end with near end": {"paper_mm": 0.0},
        "stopped by paper end": {"paper_mm": 0.0},
        "cutter error": {"cutter_stuck": True},
        "mechanical error": {"jammed": True},
        "head too hot": {"hot": True},
    }
    if (n := golden.means.get("n")) and (golden.name.startswith("all well") or golden.name in faults):
        machine = printer()
        for attribute, value in faults.get(golden.name, {}).items():
            setattr(machine, attribute, value)
        assert say(machine, bytes([0x10, 0x04, n])) == golden.bytes


def test_the_golden_qr_code_and_picture_come_out() -> None:
    machine = printer()
    qr, picture = vector("escpos", "QR code of A001"), vector("escpos", "two rows of sixteen dots")
    say(machine, qr.bytes + picture.bytes + vector("escpos", "Chinese text").bytes + CUT)
    finish(machine)
    assert machine.last_qr == "A001"
    code, raster, line = (mark for _, mark in machine.paper.strip().marks)
    assert (code.height, raster.width, raster.height) == (21 * 6, 16, 2)
    assert isinstance(line, Line)
    assert line.text == vector("escpos", "Chinese text").means["text"]


def test_the_marker_is_answered_when_the_head_has_passed_it_and_real_time_status_before() -> None:
    machine = printer()
    assert say(machine, ticket() + MARKER + ASK_PRINTER) == b"\x12"
    assert machine.take() == b""
    now, said = finish(machine)
    assert said == b"\x00"
    line_mm, to_blade_mm = 30 / 8, 12
    assert now == pytest.approx((line_mm + to_blade_mm) / 150 + 0.25)


def test_paper_runs_out_in_the_middle_and_the_job_is_finished_after_loading() -> None:
    machine = printer()
    machine.paper_mm = 10.0
    say(machine, b"".join(b"%d\n" % line for line in range(6)) + CUT + MARKER)
    now, said = finish(machine)
    assert machine.paper_out
    assert said == b""
    assert say(machine, ASK_COVER + ASK_PAPER, now + 60) == bytes.fromhex("32 7E")
    machine.paper_mm = 1000.0
    machine.advance(now + 100)
    later, said = finish(machine, now + 100)
    assert said == b"\x03"
    assert later > now + 100 + 0.25
    assert machine.paper.last_ticket() == ["0", "1", "2", "3", "4", "5"]


def test_an_open_cover_stops_everything_but_the_real_time_answers() -> None:
    machine = printer()
    machine.cover_open = True
    assert say(machine, ticket() + MARKER) == b""
    assert machine.due() is None
    assert say(machine, ASK_PRINTER, 50.0) == b"\x1a"
    machine.cover_open = False
    machine.advance(60.0)
    assert finish(machine, 60.0)[1] == b"\x00"


def test_status_is_pushed_once_when_asked_for_and_then_on_every_change() -> None:
    machine = printer()
    assert say(machine, bytes.fromhex("1D 61 0E")) == bytes.fromhex("10 00 00 00")
    machine.cover_open = True
    assert say(machine, b"") == bytes.fromhex("38 00 00 00")
    assert say(machine, b"") == b""
    machine.cover_open, machine.paper_mm = False, 0.0
    assert say(machine, b"") == bytes.fromhex("18 00 0F 00")


def test_a_process_id_is_answered_by_those_who_know_it() -> None:
    asked = bytes.fromhex("1D 28 48 06 00 30 30 41 42 43 44")
    for model, answer in (("epson-80", bytes.fromhex("37 22 41 42 43 44 00")), ("generic-80", b"")):
        machine = printer(model)
        say(machine, ticket() + asked)
        assert finish(machine)[1] == answer


def test_clearing_an_error_with_dle_enq_2_drops_the_job() -> None:
    machine = printer()
    machine.cutter_stuck = True
    say(machine, ticket() + MARKER)
    say(machine, bytes.fromhex("10 05 02"), 1.0)
    machine.cutter_stuck = False
    machine.advance(2.0)
    assert finish(machine, 2.0) == (2.0, b"")
    assert machine.paper.tickets == 0


def test_clearing_the_buffers_throws_away_what_came_before_and_nothing_after() -> None:
    clear = vector("escpos", "clear buffers").bytes
    for model, told, tickets in (("generic-80", "37 25 00", 1), ("clone-80", "", 2)):
        machine = printer(model)
        machine.paper_mm = 0.0
        said = b""
        for byte in b"half a line" + ticket("old") + clear + ticket("new") + MARKER:
            said += say(machine, bytes([byte]))
        assert said == bytes.fromhex(told)
        machine.paper_mm = 9000.0
        machine.advance(9.0)
        assert finish(machine, 9.0)[1] == b"\x00"
        assert machine.paper.tickets == tickets
        assert machine.paper.last_ticket() == ["new"]
        assert list(machine.jobs_begun) == [0.0, 0.0]


def test_a_status_query_inside_a_picture_is_answered_and_printed() -> None:
    machine = printer()
    picture = bytes.fromhex("1D 76 30 00 04 00 02 00") + b"\xff\x10\x04\x01\xff\xff\xff\xff"
    assert say(machine, picture) == b"\x12"
    finish(machine)
    assert len(machine.paper.strip().marks) == 1


def test_one_byte_at_a_time_prints_the_same() -> None:
    whole, pieces = printer(), printer()
    job = ticket("前面等候 3 人") + QR + ticket("重打") + MARKER
    say(whole, job)
    for byte in job:
        say(pieces, bytes([byte]))
    assert finish(whole) == finish(pieces)
    assert whole.paper.strip() == pieces.paper.strip()


def test_text_follows_the_modes() -> None:
    machine = Printer(Dialect(code_command=True))
    say(machine, "纳税".encode("gb18030") + b"\n")
    say(machine, b"\x1c.\xc4\x1c&" + "税\n".encode("gb18030"))
    say(machine, b"\x1b9\x01" + "企业\n".encode() + b"\x1b@" + "人\n".encode("gb18030") + CUT)
    finish(machine)
    assert machine.paper.last_ticket() == ["纳税", "─税", "企业", "人"]


def test_a_four_byte_character_is_not_in_the_font_memory() -> None:
    machine = printer()
    say(machine, "张㐀\n".encode("gb18030") + CUT)
    finish(machine)
    assert machine.paper.last_ticket() == ["张□"]


def test_a_long_line_is_wrapped_at_48_columns() -> None:
    machine = printer()
    say(machine, b"1" * 50 + b"\n" + "号".encode("gb18030") * 25 + b"\n" + CUT)
    finish(machine)
    assert machine.paper.last_ticket() == ["1" * 48, "11", "号" * 24, "号"]


def test_a_cut_without_a_feed_goes_through_the_last_lines() -> None:
    machine = printer()
    say(machine, b"1\n2\n3\n4\n5\n6\n" + bytes.fromhex("1D 56 00") + ticket("next"))
    finish(machine)
    assert machine.paper.last_ticket() == ["4", "5", "6", "next"]


def test_the_first_byte_of_each_job_is_noted_and_questions_are_none() -> None:
    machine = printer()
    say(machine, ASK_PRINTER + MARKER + bytes.fromhex("1D 61 0E 1D 49 43"), 1.0)
    assert not machine.jobs_begun
    say(machine, ticket()[:5], 2.0)
    say(machine, ticket()[5:] + MARKER, 3.0)
    say(machine, ticket() + MARKER, 3.1)
    assert list(machine.jobs_begun) == [2.0, 3.1]


def test_a_flood_of_garbage_stays_within_bounds() -> None:
    machine = printer()
    machine.cover_open = True
    chance = random.Random(1)
    for second in range(40):
        say(machine, chance.randbytes(16384), float(second))
    assert machine.overrun > 0
    machine.hang_up()
    machine.cover_open = False
    machine.paper_mm = 1e9
    machine.advance(100.0)
    finish(machine, 100.0)
    say(machine, ticket("after"), 1e6)
    finish(machine, 1e6)
    assert machine.paper.last_ticket()[-1].endswith("after")
    assert len(machine.paper.strip().marks) <= 400


def test_a_picture_out_of_range_is_no_picture() -> None:
    reader = CommandReader()
    found = list(reader.feed(bytes.fromhex("1D 76 30 00 FF FF FF FF") + b"text\n", 0.0))
    assert [command.name for command in found] == ["unknown", "text", "control"]


def test_the_strip_is_drawn_with_its_qr_code() -> None:
    machine = Printer(Dialect())
    say(machine, b"\x1ba\x01" + "德州市".encode("gb18030") + b"\n" + QR + CUT[:-1] + b"\x40")
    finish(machine)
    image = np.asarray(draw(machine.paper.strip(), 576))
    assert image.shape[1] == 576
    rows = np.flatnonzero((image == INK).any(axis=1))
    assert machine.last_qr == "https://"
    finder = image[rows[-1] - 7 * 6 + 1 : rows[-1] + 1, (576 - 21 * 6) // 2 : (576 - 21 * 6) // 2 + 7 * 6]
    assert (finder[0] == INK).all()
    assert (finder[:, 0] == INK).all()
