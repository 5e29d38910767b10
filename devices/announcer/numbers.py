"""How a ticket's number is read out: letter by letter, digit by digit, as people compare it with theirs."""

import re
from typing import Final

NUMBER: Final = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2})([0-9]{2,5})(?![A-Za-z0-9])")
"""A prefix and digits: A001. A counter's number has no letter and is read as a number."""

MANDARIN: Final = str.maketrans("0123456789", "零一二三四五六七八九")


def ticket_number(text: str) -> str | None:
    """The first ticket number in `text`."""
    found = NUMBER.search(text)
    return found[0] if found else None


def spoken(text: str, lang: str) -> str:
    """`text` with its ticket numbers spelled: P210 is 二一零 in Mandarin, never 二百一十."""

    def spell(number: re.Match[str]) -> str:
        letters, digits = " ".join(number[1]), number[2]
        if lang.startswith("zh"):
            return f"{letters}{digits.translate(MANDARIN)}"
        return f"{letters} {' '.join(digits)}"

    return NUMBER.sub(spell, text)
