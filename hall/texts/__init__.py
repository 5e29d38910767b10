"""What the controller says to people: refusals, calls, alarms, and the words on a ticket."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from hallfile.catalogue import Catalogue

FOLDER: Final = Path(__file__).parent


@lru_cache(maxsize=8)
def texts(language: str) -> Catalogue:
    """The controller's texts in a language; Chinese where it has none of its own."""
    return Catalogue.load(FOLDER, language)
