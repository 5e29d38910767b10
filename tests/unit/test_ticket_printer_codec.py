"""The printer's bytes in both directions, held to the golden vectors."""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.ticket_printer import codec, commands
from devices.ticket_printer.encode import Press
from devices.ticket_printer.layout import PrintedQr, PrintedText
from devices.ticket_printer.models import model
from devices.ticket_printer.status import STALE_S, Recollection, Status
from devices.ticket_printer.symbols import Symbols
from tests.golden import Vector, vector, vectors

REPLIES = [found for found in vectors("escpos") if found.to == "host"]
STATUSES = [found for found in REPLIES if "n" in found.means]
OTHERS = [found for found in REPLIES if "kind" in found.means]


def kind_of(found: Vector) -> str:
    return str(found.means.get("kind", "RealTimeStatus"))


def name_of(found: Vector) -> str:
    return found.name


def whole(data: bytes) -> list[codec.Reply]:
    return codec.ReplyParser().feed(data)


def piecemeal(data: bytes) -> list[codec.Reply]:
    parser = codec.ReplyParser()
    return [reply for byte in data for reply in parser.feed(bytes((byte,)))]


@pytest.mark.parametrize("read", [whole, piecemeal])
@pytest.mark.parametrize("found", REPLIES, ids=name_of)
def test_a_reply_is_told_by_its_bits(found: Vector, read: Any) -> None:
    replies = read(found.bytes)
    assert [type(reply).__name__ for reply in replies] == [kind_of(found)]


@pytest.mark.parametrize("read", [whole, piecemeal])
@pytest.mark.parametrize("found", REPLIES, ids=name_of)
def test_a_reply_is_found_between_junk(found: Vector, read: Any) -> None:
    # bit 7 is never set in a reply, so these bytes begin none and end none
    replies = read(b"\xff\x80\xa5" + found.bytes + b"\xfe\x91")
    kinds = [type(reply).__name__ for reply in replies]
    assert kinds == ["Unknown"] * 3 + [kind_of(found)] + ["Unknown"] * 2


@pytest.mark.parametrize("found", OTHERS, ids=name_of)
def test_a_reply_says_what_it_holds(found: Vector) -> None:
    (reply,) = whole(found.bytes)
    match reply:
        case codec.BufferedStatus(value):
            assert value == found.means["value"]
        case codec.AutomaticStatus(value):
            assert value == found.bytes
        case codec.Block(identifier, data):
            assert (identifier, data) == (found.means["identifier"], found.means["data"].encode())
        case codec.Text(data):
            assert data == found.means["data"].encode()
        case codec.Flow(go):
            assert go is found.means["go"]
        case _:
            pytest.fail(f"{reply} is none of these")


@pytest.mark.parametrize("found", STATUSES, ids=name_of)
def test_a_status_byte_means_these_words(found: Vector) -> None:
    answers: list[int | None] = [None, None, None, None]
    answers[found.means["n"] - 1] = found.bytes[0]
    status = Status(*answers)
    for word in ("paper", "cover", "cutter", "fault", "word"):
        if word in found.means:
            assert getattr(status, word) == found.means[word]
    if "fault" not in found.means:
        assert status.fault is None


def test_no_answer_is_never_a_fact() -> None:
    silent = Status()
    assert (silent.paper, silent.cover, silent.cutter) == ("unknown", "unknown", "unknown")
    assert silent.fault is None
    assert not silent.is_known


def test_two_replies_in_one_read_are_two() -> None:
    assert whole(b"\x12\x00\x37\x25\x00\x1e") == [
        codec.RealTimeStatus(0x12),
        codec.BufferedStatus(0x00),
        codec.Block(0x25, b""),
        codec.RealTimeStatus(0x1E),
    ]


def test_a_block_that_breaks_off_does_not_swallow_the_next_status() -> None:
    assert whole(b"\x37\x22\x41\x12")[-1] == codec.RealTimeStatus(0x12)
    assert whole(b"\x10\x00\x12")[-1] == codec.RealTimeStatus(0x12)


