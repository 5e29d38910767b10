"""The page that follows one ticket names files and functions that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(
    r"`([a-z_/]+\.py)`,? `([A-Za-z_.]+)`", (ROOT / "docs/one-ticket.md").read_text(encoding="utf-8")
)


def defined(path: Path) -> set[str]:
    """Functions and classes of a file, methods as `Class.method`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
            inner = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{one.name}" for one in inner}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_the_page_names_is_there(file: str, name: str) -> None:
    assert name in defined(ROOT / file)


def test_the_page_names_what_it_follows() -> None:
    assert len(NAMED) > 40
