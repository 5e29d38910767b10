"""The drawings, as strokes on a grid of 24 by 24."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from kiosk.screens.widgets import IconName
from kiosk.theme import Colour
from kiosk.toolkit import pygame

GRID: Final = 24
FINER: Final = 4
"""Drawn this many times larger, then scaled down: pygame's own shapes have no smooth edges."""

STROKE: Final = 1.9

Point = tuple[float, float]


class Pencil:
    """Draws on a grid of 24 by 24, in one colour, and rubs out."""

    def __init__(self, size: int, colour: Colour) -> None:
        self._full = size * FINER
        self._unit = self._full / GRID
        self._ink = (*colour, 255)
        self._nothing = (*colour, 0)
        self._surface = pygame.Surface((self._full, self._full), pygame.SRCALPHA, 32)
        self._surface.fill(self._nothing)

    def drawn(self) -> pygame.Surface:
        """The finished drawing."""
        small = self._full // FINER
        return pygame.transform.smoothscale(self._surface, (small, small))

    def line(self, *points: Point, width: float = STROKE, rub: bool = False) -> None:
        """Straight strokes with round ends."""
        for start, end in pairwise(points):
            self._stroke(start, end, width, rub)

    def disc(self, at: Point, radius: float, rub: bool = False) -> None:
        centre = (at[0] * self._unit, at[1] * self._unit)
        pygame.draw.circle(self._surface, self._colour(rub), centre, radius * self._unit)

    def ring(self, at: Point, radius: float, width: float = STROKE) -> None:
        centre = (at[0] * self._unit, at[1] * self._unit)
        outer = (radius + width / 2) * self._unit
        pygame.draw.circle(self._surface, self._ink, centre, outer, max(1, round(width * self._unit)))

    def box(self, x: float, y: float, w: float, h: float, round_: float = 0, rub: bool = False) -> None:
        unit = self._unit
        rect = pygame.Rect(round(x * unit), round(y * unit), round(w * unit), round(h * unit))
        pygame.draw.rect(self._surface, self._colour(rub), rect, border_radius=round(round_ * unit))

    def frame(self, x: float, y: float, w: float, h: float, round_: float = 2, width: float = STROKE) -> None:
        """An outline."""
        self.box(x, y, w, h, round_)
        inner = max(0.0, round_ - width)
        self.box(x + width, y + width, w - 2 * width, h - 2 * width, inner, rub=True)

    def shape(self, points: Sequence[Point], rub: bool = False) -> None:
        scaled = [(x * self._unit, y * self._unit) for x, y in points]
        pygame.draw.polygon(self._surface, self._colour(rub), scaled)

    def _colour(self, rub: bool) -> tuple[int, int, int, int]:
        return self._nothing if rub else self._ink

    def _stroke(self, start: Point, end: Point, width: float, rub: bool) -> None:
        across, down = end[0] - start[0], end[1] - start[1]
        length = (across * across + down * down) ** 0.5 or 1.0
        side = (-down / length * width / 2, across / length * width / 2)
        corners = [
            (start[0] + side[0], start[1] + side[1]),
            (end[0] + side[0], end[1] + side[1]),
            (end[0] - side[0], end[1] - side[1]),
            (start[0] - side[0], start[1] - side[1]),
        ]
        self.shape(corners, rub)
        self.disc(start, width / 2, rub)
        self.disc(end, width / 2, rub)


def icon(name: IconName, size: int, colour: Colour) -> pygame.Surface:
    """A drawing of `size` pixels."""
    pencil = Pencil(size, colour)
    _DRAWINGS[name](pencil)
    return pencil.drawn()


def _card(p: Pencil) -> None:
    p.frame(1.5, 4.5, 21, 15, 2.5)
    p.disc((7.5, 10.3), 2.1)
    p.box(4.4, 13.3, 6.2, 3.2, 1.6)
    p.line((14, 9.5), (19.3, 9.5))
    p.line((14, 12.5), (19.3, 12.5))
    p.line((14, 15.5), (17.3, 15.5))


