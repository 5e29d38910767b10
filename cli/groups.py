"""A command that is also a group: `hallkeeper sim HALL` runs, `hallkeeper sim list` asks."""

from typing import Any, ClassVar, Final

from typer.core import TyperGroup

HELP: Final = ("--help", "-h")


class DefaultGroup(TyperGroup):
    """A group whose command named `default` is meant where none of its commands is named first."""

    default: ClassVar[str] = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in HELP):
            args = [self.default, *args]
        return super().parse_args(ctx, args)
