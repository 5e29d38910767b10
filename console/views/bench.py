"""What can be seen and heard at the bench, in markup."""

from console.house import House
from console.markup import Html, el
from console.picture import Announcement
from console.tongue import Tongue

QUIETEST_DB, LOUDEST_DB = 30.0, 110.0
"""The ends of the level bars: a library, and a saw."""


def levels(house: House, say: Tongue, pickup: str) -> Html:
    """The newest second of a pickup as three bars."""
    level = house.picture.levels.get(pickup)
    if level is None:
        return el("p", say("bench.no_level"), cls="soft")
    bars = (
        _bar(say("bench.laf"), level.laf, house.hall.noise.level_db),
        _bar(say("bench.laeq"), level.laeq_1s, house.hall.noise.level_db),
        _bar(say("bench.background"), level.background, None),
    )
    doubt = None if level.calibrated else el("small", say("bench.relative"), cls="soft")
    return el("div", *bars, doubt, cls="levels")


def _bar(name: str, level: float, alarm_from: float | None) -> Html:
    share = min(1.0, max(0.0, (level - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)))
    loud = "loud" if alarm_from is not None and level >= alarm_from else ""
    return el(
        "div",
        el("span", name),
        el("i", el("i", style=f"width:{share:.1%}", cls=loud), cls="track"),
        el("b", f"{level:.1f}"),
        cls="level-bar",
    )


def captions(house: House, say: Tongue, most: int = 6) -> Html:
    """What the loudspeaker says and said: every voice message also as text, newest first."""
    said = list(house.picture.announcements)[-most:]
    if not said:
        return el("p", say("bench.nothing_said"), cls="soft")
    return el("div", *(_caption(house, say, one) for one in reversed(said)), cls="captions")


def _caption(house: House, say: Tongue, one: Announcement) -> Html:
    notes = {None: "bench.saying", "dropped": "bench.dropped", "failed": "bench.failed"}
    note = notes.get(one.outcome)
    return el(
        "div",
        el("time", say.clock(one.at, house.clock.now())),
        el("span", one.text or "—"),
        el("em", say(note)) if note else None,
        cls="caption saying" if one.outcome is None else "caption",
    )
