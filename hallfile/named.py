"""Names in both languages."""

from dataclasses import dataclass
from typing import Protocol

from hallfile.catalogue import FIRST_LANGUAGE


class Entry(Protocol):
    """Whatever the hall file names in two languages."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def name_of(entry: Entry, language: str) -> str:
    """What the hall file calls it: in Chinese in the first language, in English in any other."""
    return entry.name if language == FIRST_LANGUAGE else entry.name_en


@dataclass(frozen=True)
class Named:
    """A name in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The name for a visitor who reads `language`: Chinese for zh-*, else English where there is one."""
        return self.zh if language.startswith("zh") or not self.en else self.en
