"""The waiting area's display: numbers only, never who they belong to; read from a row of chairs at 8 m."""

import re
from collections.abc import Hashable, Iterable
from typing import Final

from broker.messages.notices import NoticeState
from console.health import controller_answers
from console.house import House
from console.markup import Html, el, join
from console.picture import Call
from console.public.live import Regions
from console.tongue import Tongue
from console.views.counter import step_name
from hallfile.catalogue import FIRST_LANGUAGE

LISTED: Final = 5
"""Calls under the newest one: more, and they could not be read from afar."""
MOST_LARGE: Final = 6
"""Queues that can be listed so that they are read from afar."""
CAPTION_FITS: Final = 46
"""Letters that the caption has room for in its large type; a Chinese character takes the room of two."""
NEWS_FITS: Final = 38
"""Letters of news that every screen has room for beside each other; more of them run."""
NEWS_GAP: Final = 6
NEWS_LETTERS_A_S: Final = 8
"""As fast as news run: four Chinese characters a second are read with ease."""
EMERGENCY_FITS: Final = 90
"""Letters of an emergency, the English at half its size, that its large type has room for."""
WIDE_FROM: Final = 0x2E7F
"""The first code point of the scripts that are written wide."""
NEWS_AREA: Final = "news"
"""The area of a board that says what concerns everybody (hall file)."""


def shape(house: House, zone: str | None) -> Hashable:
    """All that the display depends on."""
    picture = house.picture
    waiting = tuple((name, state.waiting) for name, state in picture.queues.items())
    spoken = picture.announcements[-1] if picture.announcements else None
    return (
        zone,
        tuple(_calls(house, zone)),
        waiting,
        spoken,
        tuple(_news(house, house.tongue(None), zone)),
        tuple((one.text, one.text_en) for one in _told(house, zone, emergency=True)),
        _is_shut(house),
        _answers(house),
        f"{house.clock.now():%H:%M}",
    )


def regions(house: House, say: Tongue, zone: str | None) -> Regions:
    """The display's parts."""
    return {
        "calls": _called(house, say, zone),
        "waiting": _waiting(house, say, zone),
        "caption": _caption(house),
        "news": _line_of_news(_news(house, say, zone)),
        "emergency": _emergencies(_told(house, zone, emergency=True)),
        "foot": _foot(house, say, zone),
    }


def _calls(house: House, zone: str | None) -> list[Call]:
    """Today's newest; none any more once no counter is open."""
    if _is_shut(house):
        return []
    now = house.clock.now()
    calls = [
        call
        for call in house.picture.newest_calls(50)
        if _is_in(house, call.counter, zone) and call.at.astimezone(now.tzinfo).date() == now.date()
    ]
    return calls[: LISTED + 1]


def _is_shut(house: House) -> bool:
    """Whether nobody is served: before opening, at lunch, after closing. An unknown hall is not shut."""
    controller = house.picture.controller
    return controller is not None and not controller.open


def _is_in(house: House, counter: str, zone: str | None) -> bool:
    entry = house.hall.counters.get(counter)
    return zone is None or (entry is not None and entry.zone == zone)


def _called(house: House, say: Tongue, zone: str | None) -> Html:
    """The newest call large, those before it below."""
    calls = _calls(house, zone)
    if not calls:
        hours = say("place.list").join(f"{opens}–{closes}" for opens, closes in house.hall.hours.open)
        said = "display.shut" if _is_shut(house) else "display.none"
        return el("p", say(said), el("small", say("display.hours", hours=hours)), cls="nothing")
    first, *rest = calls
    return join(
        (
            # made anew with every call, so that it flashes again
            el(
                "div",
                el("b", first.number),
                el("span", house.counter_name(say, first.counter), _purpose(house, say, first)),
                cls="first for-step" if first.step_of else "first",
                id=f"call-{first.number}-{first.nth}",
            ),
            *(
                el(
                    "div",
                    el("b", call.number),
                    el("div", el("span", house.counter_name(say, call.counter)), _purpose(house, say, call)),
                    el("small", say.clock(call.at, house.clock.now())[:5]),
                    cls="call",
                )
                for call in rest
            ),
        )
    )


def _purpose(house: House, say: Tongue, call: Call) -> Html | None:
    """What for, where it is one step of several (paying), as the LED board says it."""
    service = house.hall.services.get(call.step_of or "")
    return None if service is None else el("em", step_name(say, service))


def _waiting(house: House, say: Tongue, zone: str | None) -> Html:
    """How many wait: in each zone, or, on a zone's own display, for each of its services."""
    if zone is None:
        rows = [(say.named(entry), _people(house, name)) for name, entry in house.hall.zones.items()]
    else:
        rows = [
            (f"{entry.prefix} {say.named(entry)}", _queue(house, name))
            for name, entry in house.hall.services.items()
            if entry.zone == zone
        ]
    return join(
        (
            el("h2", say("display.waiting")),
            *(
                el(
                    "div",
                    el("span", name),
                    el("strong", "—" if people is None else people),
                    cls="row" if len(rows) <= MOST_LARGE else "row small",
                )
                for name, people in rows
            ),
        )
    )


