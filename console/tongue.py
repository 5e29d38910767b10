"""The language a page speaks: its texts, its names, its times and waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from hallfile.catalogue import Catalogue, languages
from hallfile.named import Entry, name_of
from hallfile.waits import Range, wait_said

TEXTS: Final = Path(__file__).parent / "texts"
LANGUAGE_COOKIE: Final = "hall-language"
"""What a browser remembers of the language chosen."""


@dataclass(frozen=True)
class Tongue:
    """One language's way of saying things."""

    language: str
    texts: Catalogue

    def __call__(self, key: str, /, **values: object) -> str:
        return self.texts(key, **values)

    def known(self, key: str, otherwise: str) -> str:
        """The text of `key`, or `otherwise` where the catalogue has none."""
        return self.texts.texts.get(key, otherwise)

    def sent(self, message: object, key: str) -> str | None:
        """A sentence of a message: in this language where it was said in it too, else as it was said."""
        told: str | None = getattr(message, key)
        mine: str = getattr(message, f"{key}_in").get(self.language, "")
        # it may begin with what something is called, as a counter is
        return f"{mine[:1].upper()}{mine[1:]}" if told and mine else told

    def named(self, entry: Entry) -> str:
        """A name from the hall file."""
        return name_of(entry, self.language)

    def clock(self, at: datetime, like: datetime) -> str:
        """A time of day in the hall's zone, the zone of `like`."""
        return at.astimezone(like.tzinfo).strftime("%H:%M:%S")

    def elapsed(self, seconds: float) -> str:
        """Minutes and seconds, or hours and minutes."""
        whole = max(0, int(seconds))
        if whole < 3600:
            return f"{whole // 60}:{whole % 60:02d}"
        return self("time.hours", hours=whole // 3600, minutes=whole % 3600 // 60)

    def wait(self, forecast: Range | None) -> str:
        """A forecast, in the words that all of the hall uses."""
        return wait_said(self.language, forecast)


def tongues() -> Mapping[str, Tongue]:
    """Every language there is a catalogue for, the first language first."""
    return {name: Tongue(name, Catalogue.load(TEXTS, name)) for name in languages(TEXTS)}
