"""Which hall a command is about is said in one way with all of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.bookings import app as bookings
from cli.cases import cases
from cli.groups import HallCommand
from cli.journal import app as journal
from cli.main import app
from cli.ticket import ticket

HALL = str(Path(__file__).parents[2] / "examples" / "dezhou.toml")


def ask(*words: str) -> tuple[int, str]:
    ran = CliRunner().invoke(app, words)
    return ran.exit_code, ran.output


@pytest.mark.parametrize("words", [(HALL,), ("--hall", HALL), (f"--hall={HALL}",)])
def test_the_hall_file_may_stand_alone_or_be_named(words: tuple[str, ...]) -> None:
    code, said = ask("check", *words)
    assert (code, "nothing is wrong" in said) == (0, True)


def test_it_is_named_once_and_not_forgotten() -> None:
    code, said = ask("check", HALL, "--hall", "other.toml")
    assert (code, "named twice" in said) == (2, True)
    for forgotten in ("--hall", "--hall="):
        code, said = ask("check", forgotten)
        assert (code, "needs the hall file" in said) == (2, True)
    code, said = ask("report", "day", "--hall", "nowhere.toml")
    assert (code, "nowhere.toml: there is no such file" in said) == (2, True)


def every(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every(command, f"{name}{word} ")
        else:
            yield f"{name}{word}", command


def test_every_command_about_a_hall_takes_it_by_name() -> None:
    whole = typer.Typer()
    whole.add_typer(app)
    whole.add_typer(journal, name="journal")
    whole.add_typer(bookings, name="bookings")
    whole.command()(cases)
    whole.command(cls=HallCommand)(ticket)
    found = dict(every(typer.main.get_command(whole)))
    about = {
        name: command for name, command in found.items() if any(p.name == "hall" for p in command.params)
    }
    assert len(about) > 20
    for name, command in about.items():
        by_name = any("--hall" in param.opts for param in command.params)
        assert by_name or isinstance(command, HallCommand), name
