"""Arranging the services of all zones in columns, and on as many sheets as it takes. Pure."""

from collections.abc import Sequence
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


MOST_TRIED: Final = 7
"""With more zones than these, trying every way to deal them into columns takes too long."""

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
    """The sheets of shelves, in the hall file's order; one sheet with balanced columns, where all fit."""
    shelves = [
        Shelf(zone, mine) for zone in zones if (mine := tuple(one for one in services if one.zone == zone.id))
    ]
    if len(shelves) < columns:
        shelves = _split(shelves, max(1, -(-len(services) // columns)))
    whole = _balanced(shelves, heights, room, columns)
    if whole is not None:
        return [whole]
    most = max(1, (room - heights.heading) // heights.tile)
    packed = _packed(_split(shelves, most), heights, room)
    return [tuple(packed[start : start + columns]) for start in range(0, len(packed), columns)] or [()]


def _balanced(shelves: Sequence[Shelf], heights: Heights, room: int, columns: int) -> Sheet | None:
    """The lowest arrangement with no zone torn apart, each column in the order of the hall file."""
    if len(shelves) > MOST_TRIED:
        return None
    ways = product(range(columns), repeat=len(shelves))
    candidates = (_dealt(shelves, way, columns) for way in ways if not way or way[0] == 0)
    best = min(candidates, key=lambda sheet: max((_height(column, heights) for column in sheet), default=0))
    return best if all(_height(column, heights) <= room for column in best) else None


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
