"""A text laid into an area of the board: font, colour, characters the card has, room (protocols.md 4.2).

Pure: a text and an area in, a page out.
"""

import re
from dataclasses import dataclass
from typing import Final

from devices.led_board.areas import Align, AreaRecord, Effect, RunMode
from devices.led_board.colours import card_number
from hallfile.devices import BoardArea

FONTS: Final = {16: "000", 24: "001", 32: "002"}
"""Pixels → number of the card's Chinese (O) and ASCII (E) font of that height."""

MISSING: Final = "〓"
"""What typesetters put for a character the font lacks; it is in GB 2312."""
_NEWLINE: Final = b"\\n"
_LONGEST_TIMEOUT_S: Final = 0xFFFF


@dataclass(frozen=True)
class Page:
    """A text as the card takes it, and what had to be changed for that."""

    area: AreaRecord
    text: str
    """What will be read on the board."""
    replaced: str
    """The characters that the card's font lacks, each once."""
    truncated: bool


def compose(
    text: str,
    number: int,
    place: BoardArea,
    most_bytes: int,
    *,
    colour: str | None = None,
    effect: Effect | None = None,
    seconds: float | None = None,
) -> Page:
    """Lay `text` into the area `number` at `place`, in at most `most_bytes` with its escapes.

    Without a `colour` it has the area's. Without an `effect` it stands still where it fits and runs to the
    left where it does not. After `seconds`, real ones that the card counts, the card takes it down by itself.
    """
    font, number_of = FONTS[place.font_px], card_number(colour or place.colour)
    style = f"\\FO{font}\\FE{font}\\C{number_of}".encode()
    lines = lines_for(text, place)
    readable, replaced = _in_the_font(lines)
    shown = _shortened(readable, most_bytes - len(style))
    moves = effect or (Effect.STATIC if fits(shown, place) else Effect.LEFT)
    still = moves in (Effect.STATIC, Effect.INSTANT)
    return Page(
        AreaRecord(
            number=number,
            x=place.x,
            y=place.y,
            width=place.width,
            height=place.height,
            text=style + _encoded(shown),
            effect=moves,
            align=Align.CENTRE_MIDDLE if still else Align.LEFT_MIDDLE,
            single_line=len(shown) == 1,
            run_mode=RunMode.LOOP if seconds is None else RunMode.DELETE_AFTER_TIMEOUT,
            timeout_s=0 if seconds is None else max(1, min(_LONGEST_TIMEOUT_S, round(seconds))),
            speed=place.speed,
            stay_half_s=round(2 * place.stay_s),
        ),
        text="\n".join(shown),
        replaced=replaced,
        truncated=shown != readable,
    )


def width_px(line: str, font_px: int) -> int:
    """How wide a line is: a Chinese character as wide as it is high, an ASCII one half of that."""
    return sum(font_px // 2 if character.isascii() else font_px for character in line)


def lines_for(text: str, place: BoardArea) -> list[str]:
    """The text's lines; one after the other in one line where they do not fit below each other."""
    lines = lines_of(text)
    return lines if fits(lines, place) else [" ".join(lines)]


def lines_of(text: str) -> list[str]:
    """The text's lines, without what a card would take for an order: control characters and backslashes."""
    plain = re.sub(r"[^\S\n]", " ", text.replace("\r\n", "\n")).replace("\\", "＼")
    return ["".join(c for c in line if c.isprintable()).strip() for line in plain.strip().split("\n")]


def fits(lines: list[str], place: BoardArea) -> bool:
    """Whether the lines can stand still in the area."""
    return len(lines) * place.font_px <= max(place.height, place.font_px) and all(
        width_px(line, place.font_px) <= place.width for line in lines
    )


def _in_the_font(lines: list[str]) -> tuple[list[str], str]:
    missing = dict.fromkeys(c for line in lines for c in line if not _has_glyph(c))
    return ["".join(MISSING if c in missing else c for c in line) for line in lines], "".join(missing)


def _has_glyph(character: str) -> bool:
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _encoded(lines: list[str]) -> bytes:
    return _NEWLINE.join(line.encode("gbk") for line in lines)


def _shortened(lines: list[str], most_bytes: int) -> list[str]:
    """As much from the beginning as there is room for; a character is never cut in two."""
    shown: list[str] = []
    room = most_bytes
    for line in lines:
        kept = line.encode("gbk")[: max(0, room)].decode("gbk", "ignore")
        shown.append(kept)
        room -= len(kept.encode("gbk")) + len(_NEWLINE)
        if kept != line:
            break
    return shown
