"""What the touch screens offer."""

from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.table import Id, Table


class Touch(Table, frozen=True, kw_only=True):
    """[touch]: what the touch screens offer (docs/kiosk.md)."""

    guide: str | None = None
    """The guide (办事指南), a file beside the hall file (docs/guide.md); none: no door leads to one."""
    often: list[Id] = field(default_factory=list)
    """The services asked for most, first ones first: they stand on the first page. None named: all, in the
    order of this file."""
    most_often: Annotated[int, Meta(ge=0, le=24)] = 8
    """So many of them at the most."""
    confirm: Literal["always", "without_card", "never"] = "without_card"
    """Whether people ahead, the forecast and priority are shown before a number is taken; with a card laid
    down one touch is enough, unless `always`."""
    priority: Literal["declared", "card"] = "declared"
    """declared: a visitor may ask for priority, and shows the proof at the counter; card: only what the
    card says counts."""
