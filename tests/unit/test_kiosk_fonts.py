"""What the hall's font lacks is written in another, joined and from the right side."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from kiosk import fallback
from kiosk.fallback import Fallback
from kiosk.fonts import Faces, find_faces
from kiosk.screens.wrap import wrap
from kiosk.toolkit import pygame

UYGHUR = "ئۇيغۇرچە"
TIBETAN = "བོད་ཡིག་"


@pytest.fixture(scope="module")
def faces() -> Faces:
    return Faces(*find_faces("Noto Sans CJK SC", Path()))


def with_any_font(monkeypatch: pytest.MonkeyPatch) -> Fallback:
    monkeypatch.setattr(fallback, "_matched", lambda *_: Path("other.ttf"))
    return Fallback()


def test_a_text_of_the_halls_own_font_is_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    (run,) = with_any_font(monkeypatch).runs("请取号 A012", frozenset(), False)
    assert (run.text, run.font) == ("请取号 A012", None)


def test_a_foreign_word_stands_among_chinese_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = with_any_font(monkeypatch).runs(f"请{TIBETAN}取", frozenset(TIBETAN), False)
    assert [(run.text, run.script) for run in runs] == [("请", ""), (TIBETAN, "Tibt"), ("取", "")]
    assert [run.font for run in runs] == [None, Path("other.ttf"), None]


def test_a_line_of_uyghur_runs_from_right_to_left_and_a_number_in_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = f"{UYGHUR} A012 {UYGHUR}"
    runs = with_any_font(monkeypatch).runs(text, frozenset(UYGHUR), False)
    assert [run.text for run in runs] == [UYGHUR, " A012", f"{UYGHUR} "]


def test_without_a_font_the_hall_goes_on_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fallback, "_matched", lambda *_: None)
    (run,) = Fallback().runs(TIBETAN, frozenset(TIBETAN), False)
    assert run.font is None
    assert caplog.text.count("no font is installed for") == 1


def test_what_is_measured_is_what_is_drawn(faces: Faces) -> None:
    text = f"请 {UYGHUR} A012"
    surface = pygame.Surface((900, 120))
    faces.draw(surface, text, (0, 80), 60, False, (255, 255, 255))
    drawn = pygame.mask.from_threshold(surface, (255, 255, 255), (128, 128, 128)).get_bounding_rects()
    assert 0 <= faces.width(text, 60, False) - max(rect.right for rect in drawn) <= 12


def test_a_word_of_another_script_is_not_torn() -> None:
    assert wrap(f"{UYGHUR} {UYGHUR}", 10, len) == [UYGHUR, UYGHUR]
    assert wrap(TIBETAN * 2, 8, len) == [TIBETAN, TIBETAN]
