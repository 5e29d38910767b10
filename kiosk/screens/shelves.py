"""Arranging the services of all zones in columns, and on as many sheets as it takes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from kiosk.presenters.floor import ServiceEntry, ZoneEntry


@dataclass(frozen=True)
class Shelf:
    """A zone's services, or some of them, under its name."""

    zone: ZoneEntry
    services: tuple[ServiceEntry, ...]


@dataclass(frozen=True)
class Heights:
    """What one shelf takes, gaps included, pixels."""

    heading: int
    tile: int

    def of(self, shelf: Shelf) -> int:
        return self.heading + self.tile * len(shelf.services)


MOST_TRIED: Final = 256
"""With more ways than these to deal the shelves into columns, a touch would wait for trying them all."""

Column = tuple[Shelf, ...]
Sheet = tuple[Column, ...]


@lru_cache(maxsize=16)
def arranged(
    zones: tuple[ZoneEntry, ...],
    services: tuple[ServiceEntry, ...],
    heights: Heights,
    room: int,
    columns: int,
) -> list[Sheet]:
    """The sheets of shelves, in the hall file's order; one sheet with balanced columns, where all fit, and a
    large zone torn apart rather than a second sheet.
    """
    shelves = [
        Shelf(zone, mine) for zone in zones if (mine := tuple(one for one in services if one.zone == zone.id))
    ]
    if len(shelves) < columns:
        shelves = _split(shelves, max(1, -(-len(services) // columns)))
    whole = _balanced(shelves, heights, room, columns)
    if whole is not None:
        return [whole]
    torn = _split(shelves, max(1, (room - heights.heading) // heights.tile))
    if (whole := _balanced(torn, heights, room, columns)) is not None:
        return [whole]
    packed = _packed(torn, heights, room)
    return [tuple(packed[start : start + columns]) for start in range(0, len(packed), columns)] or [()]


def _balanced(shelves: Sequence[Shelf], heights: Heights, room: int, columns: int) -> Sheet | None:
    """The lowest arrangement of whole shelves, each column in the order of the hall file."""
    if columns ** len(shelves) > MOST_TRIED:
        ways: Iterable[tuple[int, ...]] = [_largest_first(shelves, heights, columns)]
    else:
        ways = product(range(columns), repeat=len(shelves))
    candidates = (_dealt(shelves, way, columns) for way in ways)
    best = min(candidates, key=lambda sheet: max((_height(column, heights) for column in sheet), default=0))
    return best if all(_height(column, heights) <= room for column in best) else None


def _largest_first(shelves: Sequence[Shelf], heights: Heights, columns: int) -> tuple[int, ...]:
    """Each shelf, the highest first, into the column that is lowest so far."""
    filled = [0] * columns
    way = [0] * len(shelves)
    for index in sorted(range(len(shelves)), key=lambda one: -heights.of(shelves[one])):
        way[index] = filled.index(min(filled))
        filled[way[index]] += heights.of(shelves[index])
    return tuple(way)


def _dealt(shelves: Sequence[Shelf], way: tuple[int, ...], columns: int) -> Sheet:
    return tuple(
        tuple(shelf for shelf, column in zip(shelves, way, strict=True) if column == wanted)
        for wanted in range(columns)
    )


def _packed(shelves: Sequence[Shelf], heights: Heights, limit: int) -> list[Column]:
    packed: list[Column] = []
    column: Column = ()
    for shelf in shelves:
        if column and _height(column, heights) + heights.of(shelf) > limit:
            packed.append(column)
            column = ()
        column = (*column, shelf)
    return [*packed, column] if column else packed


def _split(shelves: Sequence[Shelf], most: int) -> list[Shelf]:
    """Zones of more services than `most`, cut into pieces."""
    return [
        Shelf(shelf.zone, shelf.services[start : start + most])
        for shelf in shelves
        for start in range(0, len(shelf.services), most)
    ]


def _height(column: Column, heights: Heights) -> int:
    return sum(heights.of(shelf) for shelf in column)