def _ticket(p: Pencil) -> None:
    p.frame(4.5, 2, 15, 20, 2)
    p.disc((4.5, 15), 1.8, rub=True)
    p.disc((19.5, 15), 1.8, rub=True)
    p.line((8.5, 7), (15.5, 7))
    p.line((8.5, 10.6), (13.5, 10.6))
    for x in (8.2, 12, 15.8):
        p.disc((x, 15), 0.7)


def _printer(p: Pencil) -> None:
    p.frame(2, 8, 20, 9, 2)
    p.box(6, 2.5, 12, 6.5, 1)
    p.box(7.9, 4.4, 8.2, 3.8, rub=True)
    p.box(6, 13, 12, 9, 1)
    p.box(7.9, 14.9, 8.2, 5.2, rub=True)
    p.disc((18.6, 10.8), 0.9)


def _clock(p: Pencil) -> None:
    p.ring((12, 12), 9.6)
    p.line((12, 6.6), (12, 12), (15.8, 14.2))


def _people(p: Pencil) -> None:
    p.disc((9, 7.6), 3.7)
    p.shape([(2.2, 20), (2.2, 17.6), (4, 14.4), (7, 13), (11, 13), (14, 14.4), (15.8, 17.6), (15.8, 20)])
    p.disc((3.6, 18.6), 1.4)
    p.disc((14.4, 18.6), 1.4)
    p.disc((16.9, 8.6), 2.8)
    p.shape([(17.6, 20), (17.4, 16.6), (15.8, 13.6), (18.6, 13.2), (20.8, 14.2), (22.2, 16.8), (22.2, 20)])


def _check(p: Pencil) -> None:
    p.ring((12, 12), 9.6)
    p.line((7.3, 12.4), (10.7, 15.7), (16.8, 8.9), width=2.2)


def _tick(p: Pencil) -> None:
    p.line((5, 12.6), (10, 17.4), (19, 7), width=3)


def _cross(p: Pencil) -> None:
    p.ring((12, 12), 9.6)
    p.line((8.4, 8.4), (15.6, 15.6), width=2.2)
    p.line((15.6, 8.4), (8.4, 15.6), width=2.2)


def _warning(p: Pencil) -> None:
    p.line((12, 3), (22, 20.5), (2, 20.5), (12, 3), width=2.1)
    p.line((12, 9.6), (12, 14.2), width=2.2)
    p.disc((12, 17.4), 1.25)


def _question(p: Pencil) -> None:
    p.ring((12, 12), 9.6)
    p.line((9, 9.6), (9.5, 8), (10.9, 7), (12.7, 6.9), (14.2, 7.7), (14.8, 9.3), (14.3, 10.8))
    p.line((14.3, 10.8), (12.6, 12.2), (12, 13.7))
    p.disc((12, 17), 1.25)


def _camera(p: Pencil) -> None:
    p.box(7.6, 4, 8.8, 5, 1.6)
    p.frame(1.5, 6.5, 21, 14, 2.6)
    p.ring((12, 13.4), 3.7)
    p.disc((18.7, 10), 0.9)


def _globe(p: Pencil) -> None:
    p.ring((12, 12), 9.6, width=1.7)
    p.line((2.6, 12), (21.4, 12), width=1.6)
    west = [(12.0, 2.6), (9.3, 5.6), (7.9, 9.0), (7.6, 12.0), (7.9, 15.0), (9.3, 18.4), (12.0, 21.4)]
    p.line(*west, width=1.6)
    p.line(*[(24 - x, y) for x, y in west], width=1.6)


def _home(p: Pencil) -> None:
    p.line((2.5, 11.5), (12, 3.2), (21.5, 11.5), width=2.1)
    p.line((5.2, 10.5), (5.2, 20.4), (18.8, 20.4), (18.8, 10.5), width=2.1)


def _pause(p: Pencil) -> None:
    p.ring((12, 12), 9.6)
    p.line((9.3, 8.4), (9.3, 15.6), width=2.4)
    p.line((14.7, 8.4), (14.7, 15.6), width=2.4)


def _place(p: Pencil) -> None:
    p.disc((12, 9.3), 7.3)
    p.shape([(5.4, 12.4), (18.6, 12.4), (12, 22.6)])
    p.disc((12, 9.3), 3, rub=True)


