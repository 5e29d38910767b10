"""How a paper is laid out, as data: a ``[[line]]`` each, from top to bottom (docs/ticket-layouts.md)."""

import re
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Align = Literal["left", "center", "right"]
Times = Annotated[int, Meta(ge=1, le=8)]

CONTENTS: Final = ("text", "qr", "rule", "feed")
NAMES: Final = re.compile(r"\{([a-z_]+)\}")
"""A field in a template."""


class BadLayout(ValueError):
    """The file is no layout; the message says what to mend."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[line]]: text, qr, rule or feed, and how it is set."""

    text: str | None = None
    """A template; left out where all of its fields are empty."""
    qr: str | None = None
    """A template, printed as a QR code."""
    rule: Annotated[str, Meta(min_length=1, max_length=1)] | None = None
    """One character that fills a line."""
    feed: Annotated[int, Meta(ge=1, le=20)] | None = None
    """Empty lines."""
    each: Annotated[str, Meta(pattern="^[a-z_]+$")] | None = None
    """A field of the template: printed once for each of its lines."""
    hang: Annotated[int, Meta(ge=0, le=20)] = 0
    """Columns by which a text's second and further lines stand further in."""
    align: Align = "left"
    wide: Times = 1
    tall: Times = 1
    module: Annotated[int, Meta(ge=1, le=16)] = 6
    """Dots a square of the QR code; fewer where it would be wider than the paper."""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A layout file."""

    line: list[Line]
    most_characters: Annotated[int, Meta(ge=1, le=4000)] = 400
    """Of one field: a ticket is not a letter, and a roll of paper is not endless."""

    def fields(self) -> set[str]:
        """The names of all fields it prints."""
        return {name for line in self.line for name in NAMES.findall(f"{line.text} {line.qr}")}


def read_layout(path: Path) -> Layout:
    """Read a layout file; raises `BadLayout` with a sentence."""
    try:
        layout = msgspec.toml.decode(path.read_bytes(), type=Layout)
    except OSError as error:
        raise BadLayout(f"{path} can't be read ({error.strerror}); name a layout file") from None
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
        raise BadLayout(f"{path} is no layout: {error}; see docs/ticket-layouts.md") from None
    for number, line in enumerate(layout.line, 1):
        if fault := _fault(line):
            raise BadLayout(f"{path}: line {number} {fault}")
    return layout


def _fault(line: Line) -> str | None:
    has = [name for name in CONTENTS if getattr(line, name) is not None]
    if len(has) != 1:
        return f"has {' and '.join(has) or 'nothing'}; give it one of {', '.join(CONTENTS)}"
    if line.each is not None and f"{{{line.each}}}" not in (line.text or ""):
        return f"says each = {line.each!r}, which its text does not print; write {{{line.each}}} into it"
    if line.rule is not None and not line.rule.isprintable():
        return "has a rule of a character that can't be printed; write another"
    return None
