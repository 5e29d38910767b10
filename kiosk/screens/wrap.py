"""Breaking text into lines as a reader of Chinese and of English expects it."""

import re
from collections.abc import Callable
from typing import Final

_PIECES: Final = re.compile(
    r"\s+|[A-Za-z0-9À-ɏ'’&/+.,:;!?()%–-]+|[\u0600-\u08ff\u200c\u200d]+|[\u1800-\u18af\u202f]+"
    r"|[\u0f00-\u0f0a\u0f0c-\u0fff]+\u0f0b?|.",
    re.DOTALL,
)
"""A word of Latin, Arabic or Mongolian letters, or a Tibetan syllable, stays together; an ideograph may stand
at the end of any line.
"""

_CLAUSE: Final = re.compile(r".+?(?:[，。；：！？]+[）》」』”’]*|[.;?!]\s+|$)", re.DOTALL)
"""Up to where a reader pauses: in Chinese at each comma, in English where a sentence ends."""
LONELY: Final = 4
"""A last line shorter than this part of the width is a word left alone."""

NEVER_FIRST: Final = frozenset("，。、；：！？）》」』”’…—·%,.;:!?)")
NEVER_LAST: Final = frozenset("（《「『“‘(")
ELLIPSIS: Final = "…"

Width = Callable[[str], int]


def wrap(text: str, limit: int, width: Width) -> list[str]:
    """`text` in lines no wider than `limit`, wherever a line can be broken; `width` measures a text.

    A single word wider than `limit` is cut where it must be.
    """
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(text):
        if width(line + piece.rstrip()) <= limit:
            line += piece
            continue
        if piece[0] in NEVER_FIRST and len(line.rstrip()) > 1:
            line = line.rstrip()
            lines.append(line[:-1].rstrip())
            line = line[-1] + piece
            continue
        lines.append(line)
        line = piece.lstrip()
        while width(line) > limit and len(line) > 1:
            cut = _longest(line, limit, width)
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line)
    return _without_hanging_openers([one.strip() for one in lines if one.strip()])


def wrapped(text: str, limit: int, width: Width) -> list[str]:
    """As `wrap`, for running text: broken between clauses where that takes no more lines; and a word that
    would be left alone on the last line is given company.
    """
    lines = wrap(text, limit, width)
    if len(lines) < 2:
        return lines
    if clauses := _by_clauses(text, limit, width, len(lines)):
        return clauses
    narrower, step = limit, max(1, limit // 24)
    while width(lines[-1]) * LONELY < limit and (narrower := narrower - step) * 2 > limit:
        tried = wrap(text, narrower, width)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def balanced(text: str, limit: int, width: Width) -> list[str]:
    """As `wrap`, with lines of about the same length: no character is left alone on the last one."""
    lines = wrap(text, limit, width)
    if len(lines) > 1 and (clauses := _by_clauses(text, limit, width, len(lines))):
        return clauses
    step = max(1, limit // 24)
    narrower = limit - step
    least = longest_word(text, width)
    while len(lines) > 1 and narrower > least:
        tried = wrap(text, narrower, width)
        if len(tried) > len(lines):
            break
        lines, narrower = tried, narrower - step
    return lines


def _by_clauses(text: str, limit: int, width: Width, most: int) -> list[str]:
    """Lines that end where a reader pauses, at most `most` of them; none where that can't be."""
    lines = [""]
    for clause in _CLAUSE.findall(text):
        if width((lines[-1] + clause).rstrip()) <= limit:
            lines[-1] += clause
        elif width(clause.rstrip()) > limit or len(lines) == most:
            return []
        else:
            lines.append(clause)
    return [line.strip() for line in lines] if lines[0] else []


def longest_word(text: str, width: Width) -> int:
    """What must stand on one line."""
    return max((width(piece.strip()) for piece in _PIECES.findall(text)), default=0)


def shorten(text: str, limit: int, width: Width) -> str:
    """`text`, or its beginning with an ellipsis, no wider than `limit`."""
    if width(text) <= limit:
        return text
    while text and width(text + ELLIPSIS) > limit:
        text = text[:-1].rstrip()
    return text + ELLIPSIS


def _longest(line: str, limit: int, width: Width) -> int:
    return max(1, next((end for end in range(len(line), 0, -1) if width(line[:end]) <= limit), 1))


def _without_hanging_openers(lines: list[str]) -> list[str]:
    for index, line in enumerate(lines[:-1]):
        if len(line) > 1 and line[-1] in NEVER_LAST:
            lines[index], lines[index + 1] = line[:-1], line[-1] + lines[index + 1]
    return lines