def test_a_flood_of_garbage_fills_nothing() -> None:
    noise = random.Random(7)
    parser = codec.ReplyParser()
    for _ in range(200):
        parser.feed(noise.randbytes(1000))
        assert len(parser._held) <= codec.MOST_TEXT
    parser.feed(b"\x37" + b"A" * 100_000)
    assert len(parser._held) <= codec.MOST_TEXT
    parser.reset()
    assert parser.feed(b"\x12") == [codec.RealTimeStatus(0x12)]


COMMANDS = {
    "initialise": commands.INITIALISE,
    "enter Chinese mode": commands.ENTER_CHINESE,
    "leave Chinese mode": commands.LEAVE_CHINESE,
    "feed and cut, partial": commands.CUTS["partial"],
    "marker": commands.MARKER,
    "push status": commands.PUSH_STATUS,
    "clear buffers": commands.CLEAR_BUFFERS,
    "recover after clearing buffers": commands.RECOVER,
}
SYMBOLS = Symbols(576)


class NoFont:
    """Draws nothing but where QR codes stand."""

    def line(self, line: PrintedText, columns: int) -> bytes | None:
        return None

    def qr(self, qr: PrintedQr, columns: int) -> bytes:
        return bytes(columns * 12 // 8)


PRESS = Press(model("generic-80"), 48, NoFont(), SYMBOLS)


@pytest.mark.parametrize("found", [f for f in vectors("escpos") if f.to == "device"], ids=name_of)
def test_a_command_is_written_as_published(found: Vector) -> None:
    assert _written(found) == found.bytes


def _written(found: Vector) -> bytes:
    match found.means:
        case {"ask": n}:
            return commands.ask_status(n)
        case {"align": where}:
            return commands.align(where)
        case {"wide": wide, "tall": tall}:
            return commands.size(wide, tall)
        case {"feed": lines}:
            return commands.feed(lines)
        case {"cut": cut}:
            return commands.CUTS[cut]
        case {"code": code}:
            return commands.chinese_code(code)
        case {"ident": ident}:
            return commands.ask_process_id(ident.encode())
        case {"qr": data, "module": module}:
            return SYMBOLS.qr(data.encode(), module)
        case {"rows": rows, "width_bytes": width}:
            return SYMBOLS.raster(width, bytes.fromhex(rows))
        case {"text": text}:
            job = PRESS.encode([PrintedText(text)], "t-1").data
            return job.partition(commands.size(1, 1))[2].partition(commands.CUTS["partial"])[0]
        case _:
            return COMMANDS[found.name]


def test_a_tall_raster_is_cut_into_blocks() -> None:
    data = SYMBOLS.raster(48, b"\x00" * 48 * 600)
    assert data.count(b"\x1dv0\x00") == 3
    assert len(data) == 48 * 600 + 3 * 8


def test_a_picture_holds_no_real_time_command() -> None:
    rows = SYMBOLS.raster(4, bytes.fromhex("10 04 01 00 10 05 02 10 14 08 01 03"))
    for second in (0x04, 0x05, 0x14):
        assert bytes((0x10, second)) not in rows[8:]


@given(st.binary(min_size=72, max_size=72 * 60).map(lambda dots: dots[: len(dots) // 72 * 72]))
def test_every_dot_of_a_picture_arrives(dots: bytes) -> None:
    raster = SYMBOLS.raster(72, dots)
    arrived = raster[8:]
    added = bytes(new ^ old for new, old in zip(arrived, dots, strict=True))
    assert len(arrived) == len(dots)
    assert all(byte in (0, 0x08) for byte in added)
    assert all(new & old == old for new, old in zip(arrived, dots, strict=True))


def test_the_marker_vector_ends_every_job() -> None:
    job = PRESS.encode([PrintedText("A001")], "t-1")
    assert job.data.endswith(
        vector("escpos", "feed and cut, partial").bytes + vector("escpos", "marker").bytes
    )
    assert job.ident is None


@given(st.text(max_size=60))
def test_a_process_id_is_printable_and_a_job_s_own(job: str) -> None:
    ident = commands.process_id(job)
    assert len(ident) == 4
    assert all(0x20 <= byte <= 0x7E for byte in ident)
    assert ident == commands.process_id(job)
    assert ident != commands.process_id(job + "-2")


def test_the_library_leaves_no_trace() -> None:
    """It is imported in a process of its own: here it has been for long."""
    asked = (
        "import glob, os, tempfile\n"
        "from devices.ticket_printer.symbols import DATABASE, Symbols\n"
        "before = set(glob.glob(tempfile.gettempdir() + '/*'))\n"
        "os.environ[DATABASE] = 'as it was'\n"
        "Symbols(576).raster(1, b'x')\n"
        "assert os.environ[DATABASE] == 'as it was'\n"
        "assert set(glob.glob(tempfile.gettempdir() + '/*')) <= before\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [sys.executable, "-c", asked],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


FULL = vectors("custom_full_status")


@pytest.mark.parametrize("found", FULL, ids=name_of)
@pytest.mark.parametrize("junk", [b"", b"\xff\x80", b"\x12\x00", b"\x10\x00\xff"], ids=bytes.hex)
def test_a_full_status_is_told_where_there_is_a_presenter(found: Vector, junk: bytes) -> None:
    whole = codec.ReplyParser(full_status=True).feed(junk + found.bytes + b"\x12")
    parser = codec.ReplyParser(full_status=True)
    assert [reply for byte in junk + found.bytes + b"\x12" for reply in parser.feed(bytes((byte,)))] == whole
    assert whole[-2:] == [codec.FullStatus(found.bytes[2:]), codec.RealTimeStatus(0x12)]
    assert Status(mouth=found.bytes[2]).media == found.means["media"]


def test_without_a_presenter_the_same_bytes_are_a_pushed_status() -> None:
    assert whole(b"\x10\x0f\x00\x00") == [codec.AutomaticStatus(b"\x10\x0f\x00\x00")]


@pytest.mark.parametrize(
    ("name", "fault", "paper", "cover", "cutter"),
    [
        ("automatic status, ready", None, "full", "closed", "ok"),
        ("automatic status, cover open", "cover_open", "full", "open", "ok"),
        ("automatic status, paper end", "paper_out", "out", "closed", "ok"),
        ("automatic status, near end", None, "low", "closed", "ok"),
        ("automatic status, everything at once", "cover_open", "jammed", "open", "error"),
    ],
)
def test_a_pushed_status_says_what_the_answers_would(
    name: str, fault: str | None, paper: str, cover: str, cutter: str
) -> None:
    status = Status.pushed(vector("escpos", name).bytes)
    assert (status.fault, status.paper, status.cover, status.cutter) == (fault, paper, cover, cutter)


@pytest.mark.parametrize(
    ("name", "paper"),
    [
        ("marker answered", "full"),
        ("marker answered, near end", "low"),
        ("marker answered, paper end", "out"),
    ],
)
def test_a_marker_tells_of_the_paper(name: str, paper: str) -> None:
    assert Status(marker=vector("escpos", name).bytes[0]).paper == paper


def test_one_answer_lost_is_not_yet_unknown() -> None:
    memory, well, silent = Recollection(), Status(0x12, 0x12, 0x12, 0x1E), Status(0x12, 0x12, 0x12)
    assert memory.take(well, 0.0).paper == "low"
    assert memory.take(silent, 1.0).paper == "low"
    assert memory.take(silent, 2.0).paper == "low"
    assert memory.take(silent, 3.0).paper == "unknown"
    assert memory.take(well, 4.0).paper == "low"
    assert memory.take(silent, 4.0 + STALE_S + 0.1).paper == "unknown"


def test_what_was_never_said_stays_unknown() -> None:
    memory = Recollection()
    for second in range(10):
        assert memory.take(Status(offline=0x12), second).paper == "unknown"
