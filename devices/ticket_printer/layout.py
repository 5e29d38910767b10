"""A named layout and its fields become lines of paper (docs/bus.md, `print`). Pure but for reading layouts.

Columns are counted in cells: a 12×24-dot ASCII character is one, anything else is two (protocols.md 2.4).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from devices.ticket_printer.codec import Align

LAYOUTS: Final = Path(__file__).parent / "layouts"
MOST_CHARACTERS: Final = 400
"""Of one field: a ticket is not a letter, and a roll of paper is not endless."""
MOST_QR_BYTES: Final = 512
"""A QR code of this size still has squares of 6 dots within 80 mm of paper."""

Times = Annotated[int, Meta(ge=1, le=8)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[line]] of a layout file: one of text, qr, rule or feed."""

    text: str | None = None
    qr: str | None = None
    rule: Annotated[str, Meta(min_length=1, max_length=1)] | None = None
    feed: Annotated[int, Meta(ge=1, le=20)] | None = None
    align: Align = "left"
    wide: Times = 1
    tall: Times = 1
    module: Annotated[int, Meta(ge=1, le=16)] = 6


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A layout file."""

    line: list[Line]


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


class UnknownLayout(LookupError):
    """There is no layout of that name."""


class TooLong(ValueError):
    """A field does not fit on a ticket."""


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its name, read once."""
    return {path.stem: msgspec.toml.decode(path.read_bytes(), type=Layout) for path in LAYOUTS.glob("*.toml")}


def layout(name: str) -> Layout:
    """The layout ``layouts/<name>.toml``; raises `UnknownLayout`."""
    try:
        return layouts()[name]
    except KeyError:
        raise UnknownLayout(name) from None


def arrange(lines: Layout, fields: Mapping[str, str], columns: int) -> list[Printed]:
    """What is printed of `fields` on paper of `columns` cells; raises `TooLong`."""
    clean = {name: _clean(name, value) for name, value in fields.items()}
    return [printed for line in lines.line for printed in _arranged(line, clean, columns)]


def cells(text: str) -> int:
    """How many columns `text` takes at normal size."""
    return sum(1 if character.isascii() else 2 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns` cells, broken at spaces where there are any."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrapped(paragraph, columns)
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
        for text in wrap(_filled(line.text or "", fields), columns // line.wide):
            if text:
                yield PrintedText(text, line.align, line.wide, line.tall)


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """The template with its fields put in; empty when it names fields and all of them are."""
    values = [fields.get(name, "") for name in _NAMES.findall(template)]
    if values and not any(values):
        return ""
    return _NAMES.sub(lambda name: fields.get(name[1], ""), template).strip()


_NEVER_PRINTED: Final = frozenset({"Cc", "Cf", "Cs"})
"""Control and format characters and lone surrogates (Unicode general categories)."""
_NAMES: Final = re.compile(r"\{([a-z_]+)\}")


def _clean(name: str, value: str) -> str:
    """Without control characters: a field must never become a command to the printer."""
    if len(value) > MOST_CHARACTERS:
        raise TooLong(f"the field {name} has {len(value)} characters, over {MOST_CHARACTERS}")
    value = unicodedata.normalize("NFC", value)
    return "".join(
        character
        for character in value
        if character == "\n" or unicodedata.category(character) not in _NEVER_PRINTED
    )


def _wrapped(text: str, columns: int) -> Iterator[str]:
    while cells(text) > columns and len(text) > 1:
        fits = _fitting(text, columns)
        space = text.rfind(" ", 1, fits + 1)
        at = space if space > fits // 2 else fits
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    yield text


def _fitting(text: str, columns: int) -> int:
    """How many characters of `text` fit into `columns`; at least one, lest nothing ever does."""
    used = 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > columns:
            return max(1, index)
    return len(text)