def _people(house: House, zone: str) -> int | None:
    """None while nothing was heard of any of its queues."""
    known = [
        people
        for name, entry in house.hall.services.items()
        if entry.zone == zone and (people := _queue(house, name)) is not None
    ]
    return sum(known) if known else None


def _queue(house: House, service: str) -> int | None:
    state = house.picture.queues.get(service)
    return None if state is None else state.waiting


def _caption(house: House) -> Html:
    """What the loudspeaker says, or said last, to be read."""
    spoken = house.picture.announcements
    newest = next((one for one in reversed(spoken) if one.text), None)
    if newest is None:
        return Html()
    words = as_read(house.tongues.values(), newest.text or "")
    long = " long" if _width(words) > CAPTION_FITS else ""
    return el("span", words, cls=f"{'speaking' if newest.outcome is None else 'said'}{long}")


def _width(words: str) -> int:
    """How much room words take, in letters."""
    return sum(2 if ord(sign) > WIDE_FROM else 1 for sign in words)


def as_read(tongues: Iterable[Tongue], spoken: str) -> str:
    """A number that is spelled for the ear, written for the eye: A001 again."""
    for digits in (*(say("display.digits").split() for say in tongues), list("0123456789")):
        spoken = _as_read(digits, spoken)
    return spoken


def _as_read(digits: list[str], spoken: str) -> str:
    one = "|".join(digits)

    def written(found: re.Match[str]) -> str:
        letters, spelled = found[1], re.findall(one, found[2])
        return letters.replace(" ", "") + "".join(str(digits.index(word)) for word in spelled)

    return re.sub(rf"\b([A-Z](?: [A-Z])?) ((?:{one})(?: ?(?:{one}))+)", written, spoken)


def _told(house: House, zone: str | None, *, emergency: bool) -> list[NoticeState]:
    """The notices that stand now, here: a notice before news, the newest of each first."""
    now = house.clock.now()
    found = [
        one
        for one in house.picture.notices.values()
        if (one.level == "emergency") is emergency
        and one.zone in (None, zone)
        and one.begins <= now
        and (one.until is None or now < one.until)
    ]
    found.sort(key=lambda one: one.begins, reverse=True)
    return sorted(found, key=lambda one: one.level == "news")


def _news(house: House, say: Tongue, zone: str | None) -> list[str]:
    """What the hall tells everybody, and what else its boards say, once each."""
    texts = dict.fromkeys(_in(say, one) for one in _told(house, zone, emergency=False))
    standing = {text for one in house.picture.notices.values() for text in (one.text, one.text_en)}
    for name, entry in house.hall.led_boards.items():
        state = house.picture.devices["led_board"].get(name)
        areas = getattr(state, "areas", None)
        told = str(areas.get(NEWS_AREA) or "") if isinstance(areas, dict) else ""
        if told and told not in standing and entry.zone in (None, zone):
            texts[told] = None
    return list(texts)


def _line_of_news(texts: list[str]) -> Html:
    """One line; what may be too long for it runs through it, at a pace that can be read."""
    if not texts:
        return Html()
    width = sum(map(_width, texts)) + NEWS_GAP * (len(texts) - 1)
    runs = width > NEWS_FITS
    seconds = round((width + NEWS_FITS * 2) / NEWS_LETTERS_A_S)
    style = f"-webkit-animation-duration:{seconds}s;animation-duration:{seconds}s" if runs else None
    return el("p", *(el("span", text) for text in texts), cls="runs" if runs else "", style=style)


def _in(say: Tongue, one: NoticeState) -> str:
    return one.text if say.language == FIRST_LANGUAGE else one.text_en or one.text


def _emergencies(told: list[NoticeState]) -> Html:
    """In every language they were written in: they concern all who can read any of them."""
    long = sum(_width(one.text) + _width(one.text_en) // 2 for one in told) > EMERGENCY_FITS
    cls = "long" if long else ""
    return join(el("p", one.text, el("small", one.text_en) if one.text_en else None, cls=cls) for one in told)


def _answers(house: House) -> bool:
    return house.bus.connected.is_set() and bool(controller_answers(house.picture, house.clock))


def _foot(house: House, say: Tongue, zone: str | None) -> Html:
    """The hall, the time, and a word when the screen may be old."""
    entry = house.hall.zones.get(zone or "")
    name = say.named(house.hall.hall)
    return join(
        (
            # the time first: it stands at the right, and what may be too long ends before it
            el("time", f"{house.clock.now():%H:%M}"),
            None if _answers(house) else el("strong", say("display.paused")),
            el("span", say("display.lost"), cls="lost-note"),
            el("span", f"{name} · {say.named(entry)}" if entry is not None else name),
        )
    )
