"""A report as one HTML file: nothing is loaded from anywhere, light or dark as its reader likes."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from hallfile.catalogue import Catalogue
from hallfile.markup import Html, el
from hallfile.named import Entry, name_of
from hallfile.schema import HallFile

HERE: Final = Path(__file__).parent
TEXTS: Final = HERE / "texts"


@dataclass(frozen=True)
class Reader:
    """Whom a report is for: a hall's names and our words, in one language."""

    hall: HallFile
    say: Catalogue

    @classmethod
    def of(cls, hall: HallFile, language: str) -> "Reader":
        return cls(hall, Catalogue.load(TEXTS, language))

    def named(self, entry: Entry) -> str:
        """A name from the hall file."""
        return name_of(entry, self.say.language)

    def service(self, service: str) -> str:
        """A service's prefix and name; its id where the hall file has it no more."""
        entry = self.hall.services.get(service)
        return service if entry is None else f"{entry.prefix} {self.named(entry)}"

    def counter(self, counter: str) -> str:
        """A counter's own name, or its number."""
        entry = self.hall.counters.get(counter)
        own = entry.name if entry is not None else None
        return own or self.say("counters.named", counter=counter)

    def minutes(self, minutes: float | None) -> str:
        """Minutes with their unit; a dash where there are none."""
        return "–" if minutes is None else self.say("figure.minutes", minutes=f"{minutes:.1f}")

    def share(self, part: int, whole: int) -> str:
        """A rate with what it is a part of."""
        if not whole:
            return "–"
        return self.say("figure.of", share=f"{100 * part / whole:.1f}%", part=part, whole=whole)


def paper(title: str, language: str, *inside: Html | None) -> str:
    """The whole file."""
    head = el(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'),
        el("title", title),
        el("style", Html(_style())),
    )
    body = el("body", el("main", el("h1", title), *inside))
    return "<!doctype html>\n" + el("html", head, body, lang=language) + "\n"


def section(title: str, *inside: Html | None) -> Html:
    """One subject of a report."""
    return el("section", el("h2", title), *inside)


def table(names: list[str], rows: list[list[str]]) -> Html:
    """A table whose first column names the rows."""
    head = el("thead", el("tr", *(el("th", name) for name in names)))
    body = el("tbody", *(el("tr", *(el("td", cell) for cell in row)) for row in rows))
    return el("table", head, body)


@cache
def _style() -> str:
    return (HERE / "page.css").read_text(encoding="utf-8")
