"""Literal bytes with their sources: they bind the drivers from one side and the simulators from the other.

A file is a list of ``[[vector]]`` tables: `name`, `to` ("device" or "host"), `bytes` (hex), `source`
(where it is published or computed, with its confidence), and `means` (a free table for the test).
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Vector:
    """One published frame."""

    name: str
    to: str
    bytes: bytes
    source: str
    means: dict[str, Any] = field(default_factory=dict)


def vectors(file: str) -> list[Vector]:
    """All vectors of ``tests/golden/<file>.toml``."""
    raw = tomllib.loads((Path(__file__).parent / f"{file}.toml").read_text(encoding="utf-8"))
    return [Vector(**{**entry, "bytes": bytes.fromhex(entry["bytes"])}) for entry in raw["vector"]]


def vector(file: str, name: str) -> Vector:
    """One of them by name."""
    return next(found for found in vectors(file) if found.name == name)
