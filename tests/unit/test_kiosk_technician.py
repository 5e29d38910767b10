"""The technician's door: opened by knock and PIN, slower after each wrong one, and never by a citizen."""

import itertools
import logging
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from cli.main import app
from hallfile.load import load
from kiosk.audit import faults
from kiosk.easel import Easel, known_languages
from kiosk.presenters.floor import floor_of
from kiosk.presenters.model import first_model
from kiosk.presenters.modes import PLAIN
from kiosk.render import SIZES
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Label
from kiosk.technician import pin
from kiosk.technician.knock import ORDER, WITHIN_S, Knock
from kiosk.technician.pages import technician
from kiosk.technician.sight import Instrument, Sight, versions
from kiosk.technician.tools import ROOMS, Digit, Enter, Leave, Open, Rub, TestPrint, Tool, Volume
from kiosk.technician.visit import (
    AT_THE_DOOR_S,
    FIRST_REST_S,
    FREE_TRIES,
    LONGEST_REST_S,
    UNTOUCHED_S,
    Asked,
    Tries,
    Visit,
    is_over,
    judged,
    touched,
)
from kiosk.voice import Voice, command

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
SCREEN = Rect(0, 0, 1080, 1920)
SPOTS = {"left": (20, 20), "right": (1060, 30)}
GOOD = "407218"


def knocked(spots: list[tuple[int, int]], apart_s: float) -> bool:
    knock = Knock(SCREEN, 120)
    return [knock.heard(x, y, index * apart_s) for index, (x, y) in enumerate(spots)][-1]


def test_the_knock_opens_and_nothing_near_it_does() -> None:
    right = [SPOTS[corner] for corner in ORDER]
    assert knocked(right, 1.0)
    assert knocked([SPOTS["right"], *right], 1.0), "what came before does not matter"
    assert not knocked(right[:-1], 1.0)
    assert not knocked([*right[:2], (540, 900), *right[2:]], 1.0)
    assert not knocked(right, WITHIN_S / 3)
    assert not knocked([SPOTS["left"]] * 5, 0.1)


def test_a_pin_is_kept_as_a_salted_hash_that_only_its_owner_can_read(tmp_path: Path) -> None:
    path = pin.place(tmp_path)
    assert not pin.is_set(path)
    assert not pin.is_right(path, GOOD)
    pin.keep(path, GOOD, b"salt-one")
    assert pin.is_right(path, GOOD)
    assert not pin.is_right(path, "407219")
    assert GOOD not in path.read_text(encoding="ascii")
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_bytes()
    pin.keep(path, GOOD, b"salt-two")
    assert path.read_bytes() != first
    path.write_bytes(b"{")
    assert not pin.is_right(path, GOOD)


@pytest.mark.parametrize(
    "bad", ["12345", "1234567890123", "12a456", "111111", "123456", "121212", "４０７２１８"]
)
def test_a_pin_that_is_guessed_at_once_is_refused(bad: str, tmp_path: Path) -> None:
    with pytest.raises(pin.BadPin):
        pin.keep(pin.place(tmp_path), bad, b"salt")
    assert not pin.is_set(pin.place(tmp_path))