def _star(p: Pencil) -> None:
    p.shape(
        [
            (12, 2), (14.9, 8.6), (22, 9.3), (16.6, 14), (18.2, 21), (12, 17.3),
            (5.8, 21), (7.4, 14), (2, 9.3), (9.1, 8.6),
        ]
    )  # fmt: skip


def _larger(p: Pencil) -> None:
    p.line((1.8, 19.5), (5.6, 9.5), (9.4, 19.5), width=1.8)
    p.line((3.2, 16), (8, 16), width=1.8)
    p.line((9.6, 19.5), (16, 3.5), (22.4, 19.5), width=2.4)
    p.line((12.2, 14), (19.8, 14), width=2.4)


def _wheelchair(p: Pencil) -> None:
    p.disc((10, 3.6), 2.2)
    p.line((10, 7.2), (10.4, 13.6), (16.2, 13.6), (18.4, 19.4), (20.8, 18.6), width=2.2)
    p.line((10.2, 10), (15.2, 10), width=2)
    rim = [
        (8, 11.2),
        (5.4, 13),
        (4.6, 16),
        (5.6, 19.2),
        (8.4, 21.4),
        (11.8, 21.4),
        (14.6, 19.4),
        (15.6, 16.8),
    ]
    p.line(*rim, width=2)


def _contrast(p: Pencil) -> None:
    p.ring((12, 12), 9.6)
    p.disc((12, 12), 9.6)
    p.box(2, 2, 10, 20, rub=True)
    p.ring((12, 12), 9.6)


def _speaker(p: Pencil) -> None:
    p.shape([(2, 9), (6.4, 9), (12, 4), (12, 20), (6.4, 15), (2, 15)])
    p.line((15.2, 9), (16.6, 10.6), (16.6, 13.4), (15.2, 15), width=2)
    p.line((18, 6.2), (20.6, 9.2), (20.6, 14.8), (18, 17.8), width=2)


def _gear(p: Pencil) -> None:
    for end in ((12, 2), (12, 22), (2, 12), (22, 12), (4.9, 4.9), (19.1, 19.1), (4.9, 19.1), (19.1, 4.9)):
        p.line((12, 12), end, width=3.2)
    p.disc((12, 12), 7.2)
    p.disc((12, 12), 3.2, rub=True)


def _calendar(p: Pencil) -> None:
    p.frame(2.5, 4.5, 19, 17, 2.5)
    p.box(3, 5, 18, 4.6, 2)
    p.line((7.5, 2.5), (7.5, 6))
    p.line((16.5, 2.5), (16.5, 6))
    p.line((8, 15.4), (11, 18.2), (16.4, 12.6), width=2.2)


def _search(p: Pencil) -> None:
    p.ring((10.2, 10.2), 6.6, width=2.4)
    p.line((15.2, 15.2), (21, 21), width=3)


def _erase(p: Pencil) -> None:
    p.line((8.5, 5), (21.5, 5), (21.5, 19), (8.5, 19), (2.5, 12), (8.5, 5))
    p.line((11.5, 9), (17.5, 15))
    p.line((17.5, 9), (11.5, 15))


def _list(p: Pencil) -> None:
    p.frame(3.5, 2, 17, 20, 2.5)
    for y in (7, 12, 17):
        p.disc((7.6, y), 1.1)
        p.line((11, y), (17, y))


_DRAWINGS: Final[dict[IconName, Callable[[Pencil], None]]] = {
    "card": _card,
    "ticket": _ticket,
    "printer": _printer,
    "clock": _clock,
    "people": _people,
    "check": _check,
    "cross": _cross,
    "warning": _warning,
    "question": _question,
    "camera": _camera,
    "globe": _globe,
    "home": _home,
    "pause": _pause,
    "place": _place,
    "star": _star,
    "larger": _larger,
    "wheelchair": _wheelchair,
    "contrast": _contrast,
    "speaker": _speaker,
    "gear": _gear,
    "calendar": _calendar,
    "search": _search,
    "erase": _erase,
    "list": _list,
    "tick": _tick,
}
