"""What every page has in common: its head, its language, and parts that follow the picture."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import Request
from nicegui import Client, context, ui
from nicegui.element import Element

from console.feed import TICK
from console.house import House
from console.markup import Html
from console.orders import Answer
from console.tongue import LANGUAGE_COOKIE, Tongue
from console.views.shell import header

NOTICE_MS: Final = 6000
STYLES: Final = ("theme.css", "phone.css")
SCRIPT: Final = "focus.js"


class Frame:
    """One open page, or a part of it that is made again as a whole."""

    def __init__(self, house: House, say: Tongue, client: Client) -> None:
        self.house = house
        self.say = say
        self.client = client
        self._followers: list[Callable[[frozenset[str]], None]] = []

    def write(self, markup: Html) -> None:
        """Markup that stays as it is."""
        ui.html(markup, sanitize=False)

    def show(self, render: Callable[[], Html], *kinds: str, classes: str = "") -> None:
        """Markup that is rendered again when one of `kinds` changes."""
        part = ui.html(render(), sanitize=False).classes(classes)

        def again() -> None:
            fresh = render()
            if fresh != part.content:
                part.set_content(fresh)

        self.follow(again, *kinds)

    def build(
        self, into: Element, shape: Callable[[], Hashable], make: Callable[["Frame"], None], *kinds: str
    ) -> Callable[[], None]:
        """Elements that `make` makes again, in a frame of their own, when `shape` answers something else.

        Returns what looks at the shape now.
        """
        inner = Frame(self.house, self.say, self.client)
        made: list[Hashable] = []

        def again() -> None:
            if made == (now := [shape()]):
                return
            made[:] = now
            inner._followers.clear()
            into.clear()
            with into:
                make(inner)

        again()
        self.follow(again, *kinds)
        self._followers.append(inner.changed)
        return again

    def follow(self, act: Callable[[], None], *kinds: str) -> None:
        """Do something when one of `kinds` changes."""
        watched = frozenset(kinds)

        def look(changed: frozenset[str]) -> None:
            if watched & changed:
                act()

        self._followers.append(look)

    def changed(self, kinds: frozenset[str]) -> None:
        """Bring everything up to date that follows one of `kinds`."""
        for follower in list(self._followers):
            follower(kinds)

    def tell(self, answer: Answer) -> None:
        """Say what became of a command, when it was not simply done."""
        if answer.ok:
            return
        if answer.silence:
            text = self.say("answer.silence")
        elif answer.unsent:
            text = self.say("answer.unsent")
        else:
            text = self.say.sent(answer, "text") or self.say("answer.refused")
        # the button that asked may be gone by now; the page is what speaks
        with self.client:
            ui.notify(
                text, type="warning", position="top", timeout=6000, close_button=self.say("answer.close")
            )


@contextmanager
def frame(house: House, request: Request, page: str) -> Iterator[Frame]:
    """The page around what the with-block adds."""
    say = house.tongue(request.cookies.get(LANGUAGE_COOKIE))
    ui.page_title(f"{say('page.' + page)} · {say.named(house.hall.hall)}")
    ui.add_head_html("".join(f'<link rel="stylesheet" href="/{name}">' for name in STYLES))
    ui.add_head_html(f'<script src="/{SCRIPT}" defer></script>')
    ui.add_head_html(f'<script>document.documentElement.lang = "{say.language}"</script>')
    made = Frame(house, say, context.client)
    made.show(
        lambda: header(house, say, page, request.url.path), "room", "controller", TICK, classes="head-holder"
    )
    with ui.element("div").classes(f"page page-{page}"):
        yield made
    made.client.on_delete(house.feed.watch(made.changed))
