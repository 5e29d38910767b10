"""A layout and its fields become lines of paper (docs/bus.md, `print`). Pure but for reading layouts.

Columns are counted in cells: a 12×24-dot ASCII character is one, anything else is two (protocols.md 2.4).
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hallfile.ticket_layout import NAMES, Align, Layout, Line, read_layout

LAYOUTS: Final = Path(__file__).parent / "layouts"
MOST_QR_BYTES: Final = 512
"""A QR code of this size still has squares of 6 dots within 80 mm of paper."""


@dataclass(frozen=True)
class PrintedText:
    """A line of text that fits the paper."""

    text: str
    align: Align = "left"
    wide: int = 1
    tall: int = 1


@dataclass(frozen=True)
class PrintedQr:
    data: bytes
    align: Align
    module: int


@dataclass(frozen=True)
class Feed:
    lines: int


Printed = PrintedText | PrintedQr | Feed


class TooLong(ValueError):
    """A field does not fit on the paper."""


def layouts(of_the_hall: Mapping[str, Path]) -> dict[str, Layout]:
    """Every layout by its name: our own, and in their place those of the hall; raises `BadLayout`."""
    files = {path.stem: path for path in LAYOUTS.glob("*.toml")} | dict(of_the_hall)
    return {name: read_layout(path) for name, path in files.items()}


def arrange(layout: Layout, fields: Mapping[str, str], columns: int) -> list[Printed]:
    """What is printed of `fields` on paper of `columns` cells; raises `TooLong`."""
    clean = {name: _clean(name, value, layout.most_characters) for name, value in fields.items()}
    return [printed for line in layout.line for printed in _arranged(line, clean, columns)]


def cells(text: str) -> int:
    """How many columns `text` takes at normal size."""
    return sum(1 if character.isascii() else 2 for character in text)


def wrap(text: str, columns: int, hang: int = 0) -> list[str]:
    """`text` in lines of at most `columns` cells, broken at spaces where there are any.

    What does not fit into a paragraph's first line stands `hang` cells further in.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrapped(paragraph, columns, min(hang, columns // 2))
    return lines


def _arranged(line: Line, fields: Mapping[str, str], columns: int) -> Iterator[Printed]:
    if line.feed is not None:
        yield Feed(line.feed)
    elif line.rule is not None:
        yield PrintedText(line.rule * (columns // cells(line.rule)))
    elif line.qr is not None:
        if data := _filled(line.qr, fields).replace("\n", "").encode():
            if len(data) > MOST_QR_BYTES:
                raise TooLong(f"the QR code holds {len(data)} bytes, over {MOST_QR_BYTES}")
            yield PrintedQr(data, line.align, line.module)
    else:
        for one in _each(line, fields):
            for text in wrap(_filled(line.text or "", one), columns // line.wide, line.hang):
                if text.strip():
                    yield PrintedText(text, line.align, line.wide, line.tall)


def _each(line: Line, fields: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """The fields, once; or once for each line of the field that the line is repeated for."""
    if line.each is None:
        yield fields
        return
    for one in fields.get(line.each, "").split("\n"):
        if one.strip():
            yield {**fields, line.each: one.strip()}


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """The template with its fields put in; empty when it names fields and all of them are."""
    values = [fields.get(name, "") for name in NAMES.findall(template)]
    if values and not any(values):
        return ""
    return NAMES.sub(lambda name: fields.get(name[1], ""), template).strip()


_CLOSING: Final = tuple("，。、；：？！）》」』”’,.;:?!)")
"""What no line should begin with."""
_NEVER_PRINTED: Final = frozenset({"Cc", "Cf", "Cs"})
"""Control and format characters and lone surrogates (Unicode general categories)."""


def _clean(name: str, value: str, most: int) -> str:
    """Without control characters: a field must never become a command to the printer."""
    if len(value) > most:
        raise TooLong(f"the field {name} has {len(value)} characters, over {most}")
    value = unicodedata.normalize("NFC", value)
    return "".join(
        character
        for character in value
        if character == "\n" or unicodedata.category(character) not in _NEVER_PRINTED
    )


def _wrapped(text: str, columns: int, hang: int) -> Iterator[str]:
    indent, room = "", columns
    while cells(text) > room and len(text) > 1:
        fits = _fitting(text, room)
        space = text.rfind(" ", 1, fits + 1)
        at = space if space > fits // 2 else _polite(text, fits)
        yield indent + text[:at].rstrip()
        text = text[at:].lstrip()
        indent, room = " " * hang, columns - hang
    yield indent + text


def _polite(text: str, at: int) -> int:
    """Where to break `text` at `at` or one before, so that no line begins with what closes a phrase."""
    closes = text[at : at + 1] in _CLOSING and text[at - 1] not in _CLOSING
    return at - 1 if closes and at > 1 else at


def _fitting(text: str, columns: int) -> int:
    """How many characters of `text` fit into `columns`; at least one, lest nothing ever does."""
    used = 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > columns:
            return max(1, index)
    return len(text)
