"""The head of every page, and the index with the state of the rooms."""

from typing import Final
from urllib.parse import quote

from console.health import controller_answers
from console.house import House
from console.markup import Html, el
from console.tongue import Tongue

DOORS: Final = ("bench", "counters", "hall")
"""The index's doors, in the order a visitor meets the hall."""


def header(house: House, say: Tongue, page: str, path: str) -> Html:
    """The hall's name, the doors, the hall's clock and the language; `path` is where the page lies."""
    here = "counters" if page == "counter" else page
    links = [
        el("a", say(f"page.{name}"), href=f"/{name}", cls="here" if name == here else "")
        for name in (*DOORS, "bookings", "tasks", "boards", "display")
    ]
    return el(
        "header",
        el("a", el("b", say.named(house.hall.hall)), el("small", say("product")), href="/", cls="brand"),
        el("nav", *links),
        _link_state(house, say),
        _clock(house, say),
        _languages(house, say, path.strip("/")),
        cls="head",
    )


def _link_state(house: House, say: Tongue) -> Html:
    if not house.bus.connected.is_set():
        return el("span", say("link.bus_away"), cls="pill bad")
    if not controller_answers(house.picture, house.clock):
        return el("span", say("link.controller_away"), cls="pill bad")
    return el("span", say("link.well"), cls="pill good")


def _clock(house: House, say: Tongue) -> Html:
    speed = house.clock.speed
    hurried = el("small", say("link.speed", speed=f"{speed:g}")) if speed != 1 else None
    return el("span", house.clock.now().strftime("%H:%M:%S"), hurried, cls="clock")


def _languages(house: House, say: Tongue, back: str) -> Html:
    others = [
        el("a", other("language"), href=f"/language/{name}?back={quote(back)}", lang=name)
        for name, other in house.tongues.items()
        if name != say.language
    ]
    return el("span", *others, cls="languages")


def doors(say: Tongue) -> Html:
    """The three doors of the index."""
    return el(
        "div",
        *(
            el(
                "a",
                el("b", say(f"page.{name}")),
                el("span", say(f"door.{name}")),
                href=f"/{name}",
                cls=f"door door-{name}",
            )
            for name in DOORS
        ),
        cls="doors",
    )


def rooms(house: House, say: Tongue) -> Html:
    """A line for each room: who it is, whether it is there, what it says of itself."""
    return el("div", *(_room(house, say, name) for name in room_names(house)), cls="rooms")


def room_names(house: House) -> list[str]:
    """The rooms this hall should have, then any other that was heard."""
    expected = ["controller", "devices"]
    expected += [f"kiosk-{name}" for name, kiosk in house.hall.kiosks.items() if kiosk.screen]
    expected += ["console", *(["simulators"] if house.premises.simulated else [])]
    heard = sorted(name for kind, name in house.picture.words if kind == "room" and name not in expected)
    return [*expected, *heard]


def _room(house: House, say: Tongue, name: str) -> Html:
    word = house.picture.words.get(("room", name))
    state = {True: "online", False: "offline", None: "unknown"}[word]
    return el(
        "div",
        el("i", cls=f"dot {state}"),
        el("b", say.known(f"room.{name}", say("room.kiosk", name=name.removeprefix("kiosk-")))),
        el("span", say(f"room_state.{state}"), cls="soft"),
        el("span", _room_note(house, say, name), cls="note"),
        cls="room",
    )


def _room_note(house: House, say: Tongue, name: str) -> str:
    picture = house.picture
    if name == "controller" and (state := picture.controller) is not None:
        return say("room.controller_note", day=state.day, tickets=state.tickets_today, version=state.version)
    if name == "devices":
        known = [place for place in picture.words if place[0] in picture.devices]
        well = sum(picture.words[place] for place in known)
        total = sum(len(devices) for devices in house.hall.devices().values())
        return say("room.devices_note", well=well, total=total)
    if name == "simulators":
        return say("room.simulators_note", count=len(picture.simulators))
    return ""
