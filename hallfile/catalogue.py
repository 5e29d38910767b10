"""Texts live in catalogues: one TOML file a language, beside the room that speaks them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIRST_LANGUAGE: Final = "zh-CN"
"""The language every catalogue is complete in; another falls back to it."""


@dataclass(frozen=True)
class Catalogue:
    """The texts of one room in one language."""

    language: str
    texts: dict[str, str]

    @classmethod
    def load(cls, folder: Path, language: str) -> "Catalogue":
        """Read ``<folder>/<language>.toml`` over the first language's texts."""
        texts = _read(folder / f"{FIRST_LANGUAGE}.toml")
        if language != FIRST_LANGUAGE and (folder / f"{language}.toml").is_file():
            texts |= _read(folder / f"{language}.toml")
        return cls(language, texts)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of `key` with `values` put in; the key itself where there is none."""
        text = self.texts.get(key, key)
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is a text of `key`, be it the first language's."""
        return key in self.texts


def languages(folder: Path) -> list[str]:
    """The languages a folder has catalogues for, the first language first."""
    found = sorted(path.stem for path in folder.glob("*.toml"))
    return sorted(found, key=lambda name: name != FIRST_LANGUAGE)


def _read(path: Path) -> dict[str, str]:
    """A catalogue file flattened: table and key joined by dots."""
    return _flat(tomllib.loads(path.read_text(encoding="utf-8")), "")


def _flat(table: dict[str, object], before: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        name = f"{before}{key}"
        texts |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: str(value)}
    return texts
