"""Markup made of parts, so that nothing that came over the bus can be markup by accident."""

import html
from collections.abc import Iterable


class Html(str):
    """Text that is markup already; any other text is escaped when it goes into an element."""

    __slots__ = ()


def el(tag: str, *inside: object, cls: str = "", **attributes: object) -> Html:
    """An element; what is None, inside or as an attribute, is left out; ``_`` in names stands for ``-``."""
    named = {"class": cls or None, **{name.strip("_").replace("_", "-"): v for name, v in attributes.items()}}
    written = "".join(
        f' {name}="{html.escape(str(value))}"' for name, value in named.items() if value is not None
    )
    return Html(f"<{tag}{written}>{join(inside)}</{tag}>")


def join(parts: Iterable[object]) -> Html:
    """Parts side by side."""
    there = (part for part in parts if part is not None)
    return Html("".join(part if isinstance(part, Html) else html.escape(str(part)) for part in there))
