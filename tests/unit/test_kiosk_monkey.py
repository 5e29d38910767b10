"""A monkey at the kiosk: every promise holds, and a broken one would be found."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from kiosk.easel import Easel
from kiosk.monkey import report
from kiosk.monkey import run as running
from kiosk.monkey.run import Monkey
from kiosk.presenters import present
from kiosk.presenters.floor import Floor
from kiosk.presenters.model import Model, first_model
from kiosk.render import floor_drawn
from tests.kiosk_hall import premises

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@cache
def floor() -> Floor:
    return floor_drawn(premises(), "k1")


@cache
def easel() -> Easel:
    return Easel.set_up(1080, 1920, premises().hall.hall.font, EXAMPLE.parent)


def played(seed: int, touches: int) -> Monkey:
    monkey = Monkey(first_model(floor(), 0.0), easel(), seed)
    for _ in monkey.play(touches):
        pass
    return monkey


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_promise_holds_whatever_is_touched_and_whatever_fails(seed: int) -> None:
    found = played(seed, 500).found
    assert found.faults == []
    assert found.visits > 10
    assert len(found.pages) > 8


def test_the_same_seed_plays_the_same_game() -> None:
    assert played(7, 60).found == played(7, 60).found


def test_a_screen_that_keeps_the_last_visitor_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    wiped = present.wiped

    def forgetful(model: Model, now: float) -> Model:
        return replace(wiped(model, now), page=model.page, touched_at=model.touched_at)

    monkeypatch.setattr(present, "wiped", forgetful)
    assert any("after the last touch" in fault for fault in played(1, 150).found.faults)


def test_the_report_says_what_came_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CARD", 0.2)
    said: list[str] = []
    assert report(premises(), "k1", touches=40, seed=3, say=said.append) == 0
    assert said[0].startswith("40 touches, ")
    assert said[-1] == "every promise held"
