"""What the controller says to people: refusals, calls, alarms, and the words on a ticket."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from hallfile.catalogue import Catalogue, languages

FOLDER: Final = Path(__file__).parent


@lru_cache(maxsize=8)
def texts(language: str) -> Catalogue:
    """The controller's texts in a language; Chinese where it has none of its own."""
    return Catalogue.load(FOLDER, language)


def others(language: str) -> list[str]:
    """The other languages the controller can say things in."""
    return [name for name in languages(FOLDER) if name != language]
