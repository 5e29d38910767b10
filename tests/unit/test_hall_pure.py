"""The core asks no clock and no file: what import contracts can't see of built-in names, the source tells."""

import ast
from pathlib import Path

import pytest

import hall.core

ASKS_THE_CLOCK = frozenset(("now", "utcnow", "today"))
TOUCHES_THE_WORLD = frozenset(("open", "print", "input", "exec", "eval", "__import__"))


@pytest.mark.parametrize("file", sorted(Path(hall.core.__path__[0]).glob("*.py")), ids=lambda file: file.stem)
def test_no_clock_and_no_file(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(value=ast.Name(id="datetime" | "date"), attr=name):
                    assert name not in ASKS_THE_CLOCK, f"line {node.lineno} asks for {name}"
                case ast.Name(id=name):
                    assert name not in TOUCHES_THE_WORLD, f"line {node.lineno} calls {name}"
