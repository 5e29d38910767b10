"""How commands are said: the hall they are about, and a command that is also a group."""

from pathlib import Path
from typing import Any, ClassVar, Final

from typer.core import TyperCommand, TyperGroup

HELP: Final = ("--help", "-h")
ARGUMENT: Final = "hall"
OPTION: Final = "--hall"


class HallCommand(TyperCommand):
    """A command whose hall file may stand alone; ``--hall`` names it too, as with every other command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        others, named = _without_hall(ctx, args)
        left = super().parse_args(ctx, others)
        if named is not None:
            if ctx.get_parameter_source(ARGUMENT).name == "COMMANDLINE":
                ctx.fail(f"the hall file is named twice: {ctx.params[ARGUMENT]}, {OPTION} {named}")
            ctx.params[ARGUMENT] = Path(named)
        return left


def _without_hall(ctx: Any, args: list[str]) -> tuple[list[str], str | None]:
    """The other arguments, and what ``--hall`` says."""
    others: list[str] = []
    named: str | None = None
    words = iter(args)
    for word in words:
        if word == OPTION:
            named = next(words, "")
        elif word.startswith(f"{OPTION}="):
            named = word.partition("=")[2]
        else:
            others.append(word)
    if named == "":
        ctx.fail(f"{OPTION} needs the hall file")
    return others, named


class DefaultGroup(TyperGroup):
    """A group whose command named `default` is meant where none of its commands is named first: `hallkeeper
    sim HALL` runs, `hallkeeper sim list` asks."""

    default: ClassVar[str] = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in HELP):
            args = [self.default, *args]
        return super().parse_args(ctx, args)
