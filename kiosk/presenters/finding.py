"""Finding a service or a matter of the guide by what is typed: letters, syllables, numbers. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hallfile.named import Named
from kiosk.presenters.floor import Floor

MOST_TYPED: Final = 24
"""No name needs more keys."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
DIGITS: Final = "0123456789"

NOWHERE: Final = 2


@dataclass(frozen=True)
class Found:
    """A service, or an item of the guide by its number."""

    kind: Literal["service", "item"]
    id: str


def found(floor: Floor, query: str, language: str) -> list[Found]:
    """What `query` finds, best first: names that begin so, then names with it inside.

    Letters are syllables or their first letters in any mixture (`shebao`, `sb`, `sheb`); in another language,
    words or their first letters, and after those the syllables. Digits are an item's number, or the
    beginning of it.
    """
    if query[:1].isdigit():
        return [Found("item", number) for number in floor.guide.items if number.startswith(query)]
    ranked = ((_rank(floor, name, query, language), one) for name, one in _everything(floor))
    fitting = [(fit, one) for fit, one in ranked if fit[0] != NOWHERE]
    return [one for _, one in sorted(fitting, key=lambda pair: pair[0][::-1])]


def rank(syllables: Sequence[str], query: str) -> int:
    """How well `query` fits a name: 0 from its beginning, 1 from within, `NOWHERE` not at all."""
    # most names are done with their letters; the rest is looked at closely
    likely = (start for start, syllable in enumerate(syllables) if syllable[0] == query[:1])
    first = next((start for start in likely if _fits(syllables, start, query)), None)
    return NOWHERE if first is None else min(first, 1)


def _fits(syllables: Sequence[str], index: int, query: str) -> bool:
    """Whether `query` can be read as beginnings of the syllables from `index` on, none left out."""
    if not query:
        return True
    if index == len(syllables):
        return False
    pairs = enumerate(zip(syllables[index], query, strict=False))
    longest = min(len(syllables[index]), len(query))
    shared = next((length for length, (one, other) in pairs if one != other), longest)
    return any(_fits(syllables, index + 1, query[length:]) for length in range(shared, 0, -1))


def _everything(floor: Floor) -> Iterator[tuple[Named, Found]]:
    yield from ((service.name, Found("service", service.id)) for service in floor.offered)
    yield from ((item.title, Found("item", item.number)) for item in floor.guide.items.values())


def _rank(floor: Floor, name: Named, query: str, language: str) -> tuple[int, bool]:
    """How well a name fits in the visitor's language, else by its syllables."""
    syllables = floor.spellings.get(name.zh, ())
    if not language.startswith("zh") and name.en:
        words = "".join(letter if letter.isalnum() else " " for letter in name.en.lower()).split()
        if (fit := rank(words, query)) != NOWHERE:
            return fit, False
        return rank(syllables, query), True
    return rank(syllables, query), False
