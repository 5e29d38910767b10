"""What stands on the boards, and how something would: the page of boards in markup."""

from datetime import datetime
from typing import Final

from broker.messages.notices import NoticeState
from console.house import House
from console.markup import Html, el
from console.tongue import Tongue

DOT_PX: Final = 3
"""A board's dot on the page."""
ORDER: Final = ("emergency", "notice", "news")


def standing(house: House) -> list[tuple[str, NoticeState]]:
    """All notices by precedence, the newest of each first."""
    found = sorted(house.picture.notices.items(), key=lambda entry: entry[1].begins, reverse=True)
    return sorted(found, key=lambda entry: ORDER.index(entry[1].level))


def notice(house: House, say: Tongue, state: NoticeState) -> Html:
    """One notice: what it says, where, and for how long."""
    now = house.clock.now()
    where = say.named(house.hall.zones[state.zone]) if state.zone in house.hall.zones else say("boards.whole")
    return el(
        "div",
        el("span", say(f"boards.level.{state.level}"), cls=f"badge {state.level}"),
        el("b", state.text),
        el("span", state.text_en, cls="soft") if state.text_en else None,
        el("small", f"{where} · {_time(say, state, now)} · {state.by.removeprefix('console/')}", cls="soft"),
        cls="notice-words",
    )


def _time(say: Tongue, state: NoticeState, now: datetime) -> str:
    if state.until is None:
        return say("boards.from", begins=_moment(state.begins, now))
    return say("boards.between", begins=_moment(state.begins, now), until=_moment(state.until, now))


def _moment(at: datetime, now: datetime) -> str:
    at = at.astimezone(now.tzinfo)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%m-%d %H:%M}"


def shown(house: House, say: Tongue) -> Html:
    """What each board has confirmed that it shows."""
    rows = []
    for name, entry in house.hall.led_boards.items():
        state = house.picture.devices["led_board"].get(name)
        areas = getattr(state, "areas", None)
        said = areas if isinstance(areas, dict) else {}
        zone = say.named(house.hall.zones[entry.zone]) if entry.zone else say("boards.whole")
        for area in entry.areas:
            text = said.get(area) or ("—" if state is not None else say("hall.not_heard"))
            title = say.known(f"boards.areas.{area}", area)
            rows.append(
                el("tr", el("td", name), el("td", zone), el("td", title), el("td", text, cls="dots whole"))
            )
    head = el("tr", *(el("th", say(f"boards.{key}")) for key in ("board", "zone", "area", "says")))
    return el("table", el("thead", head), el("tbody", *rows), cls="table folds")


def preview(say: Tongue, board: str, area: str, width: int, height: int, found: dict[str, object]) -> Html:
    """A board's area as it would look, each dot as large as three, and what is to be known of it."""
    remarks = []
    if found.get("runs"):
        remarks.append(say("boards.runs"))
    if replaced := found.get("replaced"):
        remarks.append(say("boards.replaced", characters=replaced))
    title = say.known(f"boards.areas.{area}", area)
    return el(
        "figure",
        el(
            "img",
            src=f"data:image/png;base64,{found.get('png', '')}",
            width=width * DOT_PX,
            height=height * DOT_PX,
            alt=say("boards.preview_of", board=board, area=title),
        ),
        el("figcaption", f"{board} · {title}", *(el("span", remark) for remark in remarks)),
        cls="preview",
    )
