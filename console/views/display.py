"""The waiting area's display: numbers only, never who they belong to."""

from typing import Final

from console.health import controller_answers
from console.house import House
from console.markup import Html, el
from console.picture import Call
from console.tongue import Tongue

LISTED: Final = 6
"""Calls under the newest one: what a row of chairs can read."""


def calls(house: House, say: Tongue) -> Html:
    """The newest call large, those before it below."""
    newest = house.picture.newest_calls(LISTED + 1)
    if not newest:
        return el("section", el("p", say("display.none"), cls="nothing"), cls="calls")
    first, *rest = newest
    return el(
        "section",
        el("h1", say("display.title")),
        _first(house, say, first),
        el("div", *(_later(house, say, call) for call in rest), cls="later"),
        cls="calls",
    )


def _first(house: House, say: Tongue, call: Call) -> Html:
    # the animation restarts because a new call is a new element
    return el(
        "div",
        el("b", call.number),
        el("span", say("display.goto", counter=_name(house, call.counter))),
        cls="first",
        id=f"call-{call.number}-{call.nth}",
    )


def _later(house: House, say: Tongue, call: Call) -> Html:
    return el(
        "div",
        el("b", call.number),
        el("span", say("display.goto", counter=_name(house, call.counter))),
        el("small", say.clock(call.at, house.clock.now())[:5]),
        cls="call",
    )


def _name(house: House, counter: str) -> str:
    entry = house.hall.counters.get(counter)
    return (entry.name if entry else None) or counter


def waiting(house: House, say: Tongue) -> Html:
    """How many wait for each service, and the last number called."""
    names = (
        el("span", say("hall.service")),
        el("em", say("hall.last_called")),
        el("strong", say("hall.waiting")),
    )
    rows = [el("div", *names, cls="queue names")]
    for name, service in house.hall.services.items():
        state = house.picture.queues.get(name)
        rows.append(
            el(
                "div",
                el("b", service.prefix, cls="prefix"),
                el("span", say.named(service)),
                el("em", (state.last_called if state else None) or "—"),
                el("strong", state.waiting if state else "—"),
                cls="queue",
            )
        )
    return el("section", el("h2", say("display.waiting")), *rows, cls="waiting")


def foot(house: House, say: Tongue) -> Html:
    """The hall, the time, and a word when the screen may be old."""
    well = house.bus.connected.is_set() and controller_answers(house.picture, house.clock)
    return el(
        "footer",
        el("span", say.named(house.hall.hall)),
        None if well else el("strong", say("display.paused")),
        el("span", house.clock.now().strftime("%H:%M")),
        cls="foot",
    )
