"""The one kind of button all pages have."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console.markup import el

Press = Callable[[], Awaitable[None]]


def button(label: str, press: Press | None, cls: str, *, letter: str | None = None) -> ui.button:
    """A button that looks as the theme says; `letter` is the key that presses it too, and is shown on it."""
    made = ui.button(on_click=press, color=None).props("unelevated no-caps").classes(cls)
    key = el("kbd", letter.upper()) if letter else None
    with made:
        ui.html(el("span", label, key), sanitize=False)
    return made