def test_the_program_sets_the_pin_and_says_no_word_of_it(tmp_path: Path) -> None:
    line = ["kiosk", "examples/dezhou.toml", "--data", str(tmp_path), "--set-pin"]
    done = CliRunner().invoke(app, line, input=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0, done.output
    assert GOOD not in done.output
    assert pin.is_right(pin.place(tmp_path), GOOD)
    assert CliRunner().invoke(app, line, input="111111\n111111\n").exit_code != 0
    assert pin.is_right(pin.place(tmp_path), GOOD)


def entered(visit: Visit, digits: str, tries: Tries, now: float) -> tuple[Visit, Asked]:
    for digit in digits:
        visit, _ = touched(visit, Digit(digit), tries, now)
    return touched(visit, Enter(), tries, now)


def test_wrong_pins_are_heard_ever_more_slowly_also_on_another_visit() -> None:
    tries, now = Tries(), 0.0
    rests = []
    for _ in range(12):
        _, asked = entered(Visit(now), GOOD, tries, now)
        assert asked.pin == GOOD
        tries = tries.after_a_wrong_one(now)
        rests.append(tries.heard_from - now)
        _, unheard = entered(Visit(now), GOOD, tries, tries.heard_from - 0.1)
        assert unheard.pin is None or rests[-1] == 0
        now = tries.heard_from
    assert rests[:FREE_TRIES] == [0.0] * FREE_TRIES
    assert rests[FREE_TRIES] == FIRST_REST_S
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_REST_S


def test_before_the_pin_no_tool_does_anything() -> None:
    visit = Visit(0.0)
    tools: list[Tool] = [Open("network"), TestPrint("p1"), Volume(10)]
    for tool in tools:
        visit, asked = touched(visit, tool, Tries(), 1.0)
        assert asked == Asked()
        assert not visit.is_in
    assert touched(visit, Leave(), Tries(), 1.0)[1].leave
    wrong = judged(visit, False)
    assert wrong.refused
    assert not wrong.is_in
    assert touched(Visit(0.0, digits="12"), Rub(), Tries(), 0.0)[0].digits == "1"


def test_inside_every_tool_asks_for_its_own() -> None:
    visit = judged(Visit(0.0, digits=GOOD), True)
    assert visit.is_in
    assert not visit.digits
    assert touched(visit, Open("versions"), Tries(), 1.0)[0].room == "versions"
    assert touched(visit, TestPrint("p1"), Tries(), 1.0)[1].printer == "p1"
    assert touched(visit, Volume(-10), Tries(), 1.0)[1].volume_by == -10


def test_a_forgotten_visit_ends_by_itself_and_sooner_at_the_door() -> None:
    assert is_over(Visit(0.0), AT_THE_DOOR_S + 1)
    assert not is_over(Visit(0.0, is_in=True), AT_THE_DOOR_S + 1)
    assert is_over(Visit(0.0, is_in=True), UNTOUCHED_S + 1)


PAGES = [
    (Visit(0.0), 0),
    (Visit(0.0, digits="1234", refused=True), 0),
    (Visit(0.0), 30),
    *((Visit(0.0, is_in=True, room=room, said="technician.unknown"), 0) for room in ROOMS),
]


@pytest.mark.parametrize("shape", SIZES)
def test_the_pages_behind_the_door_are_whole_and_clear_too(shape: str) -> None:
    hall = load(EXAMPLE)
    drawn = Easel.set_up(*SIZES[shape], hall.hall.font, EXAMPLE.parent)
    model = first_model(floor_of(hall, "k1", known_languages()), 0.0)
    link = "generic-80 · tcp:127.0.0.1:9100 · out"
    sight = Sight(
        (
            Instrument("p1", "ticket_printer", "online", None, link),
            Instrument("p2", "ticket_printer", "userError", "The cover is open; close it.", link),
            Instrument("r1", "id_reader"),
        ),
        60,
        (("technician.machine", "kiosk-1"), ("technician.addresses", "eth0 192.0.2.11")),
        versions(hall.hall.font),
    )
    for language, (visit, rest_s) in itertools.product(known_languages(), PAGES):
        page = partial(technician, visit=visit, sight=sight, rest_s=rest_s)
        view = drawn.drawn(replace(model, language=language), page)
        assert list(faults(view, drawn.theme, PLAIN, drawn.faces)) == []
        texts = [widget.text for widget in view.walk() if isinstance(widget, Label)]
        assert "1234" not in texts


def test_the_volume_is_remembered_and_bounded(tmp_path: Path) -> None:
    settings = tmp_path / "sound.json"
    voice = Voice(settings, silent=True)
    assert voice.turn(30) == 90
    assert voice.turn(30) == 100
    assert Voice(settings, silent=True).volume == 100
    assert Voice(settings, silent=True).turn(-500) == 0
    settings.write_bytes(b"loud")
    assert Voice(settings, silent=True).volume == 60


def test_a_missing_voice_is_said_once_and_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with caplog.at_level(logging.WARNING):
        Voice(None).say("请取走号票", "zh-CN")
    assert "espeak-ng is not installed" in caplog.text


def test_a_number_is_said_sign_by_sign_in_the_language_of_the_page() -> None:
    line = command("espeak-ng", "您的号码是 A012，请取走号票。", "zh-CN", 50)
    assert line[line.index("-v") + 1] == "cmn"
    assert line[line.index("-a") + 1] == "100"
    assert "A 0 1 2" in line[-1]
    assert command("espeak-ng", "Hello", "bo", 50)[2] == "bo"
