"""Every screen in every mode, language and state, on three screens, looked at as domain.md section 4 asks."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from kiosk.audit import faults, misfits
from kiosk.easel import Easel, known_languages
from kiosk.presenters.actions import GoBack, GoHome
from kiosk.presenters.floor import Floor
from kiosk.presenters.model import Model
from kiosk.presenters.modes import PLAIN, Modes
from kiosk.render import SIZES, WAYS, floor_drawn
from kiosk.sample import screens
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Label, Panel, View, Widget
from kiosk.theme import load_theme
from tests.kiosk_hall import premises

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ON_PAPER = "重打"
"""What is printed on a second ticket, whatever the language of the screen."""
ON_EVERY_SCREEN = ("", "elder", "low", "elder-low")
"""Contrast and prompts change no page's shape by more than a band: one screen shows them."""


@cache
def floor() -> Floor:
    return replace(floor_drawn(premises(), "k1"), pages="http://hall.example:8080/t/")


@cache
def easel(size: tuple[int, int]) -> Easel:
    return Easel.set_up(*size, premises().hall.hall.font, EXAMPLE.parent)


def sittings() -> Iterator[tuple[str, str]]:
    for shape in SIZES:
        yield from ((shape, way) for way in WAYS if way in ON_EVERY_SCREEN or shape == "portrait")


def models(modes: Modes) -> Iterator[tuple[str, Model]]:
    for name, model in screens(floor()):
        for language in known_languages():
            yield f"{name}-{language}", replace(model, language=language, modes=modes)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("shape", "way"), list(sittings()))
def test_every_screen_is_whole_clear_and_within_reach(shape: str, way: str) -> None:
    drawn, modes = easel(SIZES[shape]), WAYS[way]
    wrong = {
        name: found
        for name, model in models(modes)
        if (found := list(faults(drawn.view(model), drawn.theme, modes, drawn.faces)))
    }
    assert not wrong, "\n".join(f"{name}: {found[:3]}" for name, found in wrong.items())


def test_every_text_is_in_the_language_of_the_page() -> None:
    drawn = easel(SIZES["portrait"])
    for name, model in models(WAYS["elder"]):
        if model.language != "en":
            continue
        chinese = {
            widget.text
            for widget in drawn.view(model).walk()
            if isinstance(widget, Label) and CHINESE.search(widget.text.replace(ON_PAPER, ""))
        }
        others = {words for words in chinese if words not in drawn.tongues.values() and "*" not in words}
        assert not others, f"{name}: {others}"


def test_elder_mode_is_larger_and_says_what_the_page_asks() -> None:
    drawn = easel(SIZES["portrait"])
    plain = dict(models(PLAIN))
    for name, model in models(WAYS["elder"]):
        assert drawn.prompt(model), f"{name} asks nothing"
        assert not drawn.prompt(plain[name])
    larger = dict(models(WAYS["elder"]))["home-zh-CN"]
    assert _tallest(drawn.view(larger)) > 1.2 * _tallest(drawn.view(plain["home-zh-CN"]))
    assert load_theme().for_screen(1080, 1920, WAYS["elder"]).ratio["tight"] >= 1.3


def _tallest(view: View) -> int:
    return max(widget.size for widget in view.walk() if isinstance(widget, Label))


def test_a_prompt_stands_on_the_screen_in_words_and_names_nobody() -> None:
    drawn = easel(SIZES["portrait"])
    for name, model in models(WAYS["spoken"]):
        prompt = drawn.prompt(model)
        shown = "".join(widget.text for widget in drawn.view(model).walk() if isinstance(widget, Label))
        assert prompt.replace(" ", "") in shown.replace(" ", ""), name
        if model.visitor is not None:
            assert model.visitor.name_masked not in prompt


def view_of(*children: Widget) -> View:
    return View(Panel(Rect(0, 0, 1080, 1920), fill=(255, 255, 255), children=children))


def control(rect: Rect, *, back: bool = False) -> Panel:
    return Panel(rect, fill=(255, 255, 255), action=GoBack() if back else GoHome())


def text(rect: Rect, words: str, size: int = 36, grey: int = 0) -> Label:
    return Label(rect, words, size, (grey, grey, grey))


BROKEN = {
    "beyond": view_of(control(Rect(1000, 1500, 100, 100))),
    "overlap": view_of(control(Rect(0, 1500, 100, 100)), control(Rect(99, 1500, 100, 100), back=True)),
    "cut short": view_of(text(Rect(0, 0, 400, 50), "请取走…")),
    "clipped": view_of(text(Rect(0, 0, 20, 50), "请取走号票")),
    "too small, 20": view_of(text(Rect(0, 0, 400, 50), "号票", size=20)),
    "too faint": view_of(text(Rect(0, 0, 400, 50), "号票", grey=150)),
    "no text": view_of(text(Rect(0, 0, 900, 50), "ticket.printed_how")),
    "too small to be touched": view_of(control(Rect(0, 1500, 400, 60))),
    "there twice": view_of(control(Rect(0, 1500, 100, 100)), control(Rect(500, 1500, 100, 100))),
    "out of reach": view_of(control(Rect(0, 900, 100, 100))),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_audit_finds_what_was_broken_on_purpose(fault: str) -> None:
    modes = Modes(low=fault == "out of reach")
    found = list(faults(BROKEN[fault], load_theme(), modes, easel(SIZES["portrait"]).faces))
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_page_that_is_too_full_is_drawn_smaller_until_all_of_it_is_there() -> None:
    drawn = easel(SIZES["landscape"])
    model = dict(models(WAYS["elder"]))["ticket-failed-zh-CN"]
    largest = next(iter(drawn.theme.looks(*SIZES["landscape"], model.modes)))
    view = drawn.view(model)
    assert next(misfits(view, 0), None) is None
    assert _tallest(view) < largest.text["huge"]
