"""The guide (办事指南): what can be done in the hall, what to bring, how long it takes and what it costs.

A file of its own beside the hall file (docs/guide.md), read by whoever shows it or prints of it.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, field

from hallfile.named import Named
from hallfile.table import Id, Table

Texts = Annotated[str, Meta(min_length=1, max_length=80)]


class BadGuide(ValueError):
    """The guide can't be used; `faults` holds a sentence for each thing to mend."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join(f"{path.name}: {fault}" for fault in faults))
        self.faults = faults


class Thing(Table, frozen=True, kw_only=True):
    """[bring.<id>]: something to bring along."""

    name: Texts
    name_en: str = ""


class Way(Table, frozen=True, kw_only=True):
    """[ways.<id>]: how it goes, step by step."""

    steps: list[Texts]
    steps_en: list[str] = field(default_factory=list)
    """As many as `steps`, or none."""


class Item(Table, frozen=True, kw_only=True):
    """One of a department's `items`: one matter."""

    number: Annotated[str, Meta(pattern="^[0-9]{3}$")]
    """How a visitor finds it on paper and types it in; each has its own."""
    service: Id
    """The service of the hall file whose number is taken for it: it says the counters and the queue."""
    name: Texts
    name_en: str = ""
    working_days: Annotated[int, Meta(ge=0)]
    """Promised; 0: while you wait."""
    fee_yuan: Annotated[float, Meta(ge=0)] = 0
    """0: free."""
    way: Id
    """How it goes: one of [ways]."""
    bring: list[Texts]
    """Ids of [bring], or plain words."""
    conditions: str = ""
    conditions_en: str = ""
    notes: str = ""
    notes_en: str = ""

    @property
    def title(self) -> Named:
        return Named(self.name, self.name_en)


class Department(Table, frozen=True, kw_only=True):
    """[departments.<id>]: whose matters they are."""

    name: Texts
    name_en: str = ""
    telephone: str = ""
    items: list[Item]

    @property
    def title(self) -> Named:
        return Named(self.name, self.name_en)


class Guide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A whole guide."""

    bring: dict[Id, Thing] = field(default_factory=dict)
    ways: dict[Id, Way] = field(default_factory=dict)
    departments: dict[Id, Department] = field(default_factory=dict)

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by its number, in the guide's order."""
        return {item.number: item for department in self.departments.values() for item in department.items}

    @cached_property
    def owners(self) -> dict[str, str]:
        """The department of each item, by number."""
        return {item.number: name for name, owner in self.departments.items() for item in owner.items}

    def things(self, item: Item) -> list[Named]:
        """What to bring."""
        return [
            Named(self.bring[one].name, self.bring[one].name_en) if one in self.bring else Named(one, "")
            for one in item.bring
        ]

    def steps(self, item: Item) -> list[Named]:
        """How it goes."""
        way = self.ways[item.way]
        english = way.steps_en or [""] * len(way.steps)
        return [Named(zh, en) for zh, en in zip(way.steps, english, strict=True)]


EMPTY: Final = Guide()
"""The guide of a hall that has none."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
"""Of what to bring: in plain words nobody writes only these."""


def load_guide(path: Path, services: Iterable[str]) -> Guide:
    """Read and check a guide for a hall with these `services`; raises `BadGuide` with every fault found."""
    try:
        guide = _decoded(path.read_bytes())
    except OSError as error:
        raise BadGuide(path, [f"can't be read ({error.strerror}); name a guide file"]) from None
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
        raise BadGuide(path, [f"is no guide: {error}; see docs/guide.md"]) from None
    if faults := [*_numbers(guide), *_names(guide, list(services)), *_translations(guide)]:
        raise BadGuide(path, faults)
    return guide


@lru_cache(maxsize=1)
def _decoded(content: bytes) -> Guide:
    """A guide is read when its hall file is checked, and again when it is wanted; parsing it takes long."""
    return msgspec.toml.decode(content, type=Guide)


def _numbers(guide: Guide) -> Iterator[str]:
    taken: dict[str, str] = {}
    for department in guide.departments.values():
        for item in department.items:
            if item.number in taken:
                yield (
                    f"the number {item.number} of {item.name!r} is that of {taken[item.number]!r} already; "
                    "give each item its own"
                )
            taken[item.number] = item.name


def _names(guide: Guide, services: list[str]) -> Iterator[str]:
    for department in guide.departments.values():
        for item in department.items:
            yield from _known(f"{item.number} service", item.service, services, "service in the hall file")
            yield from _known(f"{item.number} way", item.way, list(guide.ways), "[ways] entry")
            for one in item.bring:
                if _ID.fullmatch(one):
                    yield from _known(f"{item.number} bring", one, list(guide.bring), "[bring] entry")


def _known(key: str, name: str, names: list[str], what: str) -> Iterator[str]:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(names) or 'none'}"
        yield f"item {key}: there is no {what} {name!r}; {hint}"


def _translations(guide: Guide) -> Iterator[str]:
    for name, way in guide.ways.items():
        if way.steps_en and len(way.steps_en) != len(way.steps):
            yield (
                f"ways.{name}.steps_en: {len(way.steps_en)} steps against {len(way.steps)} in Chinese; "
                "write each, or none"
            )
