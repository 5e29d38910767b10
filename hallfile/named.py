"""A name in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """A name in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The name for a visitor who reads `language`: Chinese for zh-*, else English where there is one."""
        return self.zh if language.startswith("zh") or not self.en else self.en
