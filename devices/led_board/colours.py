"""Colours by name or by number: seven on a text card (protocols.md 4.2, ``\\C``), any on a pixel board."""

from typing import Final, NamedTuple


class Rgb(NamedTuple):
    """A colour of light, 0–255 each."""

    red: int
    green: int
    blue: int


SEVEN: Final = {
    "red": Rgb(255, 0, 0),
    "green": Rgb(0, 255, 0),
    "yellow": Rgb(255, 255, 0),
    "blue": Rgb(0, 0, 255),
    "cyan": Rgb(0, 255, 255),
    "magenta": Rgb(255, 0, 255),
    "white": Rgb(255, 255, 255),
}
"""In the order of their numbers on a card, from 1."""


def rgb(colour: str) -> Rgb:
    """A name, or ``#rrggbb``; raises `ValueError` for neither."""
    if colour in SEVEN:
        return SEVEN[colour]
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"{colour!r} is no colour")
    return Rgb(*bytes.fromhex(colour[1:]))


def card_number(colour: str) -> int:
    """The nearest of a card's seven."""
    wanted = rgb(colour)

    def distance(near: Rgb) -> int:
        return sum((a - b) ** 2 for a, b in zip(wanted, near, strict=True))

    return 1 + min(range(len(SEVEN)), key=lambda number: distance(list(SEVEN.values())[number]))
