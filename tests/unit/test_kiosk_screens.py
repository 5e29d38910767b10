"""What the screens show, and how they are painted; tests/unit/test_kiosk_audit.py looks at all of them."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


from hallfile.guide import load_guide
from hallfile.load import load
from hallfile.schema import HallFile, Service, Zone
from kiosk.easel import Easel, known_languages
from kiosk.fonts import NoFont, find_faces
from kiosk.presenters.actions import ChooseService, GoHome, TurnTo
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.model import Facts, Line, Model
from kiosk.presenters.pages import ClosedService, Services
from kiosk.sample import screens
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import Code, Label, Panel, View, Widget, damage
from kiosk.spelling import names_of, spelled
from kiosk.toolkit import pygame

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
SIZES = [(1080, 1920), (1920, 1080), (800, 1280), (1280, 800)]
LEAST_CONTRAST = 4.5
"""WCAG 2.1 AA; domain.md section 4."""
LEAST_TARGET_PX = 66
"""44 dp (domain.md section 4), on a screen whose short side is 1080 pixels and 720 dp."""


@cache
def hall() -> HallFile:
    return load(EXAMPLE)


@cache
def floor() -> Floor:
    guide = load_guide(EXAMPLE.parent / "guide.toml", hall().services)
    bare = floor_of(hall(), "k1", known_languages(), guide, simulated=True)
    return replace(bare, spellings=spelled(names_of(bare)))


@cache
def easel(width: int, height: int) -> Easel:
    return Easel.set_up(width, height, hall().hall.font, EXAMPLE.parent)


def models() -> Iterator[tuple[str, Model]]:
    for name, model in screens(floor()):
        for language in known_languages():
            yield f"{name}-{language}", replace(model, language=language)


MODELS = dict(models())


def pairs_apart(widget: Widget) -> Iterator[tuple[Widget, Widget]]:
    """Every two widgets of which neither stands on the other."""
    if not isinstance(widget, Panel):
        return
    for one, other in itertools.combinations(widget.children, 2):
        yield from itertools.product(everything(one), everything(other))
    for child in widget.children:
        yield from pairs_apart(child)


def everything(widget: Widget) -> list[Widget]:
    return list(View(Panel(widget.rect, children=(widget,))).walk())[1:]


def test_body_text_is_large() -> None:
    smallest = min(
        widget.size
        for model in MODELS.values()
        for widget in easel(1080, 1920).view(model).walk()
        if isinstance(widget, Label)
    )
    assert smallest >= 22, "15 dp"


@pytest.mark.parametrize("size", SIZES[:2])
def test_every_service_stands_behind_the_first_door(size: tuple[int, int]) -> None:
    view = easel(*size).view(MODELS["services-zh-CN"])
    for service in floor().services:
        target = next(one for one in view.targets() if one.action == ChooseService(service.id))
        assert view.hit(target.rect.x + 5, target.rect.y + 5) == ChooseService(service.id)
    assert view.hit(1, size[1] - 1) is None


def test_a_large_hall_takes_several_sheets_and_loses_no_service() -> None:
    zones = {f"z{index}": Zone(name=f"区域{index}", name_en=f"Zone {index}") for index in range(9)}
    services = {
        f"s{index}": Service(
            prefix=f"{chr(65 + index // 26)}{chr(65 + index % 26)}",
            name=f"业务{index}",
            name_en=f"Service number {index}",
            zone=f"z{index % 9}" if index < 40 else "z0",
            mean_minutes=5,
        )
        for index in range(80)
    }
    large = msgspec.structs.replace(hall(), zones=zones, services=services, counters={})
    crowded = floor_of(large, "k1", known_languages())
    model = next(iter(screens(crowded)))[1]
    seen: set[str] = set()
    sheet: int | None = 0
    while sheet is not None:
        view = easel(1080, 1920).view(replace(model, page=Services(sheet)))
        actions = [target.action for target in view.targets()]
        seen |= {action.service for action in actions if isinstance(action, ChooseService)}
        for one, other in pairs_apart(view.root):
            assert not one.rect.meets(other.rect), f"sheet {sheet}: {one} and {other}"
        after = (action.start for action in actions if isinstance(action, TurnTo) and action.start > sheet)
        sheet = next(after, None)
    assert seen == set(services)


@pytest.mark.parametrize("size", SIZES[:2])
@pytest.mark.parametrize("count", [0, 1, 8])
def test_a_hall_of_one_zone_uses_the_whole_width(count: int, size: tuple[int, int]) -> None:
    services = dict(list(hall().services.items())[:count])
    services = {name: msgspec.structs.replace(one, zone="tax") for name, one in services.items()}
    small = floor_of(msgspec.structs.replace(hall(), services=services, counters={}), "k1", known_languages())
    view = easel(*size).view(Model(small, Facts(), Services(), "zh-CN", 0.0, 0.0, in_service=True))
    tiles = [target.rect for target in view.targets() if isinstance(target.action, ChooseService)]
    assert len(tiles) == count
    assert len({tile.x for tile in tiles}) == min(count, 2 if size[1] > size[0] else 4)


def test_a_failed_print_shows_the_number_and_a_code_to_photograph() -> None:
    view = easel(1080, 1920).view(MODELS["ticket-failed-zh-CN"])
    widgets = list(view.walk())
    assert any(isinstance(widget, Code) for widget in widgets)
    assert any(isinstance(widget, Label) and widget.text == "A012" for widget in widgets)


def said(model: Model) -> str:
    view = easel(1080, 1920).view(model)
    return " ".join(widget.text for widget in view.walk() if isinstance(widget, Label))


def test_the_controllers_own_sentence_is_shown_in_each_language_it_has() -> None:
    told = {"en": "Tax is closed for lunch; please take a number at 14:00."}
    line = Line(0, None, False, "lunch", "纳税午间休息，请14:00再取号。", told)
    closed = ClosedService("a")
    for language, words in (("zh-CN", "14:00再取号"), ("en", "at 14:00")):
        model = replace(MODELS[f"closed-lunch-{language}"], page=closed)
        assert words in said(replace(model, facts=replace(model.facts, lines={"a": line})))
        bare = Line(0, None, False, "lunch")
        assert "14:00" not in said(replace(model, facts=replace(model.facts, lines={"a": bare})))


def test_nothing_is_said_of_a_queue_that_nobody_can_join() -> None:
    assert "前面" in said(MODELS["item-zh-CN"])
    assert "前面" not in said(MODELS["item-closed-zh-CN"])
    assert "前面" not in said(MODELS["item-away-zh-CN"])


def test_only_what_changed_is_painted_again() -> None:
    drawn = easel(1080, 1920)
    model = MODELS["home-zh-CN"]
    before = drawn.view(model)
    assert damage(None, before) == before.rect
    assert damage(before, drawn.view(model)) is None
    pressed = drawn.view(model, ChooseService("a"))
    area = damage(before, pressed)
    tile = next(target.rect for target in before.targets() if target.action == ChooseService("a"))
    assert area is not None
    assert area.holds(tile)
    assert area.h < 2 * tile.h


def test_painting_a_part_gives_the_same_picture_as_painting_all() -> None:
    drawn = easel(1080, 1920)
    views = [drawn.view(MODELS[name]) for name in ("home-zh-CN", "ticket-failed-zh-CN", "home-visitor-en")]
    step_by_step = pygame.Surface((1080, 1920), depth=32)
    last: View | None = None
    for view in views:
        area = damage(last, view)
        assert area is not None
        drawn.painter.paint(step_by_step, view, area)
        whole = pygame.Surface((1080, 1920), depth=32)
        drawn.painter.paint(whole, view, view.rect)
        assert pygame.image.tobytes(step_by_step, "RGB") == pygame.image.tobytes(whole, "RGB")
        last = view


def test_a_button_under_a_finger_looks_pressed() -> None:
    drawn = easel(1080, 1920)
    model = MODELS["ticket-printed-zh-CN"]
    fills = {
        next(target.fill for target in drawn.view(model, pressed).targets() if target.action == GoHome())
        for pressed in (None, GoHome())
    }
    assert len(fills) == 2


def test_a_missing_font_is_told_with_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(NoFont, match="apt-get install fonts-noto-cjk"):
        find_faces("No Such Family", tmp_path)
    with pytest.raises(NoFont, match=r"fonts/none\.otf"):
        find_faces("fonts/none.otf", tmp_path)


def test_rectangles_hold_and_meet() -> None:
    whole = Rect(0, 0, 10, 10)
    assert whole.holds(whole.inset(2))
    assert not whole.meets(Rect(10, 0, 5, 5))
    assert whole.with_(Rect(20, 5, 5, 5)) == Rect(0, 0, 25, 10)
