"""Texts as pixels, in the hall's real font: sizes, colours, pages, and how they move."""

from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from devices.kit.errors import Misconfigured
from devices.kit.fonts import find_font
from devices.led_board.areas import Effect
from devices.led_board.canvas import Layer, Pixels, Typesetter
from devices.led_board.colours import card_number, rgb
from devices.led_board.panel import Wanted
from hallfile.devices import BoardArea

CALL = BoardArea(x=0, y=0, width=256, height=32, font_px=24, colour="green")
STRIP = BoardArea(x=0, y=0, width=64, height=16, font_px=16)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(partial(find_font, "Noto Sans CJK SC", Path()))


def lit(pixels: Pixels) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return pixels.any(axis=2)


@pytest.mark.parametrize("px", [16, 24, 32])
def test_a_character_is_as_high_as_it_was_asked(typesetter: Typesetter, px: int) -> None:
    place = BoardArea(x=0, y=0, width=64, height=40, font_px=px)
    layer = typesetter.lay(Wanted("国"), place)
    rows, columns = np.nonzero(lit(layer.at(0.0)))
    assert 0.75 * px <= rows.max() - rows.min() + 1 <= px
    assert 0.75 * px <= columns.max() - columns.min() + 1 <= px
    assert abs((rows.min() + rows.max()) / 2 - 20) <= 2, "in the middle of the area"
    assert not layer.moves


@pytest.mark.parametrize("character", "龘鬱䶮𬱖gjÄ")
def test_nothing_is_cut_off_above_or_below(typesetter: Typesetter, character: str) -> None:
    high = BoardArea(x=0, y=0, width=64, height=24, font_px=24)
    tight = typesetter.lay(Wanted(character), high).at(0.0)
    assert lit(tight).any()
    assert not lit(tight)[0].any() or not lit(tight)[-1].any()


def test_colours_by_name_and_by_number(typesetter: Typesetter) -> None:
    for asked, found in ((None, (0, 255, 0)), ("red", (255, 0, 0)), ("#ff8800", (255, 136, 0))):
        pixels = typesetter.lay(Wanted("请A001号", asked), CALL).at(0.0)
        assert {tuple(pixel) for pixel in pixels[lit(pixels)]} == {found}
    assert [card_number(name) for name in ("red", "white", "#ff1008", "#00d0c0", "#101010")] == [
        1,
        7,
        1,
        5,
        1,
    ]
    with pytest.raises(ValueError, match="is no colour"):
        rgb("pink")


def test_a_text_that_fits_stands_and_one_that_does_not_runs(typesetter: Typesetter) -> None:
    assert not typesetter.lay(Wanted("请A001号到3号"), CALL).moves
    running = typesetter.lay(Wanted("请A001号到14号窗口办理，请带好证件"), CALL)
    assert (running.effect, running.moves) == (Effect.LEFT, True)


@pytest.mark.parametrize("effect", [Effect.LEFT, Effect.RIGHT])
def test_a_running_text_moves_a_pixel_at_a_time_and_comes_again(
    typesetter: Typesetter, effect: Effect
) -> None:
    layer = typesetter.lay(Wanted("国", effect=effect), STRIP)
    px_s = 4 * (25 - STRIP.speed)
    frames = [lit(layer.at(step / px_s + 1e-6)) for step in range(200)]
    assert not frames[0].any()
    turn = -1 if effect is Effect.LEFT else 1
    for before, after in pairwise(frames[20:41]):
        assert (np.roll(before, turn, axis=1) == after).all(), "all of it is inside, and moves by one"
    length = 64 + layer.pages[0].shape[1]
    assert (frames[30] == frames[30 + length]).all()


@pytest.mark.parametrize("effect", [Effect.UP, Effect.DOWN])
def test_a_rising_text_comes_in_and_stands(typesetter: Typesetter, effect: Effect) -> None:
    layer = typesetter.lay(Wanted("国", effect=effect), STRIP)
    whole = lit(layer.pages[0]).sum()
    counts = [lit(layer.at(t / 100)).sum() for t in range(100)]
    assert counts[0] == 0
    assert counts[50] == whole
    assert counts[:20] == sorted(counts[:20])


def test_a_long_text_that_is_to_stand_turns_its_pages(typesetter: Typesetter) -> None:
    layer = typesetter.lay(Wanted("今日停电检修下午恢复", effect=Effect.STATIC), STRIP)
    assert len(layer.pages) == 3
    assert layer.moves
    seen = [layer.at(t).tobytes() for t in (0.1, 1.1, 2.1, 3.1)]
    assert len(set(seen)) == 3
    assert seen[3] == seen[0]


def test_two_lines_stand_below_each_other(typesetter: Typesetter) -> None:
    layer: Layer = typesetter.lay(Wanted("上午\n下午"), BoardArea(x=0, y=0, width=64, height=32))
    assert layer.text == "上午\n下午"
    rows = lit(layer.at(0.0))
    assert rows[:16].any()
    assert rows[16:].any()


def test_an_empty_text_is_dark(typesetter: Typesetter) -> None:
    for effect in (None, *Effect):
        assert not lit(typesetter.lay(Wanted("", effect=effect), STRIP).at(0.3)).any()


def test_without_a_font_nothing_is_drawn() -> None:
    with pytest.raises(Misconfigured, match="fonts-noto-cjk"):
        Typesetter(lambda: None)
